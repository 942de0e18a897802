"""Reminding families that nobody has said when a child comes, before the week is locked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal.actions import append
from testamur.schoolday.care.models import Reminder


@transaction.atomic
def remind_of_week(*, by: Actor, unit: UUID, path: str, children: Collection[UUID], monday: date, now: datetime) -> int:
    """Remind the families of children of one unit of a week without hours, each once; returns how many.

    Journal: ``care.week.missing/1``, none when nobody is left. Needs ``care.reminder.send`` at `path`.
    """
    by.must("care.reminder.send", path)
    known = frozenset(Reminder.objects.filter(child__in=list(children), monday=monday).values_list("child", flat=True))
    rows = [
        Reminder(id=new_id(), child=child, unit=unit, monday=monday, at=now)
        for child in sorted(children)
        if child not in known
    ]
    if not rows:
        return 0
    Reminder.objects.bulk_create(rows)
    refs = {"unit": str(unit), "pupils": [str(row.child) for row in rows], "cares": [str(row.id) for row in rows]}
    append(by=by, kind="care.week.missing/1", path=path, refs=refs, now=now)
    return len(rows)
