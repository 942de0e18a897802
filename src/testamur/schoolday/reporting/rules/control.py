"""Control numbers. Pure."""
