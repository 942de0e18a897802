"""Using what is kept: look-ups, copies and transfers, for principals, offices and archivists."""
