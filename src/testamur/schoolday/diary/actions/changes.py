"""Changing absences: what one was before is always kept. For this package's own verbs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.diary.models import Absence, AbsenceChange, Leave
from testamur.schoolday.diary.rules.lessons import overlaps

_FEW = 4
"""So many sets of new values are written one after the other."""
_KEPT = ("kind", "minutes", "weight", "excused", "ground", "leave_id", "void")


def before(row: Absence) -> dict[str, Any]:
    """What an absence is now, as a change keeps it."""
    kept = {name: getattr(row, name) for name in _KEPT}
    return {name: value if isinstance(value, bool | int | None) else str(value) for name, value in kept.items()}


def change(rows: Sequence[Absence], *, by: Actor, now: datetime, **values: object) -> None:
    """Give all rows the same new values."""
    change_each([(row, values) for row in rows], by=by, now=now)


def change_each(rows: Sequence[tuple[Absence, dict[str, Any]]], *, by: Actor, now: datetime) -> None:
    """Give each row its new values and keep the former ones; a few statements for any number."""
    if not rows:
        return
    AbsenceChange.objects.bulk_create(
        AbsenceChange(absence=row, at=now, by=by.id, before=before(row)) for row, _values in rows
    )
    alike: dict[tuple[tuple[str, Any], ...], list[UUID]] = {}
    for row, values in rows:
        for name, value in values.items():
            setattr(row, name, value)
        row.changed_at = now
        alike.setdefault(tuple(values.items()), []).append(row.id)
    if len(alike) <= _FEW:  # nearly always: plain statements are far quicker than one with a case for every cell
        for some, ids in alike.items():
            Absence.objects.filter(id__in=ids).update(**dict(some), changed_at=now)
    else:
        Absence.objects.bulk_update([row for row, _values in rows], [*_KEPT, "changed_at"])


def excusable(row: Absence, leave: Leave) -> bool:
    """Whether the absence, read together with its lesson, falls within the leave's days and hours."""
    at = row.lesson
    return leave.first <= row.on <= leave.last and overlaps(at.starts, at.ends, leave.from_time, leave.to_time)
