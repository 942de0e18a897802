"""Reading how many children a unit has planned and had in each quarter of an hour, and how many adults they need."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import queries as people
from testamur.schoolday.care.queries.doors import noted, placed_at
from testamur.schoolday.care.queries.places import (
    CareGroup,
    care_unit,
    children_of,
    groups_at,
    must_be_staff,
)
from testamur.schoolday.care.queries.weeks import days_of
from testamur.schoolday.care.rules import (
    Act,
    DayView,
    Hours,
    PresenceView,
    Setting,
    Slice,
    Stay,
    busiest,
    is_small,
    quarters,
)


@dataclass(frozen=True, slots=True)
class StaffingDay:
    """One day: what is planned, what was; `missing` is how many children nobody has said anything for."""

    on: date
    opening: Hours
    planned: tuple[Slice, ...]
    actual: tuple[Slice, ...]
    children: int
    came: int
    missing: int

    @property
    def busiest(self) -> Slice | None:
        """The first quarter with the most children."""
        return busiest(self.planned)

    @property
    def adults(self) -> int:
        """How many adults the busiest quarter needs."""
        return max((one.adults for one in self.planned), default=0)

    @property
    def adult_minutes(self) -> int:
        """Minutes of adults that the plan takes in all."""
        return sum(one.adults for one in self.planned) * 15


@dataclass(frozen=True, slots=True)
class Staffing:
    """A unit's days, open ones alone."""

    unit: UUID
    unit_name: str
    setting: Setting
    days: tuple[StaffingDay, ...]


def staffing(*, by: Actor, unit: UUID, first: date, last: date, now: datetime, zone: ZoneInfo) -> Staffing:
    """Planned and actual children of a unit from `first` to `last`, numbers alone. For the staff of the unit.

    Raises NotFound, NotAllowed. Children are those of the groups on `first`, or of today where that is later: who
    begins next month is not known to a plan of this one.
    """
    today = now.astimezone(zone).date()
    view, setting = care_unit(unit)
    must_be_staff(by, view, today)
    groups = groups_at(unit=unit, on=first) or groups_at(unit=unit, on=today)
    where = children_of([one.id for one in groups], first)
    ats = {one.id: CareGroup(one, view, setting) for one in groups}
    placed = {child: placed_at([child], ats[group])[child] for child, group in where.items()}
    small = _small(by, placed, first)
    planned = days_of(placed, first, last, now=now, zone=zone)
    was = noted(unit=unit, first=first, last=min(last, today)) if first <= today else {}
    found = []
    for n in range((last - first).days + 1):
        on = first + timedelta(days=n)
        days = {child: days[n] for child, days in planned.items()}
        opening = setting.opening.get(on.isoweekday())
        if opening is None or not _open(days.values()):
            continue
        came = [(child, notes) for (child, day), notes in was.items() if day == on]
        found.append(_day(on, opening, setting, days, came, small, now, zone))
    return Staffing(unit, view.name, setting, tuple(found))


def _open(days: Iterable[DayView]) -> bool:
    """Whether the unit is open, or somebody needs care although it is closed."""
    told = tuple(days)
    return any(day.is_open or day.hours is not None for day in told)


def _day(
    on: date,
    opening: Hours,
    setting: Setting,
    days: dict[UUID, DayView],
    came: list[tuple[UUID, list[PresenceView]]],
    small: frozenset[UUID],
    now: datetime,
    zone: ZoneInfo,
) -> StaffingDay:
    stays = [Stay(day.hours, child in small) for child, day in days.items() if day.hours is not None]
    real = [Stay(hours, child in small) for child, notes in came for hours in _spans(notes, on, now, zone)]
    return StaffingDay(
        on,
        opening,
        quarters(stays, opening, setting),
        _so_far(quarters(real, opening, setting), on, now.astimezone(zone)) if real else (),
        len(stays),
        len({child for child, notes in came if any(note.act is Act.IN for note in notes)}),
        sum(day.missing for day in days.values()),
    )


def _so_far(slices: tuple[Slice, ...], on: date, now: datetime) -> tuple[Slice, ...]:
    """Of today the quarters that have begun; of a day that is over all."""
    return tuple(one for one in slices if on < now.date() or one.starts <= now.time())


def _spans(notes: list[PresenceView], on: date, now: datetime, zone: ZoneInfo) -> Iterable[Hours]:
    """From each arrival to the departure after it; to now, or the day's end, where there is none."""
    last = now.astimezone(zone).time() if now.astimezone(zone).date() == on else time(23, 59)
    starts: time | None = None
    for note in notes:
        at = note.at.astimezone(zone).time()
        if note.act is Act.IN:
            starts = at
        elif note.act is Act.OUT and starts is not None:
            yield Hours(starts, at)
            starts = None
    if starts is not None and starts < last:
        yield Hours(starts, last)


def _small(by: Actor, children: Collection[UUID], on: date) -> frozenset[UUID]:
    """Which of the children count as small; their ages are read to be counted, and leave this function as a number."""
    if not children:
        return frozenset()
    grant = Grant("care", "/", ("people.details.see", "people.protected.see"), wards=frozenset(children))
    seen = people.people(by=Actor(by.id, by.identified_by, (grant,)), ids=children, numbers=False)
    return frozenset(key for key, one in seen.items() if is_small(one.birth_date, on))
