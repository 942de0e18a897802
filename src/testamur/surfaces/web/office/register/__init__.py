"""A school's own data by hand: years, classes, pupils, guardians, who teaches what, the timetable (row E13)."""
