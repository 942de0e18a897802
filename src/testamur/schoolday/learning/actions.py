"""Writes: plans, development plans, portfolio."""
