"""Tables: what is held, and for how long."""
