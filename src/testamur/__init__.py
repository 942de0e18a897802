"""Testamur: one open system for school records. The nine storeys are drawn in docs/house.md."""
