"""Pages of timetables, substitutions and exam calendars."""
