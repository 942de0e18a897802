"""Reads: what is held, and for how long."""
