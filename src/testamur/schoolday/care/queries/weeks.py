"""Reading care weeks: what stands for each day of a child, and who wrote it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared
from testamur.register.schools import queries as schools
from testamur.schoolday.care import models
from testamur.schoolday.care.queries.places import CarePlace, hours_of, place, settings
from testamur.schoolday.care.rules import (
    Closed,
    DayView,
    Hours,
    Parity,
    Reason,
    Regular,
    Setting,
    Written,
    day_view,
    deadline,
    is_locked,
    week_of,
)


@dataclass(frozen=True, slots=True)
class ClosingView:
    """A closing day. `answer_by`: until when families say whether they need care anyway; None where nobody is asked."""

    id: UUID
    unit: UUID
    on: date
    name: str
    asks: bool
    answer_by: date | None


@dataclass(frozen=True, slots=True)
class NeedView:
    """What a family answered to a closing day; `hours` is None where no care is needed."""

    closing: UUID
    child: UUID
    hours: Hours | None
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class FetchingView:
    """Who fetches a child on a day: a guardian (`person`) or a collector."""

    child: UUID
    on: date
    person: UUID | None
    collector: UUID | None
    by: UUID


@dataclass(frozen=True, slots=True)
class CareWeek:
    """A child's week as it stands. `locks_at`: until when guardians change it."""

    place: CarePlace
    setting: Setting
    days: tuple[DayView, ...]
    fetching: Mapping[date, FetchingView]
    locks_at: datetime
    locked: bool


def week(*, by: Actor, child: UUID, monday: date, now: datetime, zone: ZoneInfo) -> CareWeek:
    """A child's week from that Monday on. Needs ``care.week.see`` for the child. Raises NotFound without care."""
    today = now.astimezone(zone).date()
    here = place(child=child, on=today)
    by.must("care.week.see", here.group_path, person=child, group=here.group)
    setting = settings(schools.units([here.unit]))[here.unit]
    days = days_of({child: here}, monday, monday + timedelta(days=6), now=now, zone=zone)[child]
    return CareWeek(
        here,
        setting,
        days,
        {key[1]: one for key, one in fetchings([child], monday, monday + timedelta(days=6)).items()},
        deadline(setting, monday, zone),
        is_locked(setting, monday, now, zone),
    )


def days_of(
    placed: Mapping[UUID, CarePlace], first: date, last: date, *, now: datetime, zone: ZoneInfo
) -> dict[UUID, tuple[DayView, ...]]:
    """The days from `first` to `last` of children whose places are known; for the caller's own check.

    Six queries, and one more for each unit after the first.
    """
    units = {one.unit: one.unit_path for one in placed.values()}
    arranged = settings(schools.units(units))
    regulars, written = _regulars(placed, last), _written(placed, first, last)
    shut = {unit: closed_days(unit, path, first, last) for unit, path in units.items()}
    needs = _needs(shut, placed)
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    found = {}
    for child, here in placed.items():
        setting, closed = arranged[here.unit], shut[here.unit]
        found[child] = tuple(
            day_view(
                on,
                setting,
                regulars[child],
                written.get((child, on)),
                closed.get(on),
                needed=_needed(needs, closed.get(on), child),
                locked=is_locked(setting, on, now, zone),
            )
            for on in days
        )
    return found


def closed_days(unit: UUID, path: str, first: date, last: date) -> dict[date, Closed]:
    """The days without care between two days: holidays of the unit and of those above, and its own closing days."""
    found: dict[date, Closed] = {}
    for holiday in schools.holidays(path=path, first=first, last=last):
        day = max(first, holiday.starts)
        while day <= min(last, holiday.ends):
            found[day] = Closed(day, holiday.name)
            day += timedelta(days=1)
    rows = _closings(units=[unit], first=first, last=last)
    return found | {row.on: Closed(row.on, row.name, row.id, row.asks) for row in rows}


@prepared
def _closings(units: Collection[UUID], first: date, last: date) -> QuerySet[models.Closing]:
    rows = models.Closing.objects.filter(unit__in=units, on__range=(first, last), cancelled_at__isnull=True)
    return rows.order_by("on", "id")


def closings(*, units: Collection[UUID], first: date, last: date) -> tuple[ClosingView, ...]:
    """The closing days of those units between two days, in order; everybody may know them."""
    return tuple(map(_closing, _closings(units=units, first=first, last=last)))


def closing(id: UUID) -> ClosingView | None:  # noqa: A002 - the name that every query uses
    """One closing day that stands, or None."""
    row = models.Closing.objects.filter(id=id, cancelled_at__isnull=True).first()
    return None if row is None else _closing(row)


def needs(*, closings: Collection[UUID], children: Collection[UUID] | None = None) -> tuple[NeedView, ...]:
    """What families answered to closing days, of those children alone where asked; for the caller's own check."""
    rows = models.Need.objects.filter(closing__in=list(closings))
    if children is not None:
        rows = rows.filter(child__in=list(children))
    return tuple(
        NeedView(row.closing_id, row.child, _hours(row.starts, row.ends), row.by, row.at) for row in rows.order_by("at")
    )


def fetchings(children: Collection[UUID], first: date, last: date) -> dict[tuple[UUID, date], FetchingView]:
    """Who fetches those children on the days between two days; for the caller's own check."""
    rows = _fetchings(children=children, first=first, last=last)
    return {(row.child, row.on): FetchingView(row.child, row.on, row.person, row.collector_id, row.by) for row in rows}


@prepared
def _fetchings(children: Collection[UUID], first: date, last: date) -> QuerySet[models.Fetching]:
    return models.Fetching.objects.filter(child__in=children, on__range=(first, last))


def regular(*, by: Actor, child: UUID, on: date) -> tuple[Regular, ...]:
    """A child's regular weeks at its place of that day, the latest first. Needs ``care.week.see`` for the child."""
    here = place(child=child, on=on)
    by.must("care.week.see", here.group_path, person=child, group=here.group)
    rows = models.Regular.objects.filter(child=child, unit=here.unit).order_by("-valid_from", "parity")
    return tuple(map(as_regular, rows))


def missing(placed: Mapping[UUID, CarePlace], monday: date, *, now: datetime, zone: ZoneInfo) -> frozenset[UUID]:
    """Those of the children of whom nobody has said anything for an open day of that week."""
    found = days_of(placed, monday, week_of(monday)[-1], now=now, zone=zone)
    return frozenset(child for child, days in found.items() if any(day.missing for day in days))


def wishes(*, person: UUID, children: Collection[UUID]) -> frozenset[UUID]:
    """Those of the children of whose arrivals and departures the person wants to be told."""
    rows = models.Wish.objects.filter(person=person, child__in=list(children))
    return frozenset(rows.values_list("child", flat=True))


def _regulars(placed: Mapping[UUID, CarePlace], last: date) -> dict[UUID, list[Regular]]:
    found: dict[UUID, list[Regular]] = defaultdict(list)
    for row in _weekly(children=list(placed), last=last):
        if placed[row.child].unit == row.unit:
            found[row.child].append(as_regular(row))
    return found


@prepared
def _weekly(children: Collection[UUID], last: date) -> QuerySet[models.Regular]:
    return models.Regular.objects.filter(child__in=children, valid_from__lte=last)


@prepared
def _days(children: Collection[UUID], first: date, last: date) -> QuerySet[models.Day]:
    return models.Day.objects.filter(child__in=children, on__range=(first, last))


def as_regular(row: models.Regular) -> Regular:
    """A row as a value; for this package."""
    return Regular(
        row.child,
        row.valid_from,
        {int(day): hours_of(told) for day, told in row.days.items()},
        row.by,
        row.at,
        Parity(row.parity),
    )


def _written(placed: Mapping[UUID, CarePlace], first: date, last: date) -> dict[tuple[UUID, date], Written]:
    rows = _days(children=list(placed), first=first, last=last)
    return {
        (row.child, row.on): Written(
            row.child,
            row.on,
            _hours(row.starts, row.ends),
            Reason(row.reason) if row.reason else None,
            row.by,
            row.at,
            row.staff,
        )
        for row in rows
        if placed[row.child].unit == row.unit
    }


def _needs(
    shut: Mapping[UUID, Mapping[date, Closed]], placed: Mapping[UUID, CarePlace]
) -> dict[tuple[UUID, UUID], Hours | None]:
    asked = [one.closing for days in shut.values() for one in days.values() if one.closing is not None and one.asks]
    if not asked:
        return {}
    return {(one.closing, one.child): one.hours for one in needs(closings=asked, children=list(placed))}


def _needed(needs: Mapping[tuple[UUID, UUID], Hours | None], closed: Closed | None, child: UUID) -> Hours | None:
    return needs.get((closed.closing, child)) if closed is not None and closed.closing is not None else None


def _closing(row: models.Closing) -> ClosingView:
    return ClosingView(row.id, row.unit, row.on, row.name, row.asks, row.answer_by)


def _hours(starts: time | None, ends: time | None) -> Hours | None:

    return Hours(starts, ends) if starts is not None and ends is not None else None
