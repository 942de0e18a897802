"""Deleting rows that a reviewed list names; the database refuses marks, assessments and changes that none names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.diary.models import AbsenceChange
from testamur.schoolday.diary.queries.old import rows as old_rows


@transaction.atomic
def erase(
    *, by: Actor, school: UUID, path: str, what: str, rows: Sequence[UUID], before: date, because: UUID, now: datetime
) -> int:
    """Delete those of the rows that are still old; returns how many. `what` as in `queries.old`; `because`: the list.

    The history of an absence goes with it. Journal: ``diary.rows.erased/1`` with the count. Needs
    ``retention.row.erase`` at the school.
    """
    by.must("retention.row.erase", path)
    old = old_rows(school, what, before)
    found = list(old.filter(id__in=rows).values_list("id", flat=True))
    if what == "attendance":
        AbsenceChange.objects.filter(absence__in=found).delete()
    mine = old.model._default_manager.filter(id__in=found)  # noqa: SLF001 - Django's own way to a model's rows
    mine._raw_delete("default")  # noqa: SLF001 - a mark and the one that it replaced go together
    refs = {"unit": str(school), "what": what, "count": len(found), "list": str(because)}
    append(by=by, kind="diary.rows.erased/1", path=path, refs=refs, now=now)
    return len(found)
