"""Pure rules about the timetable: weekly lessons, holidays, and on which days a lesson takes place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.register.schools.rules.organisation import GroupView, Role

WEEKDAYS = range(1, 8)
"""Monday is 1, Sunday 7, as in ISO 8601."""


class Week(StrEnum):
    """In which weeks a lesson takes place."""

    EVERY = ""
    ODD = "A"
    """Weeks with an odd number (ISO 8601). After a year of 53 weeks two odd weeks follow each other, as in print."""
    EVEN = "B"


class SlotInvalid(Refused):
    """A lesson of the timetable has no such weekday, or ends before it starts."""

    code = "schools.timetable.invalid"


@dataclass(frozen=True, slots=True)
class NewSlot:
    """A lesson of a group that comes back every week, in the local time of the school.

    Attributes:
        subject: subject or course code; empty is that of the teaching group.
        teacher: who gives it; None while nobody does. A lesson of two teachers is two slots.
        number: the period of the day (3rd lesson), where the school counts.
        valid_from: first day; None is the first day of the group's school year.
        valid_to: last day; None is the last day of the group's school year.
    """

    group: UUID
    weekday: int
    starts: time
    ends: time
    subject: str = ""
    teacher: UUID | None = None
    week: Week = Week.EVERY
    number: int | None = None
    room: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SlotView:
    """A weekly lesson. `path` is that of the group."""

    id: UUID
    school: UUID
    group: UUID
    path: str
    subject: str
    teacher: UUID | None
    weekday: int
    week: Week
    number: int | None
    starts: time
    ends: time
    room: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class Planned:
    """A lesson that the timetable plans on a day: the weekly lesson, the day and the group."""

    slot: SlotView
    on: date
    group: GroupView


@dataclass(frozen=True, slots=True)
class NewHoliday:
    """Days without lessons, both included, at a unit and all below it."""

    unit: UUID
    starts: date
    ends: date
    name: str
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class HolidayView:
    """Days without lessons, at the unit with that path and all below it."""

    id: UUID
    unit: UUID
    path: str
    starts: date
    ends: date
    name: str


@dataclass(frozen=True, slots=True)
class Teaching:
    """That a person teaches a group: by a post, or by the timetable. An empty subject is all subjects."""

    person: UUID
    group: UUID
    subject: str
    role: Role


def check_slot(new: NewSlot) -> None:
    """Raise `SlotInvalid` (``schools.timetable.invalid``) for a weekday or hours that are none."""
    if new.weekday not in WEEKDAYS:
        raise SlotInvalid("A weekday is 1 (Monday) to 7 (Sunday).", field="weekday", weekday=new.weekday)
    if new.ends <= new.starts:
        raise SlotInvalid("The lesson ends before it starts.", field="ends", starts=str(new.starts), ends=str(new.ends))


def week_of(on: date) -> Week:
    """Whether the day lies in an odd or an even week."""
    return Week.ODD if on.isocalendar().week % 2 else Week.EVEN


def days(first: date, last: date) -> Iterator[date]:
    """The days from the first to the last, both included."""
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def takes_place(slot: SlotView, on: date) -> bool:
    """Whether the lesson is on that day, holidays aside."""
    return (
        slot.weekday == on.isoweekday()
        and slot.valid_from <= on <= slot.valid_to
        and slot.week in {Week.EVERY, week_of(on)}
    )


def is_free(path: str, on: date, holidays: tuple[HolidayView, ...]) -> bool:
    """Whether a school or group at `path` has a holiday on that day, its own or of a unit above."""
    return any(one.starts <= on <= one.ends and path.startswith(one.path) for one in holidays)
