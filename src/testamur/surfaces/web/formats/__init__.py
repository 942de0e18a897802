"""Dates and times as people of each language write them, where Django's own tables are missing or foreign."""
