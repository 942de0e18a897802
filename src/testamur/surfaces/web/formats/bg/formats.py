"""Bulgarian: day.month.year with the letter of the year; 24 hours."""

DATE_FORMAT = r"j F Y \г."
SHORT_DATE_FORMAT = r"d.m.Y \г."
DATETIME_FORMAT = r"j F Y \г., H:i"
SHORT_DATETIME_FORMAT = r"d.m.Y \г., H:i"
TIME_FORMAT = "H:i"
FIRST_DAY_OF_WEEK = 1
NUMBER_GROUPING = 3  # Django leaves it out: 171115 would stand unbroken
