"""Excusing absences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal import actions as journal
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.actions.changes import change
from testamur.schoolday.diary.models import Absence
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.absences import AbsenceChanged, AbsenceGround, may_state

EXCUSE = "diary.absence.excuse"


@transaction.atomic
def excuse_absences(
    *, by: Actor, group: UUID, absences: Sequence[UUID], excused: bool | None, ground: str = "", now: datetime
) -> None:
    """Say of absences of a class's pupils that they are excused on a ground of the law, or are not; None opens them.

    Journal: ``diary.absence.excused/1``. Needs ``diary.absence.excuse`` at the class, and a role that may state the
    ground. Raises not_found, ``diary.absence.ground``, and ``diary.absence.changed`` when one of them is not there (or
    of another class) any more: then nothing is changed.
    """
    here = room(group=group, on=now.date())
    by.must(EXCUSE, here.path, group=group)
    if excused:
        known = {one.code: one for one in here.pack.diary.grounds}
        roles = {g.role for g in by.grants if g.covers(EXCUSE, here.path, group=group)}
        if ground not in known or not may_state(known[ground], roles):
            accepted = ", ".join(code for code, one in known.items() if may_state(one, roles))
            raise AbsenceGround("Choose a ground that you may state.", field="ground", accepted=accepted)
    pupils = {member.person for member in schools.members(group=group, on=now.date())}
    wanted = dict.fromkeys(absences)
    rows = list(Absence.objects.select_for_update().filter(id__in=list(wanted), void=False).order_by("id"))
    if len(rows) != len(wanted) or any(row.pupil_id not in pupils for row in rows):
        raise AbsenceChanged("Some of these absences are no longer there. Look again; nothing was done.")
    change(rows, by=by, now=now, excused=excused, ground=ground if excused else "", leave_id=None)
    journal.append(
        by=by,
        kind="diary.absence.excused/1",
        path=here.path,
        refs={
            "group": str(group),
            "absences": [str(row.id) for row in rows],
            "pupils": [str(row.pupil_id) for row in rows],
            "excused": excused,
        },
        now=now,
    )
