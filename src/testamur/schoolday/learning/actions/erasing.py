"""Deleting what a reviewed list names of portfolio, talks and plans; pictures are rows and go with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.learning.models import (
    Development,
    Earlier,
    Entry,
    EntryChild,
    EntryGoal,
    FollowUp,
    Goal,
    Picture,
    PictureChild,
    Plan,
    Preparation,
    Signature,
    Statement,
    Talk,
    Version,
)
from testamur.schoolday.learning.queries.old import TABLES

_PARTS: Mapping[type[Model], tuple[tuple[type[Model], str], ...]] = {
    Entry: (
        (PictureChild, "picture__entry__in"), (Picture, "entry__in"), (EntryChild, "entry__in"),
        (EntryGoal, "entry__in"), (Earlier, "entry__in"),
    ),
    Talk: ((Preparation, "talk__in"), (FollowUp, "talk__in")),
    Goal: ((Statement, "goal__in"), (EntryGoal, "goal__in")),
    Plan: (),
    Version: ((Signature, "version__in"),),
    Development: (),
}  # fmt: skip
"""What hangs from a row and goes with it, in order."""


@transaction.atomic
def erase(
    *, by: Actor, school: UUID, path: str, what: str, rows: Sequence[UUID], before: date, because: UUID, now: datetime
) -> int:
    """Delete those of the rows that are still old; returns how many. `because` is the list's id.

    The database refuses statements, signatures and versions that no list names.

    Journal: ``learning.rows.erased/1`` with the count. Needs ``retention.row.erase`` at the school.
    """
    by.must("retention.row.erase", path)
    gone = 0
    for old in TABLES[what]:
        table = old(school, before).model
        found = _bare(table, list(old(school, before).filter(id__in=rows).values_list("id", flat=True)))
        for part, whole in _PARTS[table]:
            part._default_manager.filter(**{whole: found}).delete()  # noqa: SLF001 - Django's own way to rows
        table._default_manager.filter(id__in=found).delete()  # noqa: SLF001 - as above
        gone += len(found)
    refs = {"unit": str(school), "what": what, "count": gone, "list": str(because)}
    append(by=by, kind="learning.rows.erased/1", path=path, refs=refs, now=now)
    return gone


def _bare(table: type[Model], found: list[UUID]) -> list[UUID]:
    """Those from which nothing hangs that stays: a goal or version that came after the review keeps its plan."""
    if table is Plan:
        kept = set(Goal.objects.filter(plan__in=found).values_list("plan", flat=True))
    elif table is Development:
        kept = set(Version.objects.filter(development__in=found).values_list("development", flat=True))
    else:
        kept = set()
    return [one for one in found if one not in kept]
