"""Reading the notices."""
