"""Signing in, roles, sessions, one's own methods."""
