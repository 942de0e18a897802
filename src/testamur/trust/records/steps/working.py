"""How far a long work has come. Progress is no act: it is written on the row and not in the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.trust.records.models import Work
from testamur.trust.records.rules import WorkState

ERRORS_KEPT = 200
"""So many failures are listed one by one; beyond that they are counted."""


@transaction.atomic
def begin(*, work: UUID, total: int, now: datetime) -> None:
    """The work runs and has so much to do; begun again after a crash, it counts from nought."""
    Work.objects.filter(id=work, ended__isnull=True).update(
        state=WorkState.RUNNING, started=now, total=total, done=0, failed=0, errors=[]
    )


@transaction.atomic
def advance(*, work: UUID, done: int = 0, errors: Sequence[Mapping[str, Any]] = ()) -> None:
    """So many more are done; `errors` are those that failed: code and ids, never a name."""
    row = Work.objects.select_for_update().get(id=work)
    row.done += done
    row.failed += len(errors)
    row.errors = [*row.errors, *map(dict, errors)][:ERRORS_KEPT]
    row.save(update_fields=["done", "failed", "errors"])
