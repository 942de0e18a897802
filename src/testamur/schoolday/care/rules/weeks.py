"""Pure rules of care weeks: opening hours, regular weeks, days that differ, and the deadline that locks them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.kernel.base.refused import Refused
from testamur.register.schools.rules import Form

FORMS = frozenset({Form.PRESCHOOL, Form.AFTER_SCHOOL})
"""Forms of school that are care; a unit of another form has care once its hours are set."""
WEEKDAYS = range(1, 8)
MOST_DAYS_BEFORE = 14
MOST_COPIES = 26
"""Weeks that one copy reaches."""


class Reason(StrEnum):
    """Why a child needs no care on a day."""

    FREE = "free"
    ILL = "ill"
    OTHER = "other"


class Parity(StrEnum):
    """In which weeks a regular week holds, by the number of the ISO week."""

    EVERY = ""
    ODD = "odd"
    EVEN = "even"


class Source(StrEnum):
    """What the hours of a day stand on."""

    NONE = "none"
    """Nobody has said anything."""
    REGULAR = "regular"
    DAY = "day"
    CLOSED = "closed"


class HoursInvalid(Refused):
    """A day that ends before it begins, or lies outside the opening hours."""

    code = "care.hours.invalid"


class DayClosed(Refused):
    """There is no care on that day."""

    code = "care.day.closed"


class OthersWeek(Refused):
    """The weeks are another guardian's to write: the unit lets each guardian write the own ones alone."""

    code = "care.week.others"


class DeadlinePassed(Refused):
    """The week is locked: only the staff change it now."""

    code = "care.deadline.passed"


class NoCare(Refused):
    """The child has no care there on that day."""

    code = "care.place.none"


class SettingInvalid(Refused):
    """Opening hours, a deadline or a number of children that cannot be."""

    code = "care.setting.invalid"


@dataclass(frozen=True, slots=True)
class Hours:
    """From when to when."""

    starts: time
    ends: time

    @property
    def minutes(self) -> int:
        """How long."""
        return (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute


@dataclass(frozen=True, slots=True)
class Setting:
    """How a unit's care is arranged.

    Attributes:
        opening: weekday (1 is Monday) → opening hours; a weekday without is closed.
        deadline_days: how many days before the Monday of a week its hours are locked.
        deadline_at: at which hour of that day.
        small_per_adult: children of one to three years for one adult; `big_per_adult` those who are older.
        own_weeks: of a child with two homes each guardian writes the own odd or even weeks alone.
    """

    unit: UUID
    opening: Mapping[int, Hours]
    deadline_days: int = 4
    deadline_at: time = time(12)
    small_per_adult: int = 4
    big_per_adult: int = 6
    own_weeks: bool = False


def default_setting(unit: UUID, form: Form) -> Setting:
    """What holds where nothing was set; the ratio is the usual one of the form, not the law's."""
    hours = Hours(time(6, 30), time(18, 0))
    ratio = (12, 15) if form is Form.AFTER_SCHOOL else (4, 6)
    return Setting(unit, dict.fromkeys(range(1, 6), hours), small_per_adult=ratio[0], big_per_adult=ratio[1])


def check_setting(setting: Setting) -> None:
    """Raise SettingInvalid for hours that end before they begin, a deadline too far away, a ratio that is none."""
    if not 0 <= setting.deadline_days <= MOST_DAYS_BEFORE:
        raise SettingInvalid("The deadline is 0 to 14 days before the week.", field="deadline_days")
    for name in ("small_per_adult", "big_per_adult"):
        if not 1 <= getattr(setting, name) <= 50:  # noqa: PLR2004 - more than any group has
            raise SettingInvalid("One adult has 1 to 50 children.", field=name)
    if not setting.opening or not set(setting.opening) <= set(WEEKDAYS):
        raise SettingInvalid("The unit is open on one weekday at least.", field="opening")
    for hours in setting.opening.values():
        if hours.ends <= hours.starts:
            raise SettingInvalid("The unit closes before it opens.", field="opening")


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def week_of(monday: date) -> tuple[date, ...]:
    """The seven days from that Monday on."""
    return tuple(monday + timedelta(days=n) for n in range(7))


def parity_of(day: date) -> Parity:
    """Whether the day's ISO week is odd or even. After a year of 53 weeks two odd ones follow one another."""
    return Parity.ODD if day.isocalendar().week % 2 else Parity.EVEN


def two_alike(first: date, last: date) -> tuple[date, ...]:
    """The Mondays between two days on which a week begins that is odd like the one before it."""
    monday = monday_of(first + timedelta(days=6))
    found = []
    while monday <= last:
        if parity_of(monday) is parity_of(monday - timedelta(weeks=1)):
            found.append(monday)
        monday += timedelta(weeks=1)
    return tuple(found)


def deadline(setting: Setting, day: date, zone: ZoneInfo) -> datetime:
    """When the week of that day is locked."""
    locks = monday_of(day) - timedelta(days=setting.deadline_days)
    return datetime.combine(locks, setting.deadline_at, zone)


def is_locked(setting: Setting, day: date, now: datetime, zone: ZoneInfo) -> bool:
    """Whether only the staff may change the hours of that day."""
    return now >= deadline(setting, day, zone)


def check_hours(hours: Hours, opening: Hours | None) -> None:
    """Raise HoursInvalid outside the opening hours, DayClosed where there are none."""
    if opening is None:
        raise DayClosed("There is no care on that day.", field="starts")
    if hours.ends <= hours.starts:
        raise HoursInvalid("The child goes home before it comes.", field="ends")
    if hours.starts < opening.starts or hours.ends > opening.ends:
        raise HoursInvalid("That is outside the opening hours.", field="starts")


@dataclass(frozen=True, slots=True)
class NewDay:
    """What is written for one day: hours, or the reason why none are needed; with neither, the regular week holds."""

    on: date
    hours: Hours | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A day that differs, as it stands; `staff`: the unit wrote it."""

    child: UUID
    on: date
    hours: Hours | None
    reason: Reason | None
    by: UUID
    at: datetime
    staff: bool


@dataclass(frozen=True, slots=True)
class Regular:
    """A regular week, from a day on until the next one begins. `days`: weekday → hours; a weekday without has none.

    `parity`: in which weeks it holds; of a child with two homes there is one for odd and one for even weeks.
    """

    child: UUID
    valid_from: date
    days: Mapping[int, Hours]
    by: UUID
    at: datetime
    parity: Parity = Parity.EVERY


@dataclass(frozen=True, slots=True)
class Closed:
    """Why there is no care on a day: a holiday, or a closing day (with its id) that the unit decided."""

    on: date
    name: str
    closing: UUID | None = None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class DayView:
    """One day of a child's care as it stands.

    Attributes:
        opening: the unit's hours of that weekday; None on a closed one.
        by, at, staff: who wrote it when; None where nobody did.
        locked: the deadline has passed.
    """

    on: date
    hours: Hours | None
    reason: Reason | None
    source: Source
    opening: Hours | None
    closed: Closed | None = None
    by: UUID | None = None
    at: datetime | None = None
    staff: bool = False
    locked: bool = False

    @property
    def is_open(self) -> bool:
        """Whether there is care on that day."""
        return self.opening is not None and self.closed is None

    @property
    def missing(self) -> bool:
        """Open, and nobody has said whether the child comes."""
        return self.is_open and self.source is Source.NONE


def day_view(
    on: date,
    setting: Setting,
    regulars: Iterable[Regular],
    written: Written | None,
    closed: Closed | None,
    *,
    needed: Hours | None = None,
    locked: bool = False,
) -> DayView:
    """How a day stands: what was written for it, else the regular week in force; `needed` on a day that is closed."""
    opening = setting.opening.get(on.isoweekday())
    if closed is not None:
        return DayView(on, needed, None, Source.CLOSED, opening, closed, locked=locked)
    if written is not None:
        return DayView(
            on, written.hours, written.reason, Source.DAY, opening,
            by=written.by, at=written.at, staff=written.staff, locked=locked,
        )  # fmt: skip
    regular = in_force(regulars, on)
    if opening is None or regular is None:
        return DayView(on, None, None, Source.NONE, opening, locked=locked)
    hours = regular.days.get(on.isoweekday())
    return DayView(on, hours, None, Source.REGULAR, opening, by=regular.by, at=regular.at, locked=locked)


def in_force(regulars: Iterable[Regular], on: date) -> Regular | None:
    """The regular week that holds on a day: the latest that has begun, of those for every week and for such weeks.

    Of two that begin on one day the one for such weeks alone holds.
    """
    begun = [one for one in regulars if one.valid_from <= on and one.parity in {Parity.EVERY, parity_of(on)}]
    return max(begun, key=lambda one: (one.valid_from, one.parity is not Parity.EVERY), default=None)


def copies(days: Iterable[NewDay], weeks: int, *, alike: bool = False) -> tuple[NewDay, ...]:
    """The days of a week, moved to each of the next `weeks` weeks; `alike`: to those alone that are odd as it, or even.

    Raises HoursInvalid for none or too many.
    """
    if not 1 <= weeks <= MOST_COPIES:
        raise HoursInvalid("A week is copied to 1 to 26 weeks.", field="weeks", most=MOST_COPIES)
    told = tuple(days)
    moved = (NewDay(one.on + timedelta(weeks=n), one.hours, one.reason) for n in range(1, weeks + 1) for one in told)
    kind = parity_of(told[0].on) if told else Parity.EVERY
    return tuple(one for one in moved if not alike or parity_of(one.on) is kind)
