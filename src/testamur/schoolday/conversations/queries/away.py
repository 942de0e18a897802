"""Reading who is away."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.schoolday.conversations.models import Away
from testamur.schoolday.conversations.rules import AwayView


def away(*, by: Actor, persons: Collection[UUID], on: date) -> dict[UUID, AwayView]:
    """Who of the staff is away on that day, with the note and the substitute; for whoever may write to them."""
    rows = Away.objects.filter(person__in=persons, first__lte=on, last__gte=on, ended_at__isnull=True).order_by("id")
    return {one.person: one for one in _views(by, list(rows))}


def own_away(*, by: Actor, unit: UUID, on: date) -> tuple[AwayView, ...]:
    """One's own absences at a school, of today and to come, in order of time."""
    rows = Away.objects.filter(person=by.id, unit=unit, last__gte=on, ended_at__isnull=True).order_by("first", "id")
    return _views(by, list(rows))


def _views(by: Actor, rows: list[Away]) -> tuple[AwayView, ...]:
    ids = {one for row in rows for one in (row.person, row.substitute) if one is not None}
    names = people.people(by=by, ids=sorted(ids), numbers=False) if ids else {}
    return tuple(
        AwayView(
            row.id, row.person, names[row.person].name if row.person in names else "", row.first, row.last, row.note,
            row.substitute, names[row.substitute].name if row.substitute in names else "",
        )
        for row in rows
    )  # fmt: skip
