"""Reads: forms and consents."""
