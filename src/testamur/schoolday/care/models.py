"""Tables: pick-up and drop-off."""
