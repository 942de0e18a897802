"""Reads: plans, development plans, portfolio."""
