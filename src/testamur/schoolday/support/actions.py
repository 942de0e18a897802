"""Writes: the chain of help."""
