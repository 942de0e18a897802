"""Writes: messages."""
