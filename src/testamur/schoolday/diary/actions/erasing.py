"""Deleting rows that a reviewed list names; the database refuses marks and changes of absences that none names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.diary.models import Absence, AbsenceChange, HealthNote, Leave, Mark, Remark

_TABLES: dict[str, type[Absence | Leave | Remark | Mark | HealthNote]] = {
    "attendance": Absence,
    "leaves": Leave,
    "remarks": Remark,
    "marks": Mark,
    "health": HealthNote,
}


@transaction.atomic
def erase(*, by: Actor, school: UUID, path: str, what: str, rows: Sequence[UUID], because: UUID, now: datetime) -> int:
    """Delete rows of one school; returns how many there were. `what` as in `queries.old`; `because` is the list's id.

    The history of an absence goes with it. Journal: ``diary.rows.erased/1`` with the count. Needs ``diary.row.erase``
    at the school.
    """
    by.must("diary.row.erase", path)
    if what == "attendance":
        mine = Absence.objects.filter(school=school, id__in=rows).values("id")
        AbsenceChange.objects.filter(absence__in=mine).delete()
    table = _TABLES[what]
    own = {"task__school": school} if what == "marks" else {"school": school}
    found = list(table.objects.filter(id__in=rows, **own).values_list("id", flat=True))
    table.objects.filter(id__in=found)._raw_delete("default")  # noqa: SLF001 - a mark and the one it replaced go together
    refs = {"unit": str(school), "what": what, "count": len(found), "list": str(because)}
    append(by=by, kind="diary.rows.erased/1", path=path, refs=refs, now=now)
    return len(found)
