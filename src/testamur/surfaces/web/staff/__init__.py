"""Pages of those who sign."""
