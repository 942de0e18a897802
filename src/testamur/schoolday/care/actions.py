"""Writes: pick-up and drop-off."""
