"""Deleting what care holds and a reviewed list names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.care.models import Closing, Collector, Fetching, Need, Presence
from testamur.schoolday.care.queries.old import TABLES


@transaction.atomic
def erase(
    *, by: Actor, school: UUID, path: str, what: str, rows: Sequence[UUID], before: date, because: UUID, now: datetime
) -> int:
    """Delete those of the rows that are still old; returns how many. `because` is the list's id.

    A collector whom an arrival of another school still names stays, and so does a closed day
    to which an answer stays.

    Journal: ``care.rows.erased/1`` with the count. Needs ``retention.row.erase`` at the school.
    """
    by.must("retention.row.erase", path)
    gone = 0
    for table in TABLES:
        old = table(school, path, before)
        found = list(_free(old).filter(id__in=rows).values_list("id", flat=True))
        mine = old.model._default_manager.filter(id__in=found)  # noqa: SLF001 - Django's own way to a model's rows
        gone += mine._raw_delete("default") or 0  # noqa: SLF001 - a correction and what it corrects go together
    refs = {"unit": str(school), "what": what, "count": gone, "list": str(because)}
    append(by=by, kind="care.rows.erased/1", path=path, refs=refs, now=now)
    return gone


def _free(old: QuerySet[Any]) -> QuerySet[Any]:
    """Those of the rows that no other row names."""
    here = OuterRef("id")
    if old.model is Collector:
        return old.exclude(Exists(Presence.objects.filter(collector=here))).exclude(
            Exists(Fetching.objects.filter(collector=here))
        )
    return old.exclude(Exists(Need.objects.filter(closing=here))) if old.model is Closing else old
