"""Reading what families are told about care: by the ids that journal entries name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.register.schools import queries as schools
from testamur.schoolday.care import models


@dataclass(frozen=True, slots=True)
class CareThing:
    """What stands of one thing: ``missing``, ``written``, ``closing``, ``in``, ``out`` or ``absent``.

    `at` is when a child came or left, `name` what a closing day is called.
    """

    what: str
    on: date
    path: str = ""
    at: datetime | None = None
    name: str = ""
    off: bool = False


def told(ids: Collection[UUID]) -> dict[UUID, CareThing]:
    """The things with those ids; what was taken back is left out. Four queries."""
    wanted = list(ids)
    found = {row.id: CareThing("missing", row.monday) for row in models.Reminder.objects.filter(id__in=wanted)}
    found |= {row.id: CareThing("written", row.on) for row in models.Day.objects.filter(id__in=wanted)}
    found |= {row.id: CareThing("written", row.valid_from) for row in models.Regular.objects.filter(id__in=wanted)}
    for row in models.Closing.objects.filter(id__in=wanted):
        found[row.id] = CareThing("closing", row.on, row.path, name=row.name, off=row.cancelled_at is not None)
    notes = list(models.Presence.objects.filter(id__in=wanted, corrects__isnull=True, corrected_by__isnull=True))
    paths = {key: unit.path for key, unit in schools.units({note.unit for note in notes}).items()}
    return found | {note.id: CareThing(note.act, note.on, paths.get(note.unit, "/"), at=note.at) for note in notes}
