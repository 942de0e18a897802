"""Pages of the chain of help."""
