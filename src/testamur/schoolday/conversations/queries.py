"""Reads: messages."""
