"""Reading our own tables of timetables and holidays. A timetable is told group by group, each as a whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import time

from testamur.exchange.connectors.own import columns as c
from testamur.exchange.connectors.rules import HolidayRow, LessonLine, TimetableRow
from testamur.exchange.connectors.tabular.table import Table
from testamur.exchange.connectors.tabular.words import word

_TIME = re.compile(r"(\d{1,2})[:.h](\d{2})(?:[:.](\d{2}))?\Z")
_NUMBERS = range(21)
Cells = Mapping[str, str]
Reference = Callable[[str], str]
SchoolYear = Callable[[Table, int, str], str]


def timetables(
    table: Table, rows: Iterator[tuple[int, Cells]], *, year_of: SchoolYear, reference: Reference, default_year: str
) -> Iterator[TimetableRow]:
    """One row for each group of the table, with all its lessons, in the order in which the groups first stand there.

    A line that cannot be read is refused alone; the group's timetable is then left as it is, so that no lesson ends
    because of a slip of the pen.
    """
    groups: dict[str, tuple[int, Cells, str, list[LessonLine]]] = {}
    spoilt: set[str] = set()
    for number, cells in rows:
        year = year_of(table, number, cells["school_year"]) or default_year
        key = f"{cells['school_code']}|{year}|{cells['group']}"
        lesson = _lesson(table, number, cells, reference)
        _row, _cells, _year, lessons = groups.setdefault(key, (number, cells, year, []))
        if lesson is None:
            spoilt.add(key)
        else:
            lessons.append(lesson)
    for key, (number, cells, year, lessons) in groups.items():
        if key in spoilt:
            table.refuse(
                number, "group", cells["group"], "timetable of the group left as it is: a line of it cannot be read",
                "import.timetable.incomplete",
            )  # fmt: skip
            continue
        yield TimetableRow(table.name, number, key, key, cells["school_code"], year, cells["group"], tuple(lessons))


def holiday(table: Table, number: int, cells: Cells) -> Iterator[HolidayRow]:
    """Days without lessons; one day when no last one is told."""
    starts = table.date(number, "start_date", cells["start_date"])
    ends = table.date(number, "end_date", cells["end_date"]) if cells["end_date"] else starts
    if starts is None or ends is None or ends < starts:
        table.refuse(
            number, "start_date", f"{cells['start_date']} – {cells['end_date']}",
            "row left out: it needs a first day, and a last one that is not before it", "import.holiday.dates",
        )  # fmt: skip
        return
    school = cells["school_code"]
    yield HolidayRow(table.name, number, f"{school}|{starts}", school, cells["name"], starts, ends)


def _lesson(table: Table, number: int, cells: Cells, reference: Reference) -> LessonLine | None:
    weekday = word(table, number, "weekday", cells["weekday"], c.WEEKDAYS, done="the line is left out")
    starts = _time(table, number, "start_time", cells["start_time"])
    ends = _time(table, number, "end_time", cells["end_time"])
    week = word(table, number, "week", cells["week"], c.WEEKS, done="the line is left out")
    if not weekday or starts is None or ends is None or (cells["week"] and not week and not _every(cells["week"])):
        return None
    if ends <= starts:
        table.refuse(number, "end_time", cells["end_time"], "the lesson ends before it starts", "import.time.order")
        return None
    count = table.whole(number, "number", cells["number"])
    if count is not None and count not in _NUMBERS:
        table.note(number, "number", cells["number"], "no lesson of a day: left empty", "import.number.invalid")
        count = None
    return LessonLine(
        number, int(weekday), week, count, starts, ends, cells["subject"], reference(cells["teacher"]),
        cells["room"][:40], table.date(number, "start_date", cells["start_date"]),
        table.date(number, "end_date", cells["end_date"]),
    )  # fmt: skip


def _every(text: str) -> bool:
    return any(meaning == "" and name.casefold() == text.casefold() for name, meaning in c.WEEKS.items())


def _time(table: Table, number: int, column: str, text: str) -> time | None:
    match = _TIME.match(text)
    if match is not None:
        hour, minute = int(match[1]), int(match[2])
        if hour < 24 and minute < 60:  # noqa: PLR2004 - the clock
            return time(hour, minute)
    table.refuse(number, column, text, "no time of day; accepted: 08:10, 8.10", "import.time.invalid")
    return None
