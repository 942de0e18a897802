"""Background work of care: reminding families of weeks without hours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.kernel.base.actor import Actor
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.schoolday.care import queries
from testamur.schoolday.care.actions import remind_of_week
from testamur.schoolday.care.rules import deadline, monday_of

BEFORE = timedelta(days=1)
"""How long before the deadline families are reminded."""


def remind(*, by: Actor, now: datetime, zone: Callable[[str], ZoneInfo]) -> int:
    """Remind everybody whose week is locked within a day and has days of which nobody said anything; idempotent."""
    units = {one.id: one for one in schools.units_under("/", kind=UnitKind.SCHOOL)}
    with_care = {key: units[key] for key in queries.has_care(units)}
    return sum(_remind(by, unit, now, zone(unit.path)) for unit in sorted(with_care.values(), key=lambda one: one.path))


def _remind(by: Actor, unit: UnitView, now: datetime, zone: ZoneInfo) -> int:
    setting = queries.settings({unit.id: unit})[unit.id]
    this = monday_of(now.astimezone(zone).date())
    # a deadline may lie up to two weeks before its week
    mondays = (this + timedelta(weeks=n) for n in range(4))
    monday = next((one for one in mondays if now < deadline(setting, one, zone) <= now + BEFORE), None)
    if monday is None:
        return 0
    placed = _placed(unit, now, zone)
    missing = queries.missing(placed, monday, now=now, zone=zone)
    return remind_of_week(by=by, unit=unit.id, path=unit.path, children=missing, monday=monday, now=now)


def _placed(unit: UnitView, now: datetime, zone: ZoneInfo) -> dict[UUID, queries.CarePlace]:
    today = now.astimezone(zone).date()
    groups = queries.groups_at(unit=unit.id, on=today)
    children = queries.children_of([one.id for one in groups], today)
    return {key: one for key, one in queries.places(children=list(children), on=today).items() if one.unit == unit.id}
