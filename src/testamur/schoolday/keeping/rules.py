"""Pure rules: what is held, and for how long."""
