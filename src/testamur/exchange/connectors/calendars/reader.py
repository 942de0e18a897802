"""Reading timetables out of calendars: iCalendar files, and calendar events as SS 12000:2020 has them (JSON).

Other systems give single lessons, day by day; what comes back week by week becomes a weekly lesson again, what does not
stays a lesson of its day. Each group's timetable is told as a whole, so that what is no longer there ends.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby

from testamur.exchange.connectors.calendars.ics import lessons as ics_lessons
from testamur.exchange.connectors.calendars.ss12000 import TABLES
from testamur.exchange.connectors.calendars.ss12000 import lessons as ss12000_lessons
from testamur.exchange.connectors.calendars.told import Told
from testamur.exchange.connectors.rules import LessonLine, Options, Reporter, Row, TimetableRow, school_year_of
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files, Member
from testamur.law.tables import PACKS

_PEEK = 64 * 1024
_ENOUGH = 0.6
"""So many of the weeks between the first and the last have the lesson: it is a weekly one."""
_TWO = 2


class Calendars:
    """Calendars of lessons."""

    id = "calendars"

    def detect(self, files: Files) -> float:
        """Sure for iCalendar, and for JSON with calendar events of SS 12000."""
        kinds = {_kind(files, member) for member in files.members}
        return 0.96 if "ics" in kinds or "ss12000" in kinds else 0.0

    def source(self, files: Files) -> str:
        """Calendars of one kind are one source."""
        return "ss12000.calendar" if any(_kind(files, member) == "ss12000" for member in files.members) else "ical"

    def read(self, files: Files, options: Options, reporter: Reporter) -> Iterator[Row]:
        """The timetable of each group that the calendars name, as a whole."""
        found: dict[tuple[str, str], list[Told]] = defaultdict(list)
        told: list[Told] = []
        for member in files.members:
            if _kind(files, member) == "ics":
                told += ics_lessons(files, member, options, reporter)
        told += ss12000_lessons(files, [m for m in files.members if _kind(files, m) == "ss12000"], options, reporter)
        for one in told:
            found[one.unit, one.group].append(one)
        names = subject_codes(options.pack)
        year = options.school_year or school_year_of(options.today, options.today)
        for (unit, group), some in sorted(found.items()):
            lines = tuple(weekly(some, names))
            first = some[0]
            yield TimetableRow(
                first.file, first.row, f"{unit}|{year}|{group}", first.group_key, unit, year, group, lines
            )


FORMAT = Calendars()


@dataclass(frozen=True, slots=True)
class _What:
    """What makes lessons of different days the same one."""

    weekday: int
    starts: time
    ends: time
    subject: str
    teacher: str
    room: str


def weekly(told: Iterable[Told], names: Mapping[str, str]) -> Iterator[LessonLine]:
    """Lessons of days as weekly ones: every week, odd or even weeks, or for one day alone."""
    days: dict[_What, dict[date, int]] = defaultdict(dict)
    for one in told:
        subject = names.get(one.subject.casefold(), one.subject)[:40]
        what = _What(one.on.isoweekday(), one.starts, one.ends, subject, one.teacher, one.room[:40])
        days[what].setdefault(one.on, one.row)
    for what, some in sorted(days.items(), key=lambda pair: (pair[0].weekday, pair[0].starts, pair[0].subject)):
        for week, first, last in spans(some):
            yield LessonLine(
                some[first], what.weekday, week, None, what.starts, what.ends, what.subject, what.teacher, what.room,
                first, last,
            )  # fmt: skip


def spans(days: Iterable[date]) -> Iterator[tuple[str, date, date]]:
    """(week, first, last) of the days of one lesson: empty for every week, ``A`` for odd and ``B`` for even ones.

    What is every other week changes its name where a year has 53 weeks: two lessons then, one after the other.
    """
    some = sorted(set(days))
    other = len(some) >= _TWO and all((day - some[0]).days % 14 == 0 for day in some)
    expected = (some[-1] - some[0]).days // (14 if other else 7) + 1
    if len(some) < _TWO or len(some) < _ENOUGH * expected:
        yield from (("", day, day) for day in some)
    elif not other:
        yield "", some[0], some[-1]
    else:
        for odd, run in groupby(some, key=lambda day: day.isocalendar().week % 2):
            inside = list(run)
            yield "A" if odd else "B", inside[0], inside[-1]


def subject_codes(pack: str) -> dict[str, str]:
    """Name or code in small letters → code: of that pack's law, else of every law where all of them agree."""
    packs = [PACKS[pack]] if pack in PACKS else list(PACKS.values())
    found: dict[str, set[str]] = defaultdict(set)
    for one in packs:
        for subject in one.subjects:
            for name in (subject.name, subject.code):
                found[name.casefold()].add(subject.code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1}


def _kind(files: Files, member: Member) -> str:
    name = member.name.lower()
    if not name.endswith((".ics", ".json")):
        return ""
    try:
        with files.open(member) as stream:
            head = stream.read(_PEEK)
    except BundleUnreadable:
        return ""
    if name.endswith(".ics"):
        return "ics" if b"BEGIN:VCALENDAR" in head.upper() else ""
    stem = name.rpartition("/")[2].removesuffix(".json")
    events = b'"startTime"' in head and b'"activity"' in head
    return "ss12000" if events or b'"calendarEvents"' in head or stem in TABLES else ""
