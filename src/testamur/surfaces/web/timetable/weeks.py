"""What the week of a class, a teacher, a room or a pupil shows: lessons day by day, as the days changed them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.diary.queries.lessons import Line
from testamur.schoolday.diary.rules.lessons import LessonView
from testamur.surfaces.web.diary.about import names_of, subject_names
from testamur.surfaces.web.diary.moments import a_day
from testamur.surfaces.web.requests import Visitor

DAYS, SCHOOL_DAYS = 7, 5
FURTHEST = timedelta(weeks=60)
"""So far from today one may leaf."""


@dataclass(frozen=True, slots=True)
class Hour:
    """A lesson with its words. `was` is who gives it as a rule, where somebody else does."""

    of: LessonView
    code: str
    subject: str
    teacher: str
    was: str


@dataclass(frozen=True, slots=True)
class DayOf:
    """One day of a week; `free` is the name of a holiday."""

    on: date
    hours: tuple[Hour, ...]
    free: str
    today: bool


@dataclass(frozen=True, slots=True)
class WeekOf:
    """A week from `monday`, with its neighbours; `this` is the running one."""

    monday: date
    days: tuple[DayOf, ...]
    earlier: date
    later: date
    this: date

    @property
    def empty(self) -> bool:
        """Nothing is on in it."""
        return not any(day.hours or day.free for day in self.days)

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.monday + timedelta(days=DAYS - 1)


def monday_of(wanted: str, today: date) -> date:
    """The Monday of the day that is asked for, else of this week; on a weekend of the next one."""
    day = a_day(wanted)
    if day is None or abs(day - today) > FURTHEST:
        day = today + timedelta(days=2) if today.isoweekday() > SCHOOL_DAYS else today
    return day - timedelta(days=day.weekday())


def hours_of(visitor: Visitor, school: UnitView, lines: Iterable[Line], on: date) -> tuple[Hour, ...]:
    """Lessons with the names of subjects and teachers, as the visitor may see them."""
    some = list(lines)
    pack = PACKS.get(schools.pack_of(school.id, on=on))
    subjects = subject_names(pack) if pack is not None else {}
    who = {one for line in some for one in (line.lesson.teacher, line.lesson.usual) if one is not None}
    names = names_of(visitor, who) if who else {}

    def name(person: UUID | None) -> str:
        return names.get(person, "") if person is not None else ""

    return tuple(
        Hour(
            line.lesson,
            line.code,
            subjects.get(line.lesson.subject, line.lesson.subject),
            name(line.lesson.teacher),
            name(line.lesson.usual) if line.lesson.substituted else "",
        )
        for line in some
    )


def week_from(visitor: Visitor, school: UnitView, lines: Sequence[Line], monday: date, today: date) -> WeekOf:
    """A week of lessons; Saturday and Sunday only where something is on."""
    hours = hours_of(visitor, school, lines, monday)
    free = schools.holidays(path=school.path, first=monday, last=monday + timedelta(days=DAYS - 1))
    days = []
    for n in range(DAYS):
        on = monday + timedelta(days=n)
        mine = tuple(hour for hour in hours if hour.of.on == on)
        named = next((one.name for one in free if one.starts <= on <= one.ends), "")
        if mine or n < SCHOOL_DAYS:
            days.append(DayOf(on, mine, named, today=on == today))
    week = timedelta(days=DAYS)
    return WeekOf(monday, tuple(days), monday - week, monday + week, monday_of("", today))
