"""Pages of retention: lists of what is to be deleted."""
