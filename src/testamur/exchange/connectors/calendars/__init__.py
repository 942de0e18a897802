"""Reading calendars of other systems: timetables, calendar events, menus; as iCalendar, tables and JSON."""
