"""Tests of the result lists."""
