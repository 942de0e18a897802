"""From the snapshot of a record to the XML of a form, told by data: `reading` → `checking` → `rendering`."""
