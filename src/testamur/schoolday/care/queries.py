"""Reads: pick-up and drop-off."""
