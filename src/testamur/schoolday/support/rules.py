"""Pure rules: the chain of help."""
