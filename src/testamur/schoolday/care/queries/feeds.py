"""What care tells other systems: weeks as they hold, days that differ, arrivals and departures. Ids and hours alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from testamur.register.people.queries import chunks
from testamur.schoolday.care import models
from testamur.schoolday.care.queries.places import hours_of
from testamur.schoolday.care.queries.weeks import as_regular
from testamur.schoolday.care.rules import Act, Hours, in_force, monday_of


@dataclass(frozen=True, slots=True)
class Schedule:
    """The hours of a child from `first` on.

    Attributes:
        last: None while nothing else was said.
        days: weekday (1 is Monday) → hours.
        single: a day that differs from the week; without hours it is a day without care.
    """

    id: UUID
    child: UUID
    unit: UUID
    first: date
    last: date | None
    days: Mapping[int, Hours]
    single: bool
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A child came or went, as the staff noted it."""

    id: UUID
    child: UUID
    unit: UUID
    group: UUID
    comes: bool
    at: datetime
    noted_by: UUID
    noted_at: datetime


def schedules(*, children: Collection[UUID], units: Collection[UUID], first: date, last: date) -> tuple[Schedule, ...]:
    """What holds for those children at those units on any day from `first` to `last`; whose is the caller's to ask."""
    found: list[Schedule] = []
    for chunk in chunks(children):
        weeks: dict[tuple[UUID, UUID], list[models.Regular]] = defaultdict(list)
        rows = models.Regular.objects.filter(child__in=chunk, unit__in=list(units), valid_from__lte=last)
        for row in rows.order_by("valid_from", "id"):
            weeks[row.child, row.unit].append(row)
        for some in weeks.values():
            if any(row.parity for row in some):
                found += _alternating(some, first, last)
                continue
            ends = [after.valid_from - timedelta(days=1) for after in some[1:]]
            pairs = zip(some, (*ends, None), strict=True)
            found += [_week(row, end) for row, end in pairs if end is None or end >= first]
        days = models.Day.objects.filter(child__in=chunk, unit__in=list(units), on__range=(first, last))
        found += [_day(row) for row in days]
    return tuple(found)


def events(
    *, children: Collection[UUID], units: Collection[UUID], first: datetime, last: datetime
) -> tuple[Event, ...]:
    """Who came and went between two times, notes that were taken back aside; whose is the caller's to ask."""
    found: list[Event] = []
    for chunk in chunks(children):
        rows = models.Presence.objects.filter(
            child__in=chunk, unit__in=list(units), at__range=(first, last), act__in=[Act.IN, Act.OUT],
            corrects__isnull=True, corrected_by__isnull=True,
        )  # fmt: skip
        found += [
            Event(row.id, row.child, row.unit, row.group, row.act == Act.IN, row.at, row.noted_by, row.noted_at)
            for row in rows
        ]
    return tuple(found)


def _week(row: models.Regular, last: date | None) -> Schedule:
    days = {int(day): hours_of(told) for day, told in row.days.items()}
    return Schedule(row.id, row.child, row.unit, row.valid_from, last, days, single=False, by=row.by, at=row.at)


def _alternating(rows: Collection[models.Regular], first: date, last: date) -> list[Schedule]:
    """Odd and even weeks, week by week: a year of 53 has two odd ones in a row, which no cycle of two weeks tells."""
    by_key = {(row.valid_from, row.parity): row for row in rows}
    views = [as_regular(row) for row in rows]
    runs: dict[tuple[UUID, date], tuple[models.Regular, date, date]] = {}
    for n in range((last - first).days + 1):
        on = first + timedelta(days=n)
        held = in_force(views, on)
        if held is not None:
            row, monday = by_key[held.valid_from, held.parity.value], monday_of(on)
            begun = runs.get((row.id, monday))
            runs[row.id, monday] = (row, begun[1] if begun is not None else on, on)
    return [
        replace(_week(row, ends), id=uuid5(row.id, monday.isoformat()), first=starts)
        for (_key, monday), (row, starts, ends) in runs.items()
    ]


def _day(row: models.Day) -> Schedule:
    days = {}
    if row.starts is not None and row.ends is not None:
        days = {row.on.isoweekday(): Hours(row.starts, row.ends)}
    return Schedule(row.id, row.child, row.unit, row.on, row.on, days, single=True, by=row.by, at=row.at)
