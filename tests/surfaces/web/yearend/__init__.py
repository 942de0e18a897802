"""Tests of the pages of a class's year."""
