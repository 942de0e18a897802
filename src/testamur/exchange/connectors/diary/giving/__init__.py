"""Giving out everything that a school owns: one ZIP of tables with a manifest, which others can read."""
