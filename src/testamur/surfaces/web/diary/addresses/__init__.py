"""Addresses of the diary, one file per subject matter."""
