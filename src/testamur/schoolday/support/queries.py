"""Reads: the chain of help."""
