"""Writes: forms and consents."""
