"""Long work that somebody asked for: begun and ended as acts; how far it has come is written by `steps.advance`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.trust.records.models import Work
from testamur.trust.records.rules import WorkState


@transaction.atomic
def start_work(
    *, by: Actor, kind: str, unit: UUID, path: str, asked: Mapping[str, Any], now: datetime, total: int = 0
) -> UUID:
    """Write down a long work that is to be done; returns its id. Whoever does it reads `asked` (plain JSON).

    Needs ``records.record.draft`` at `path`. Journal: ``records.work_started/1``.
    """
    by.must("records.record.draft", path)
    work = Work(
        id=new_id(), kind=kind, unit=unit, path=path, person=by.id, asked=dict(asked), total=total, asked_at=now
    )
    work.save(force_insert=True)
    told = {"work": str(work.id), "kind": kind, "unit": str(unit)}
    append(by=by, kind="records.work_started/1", path=path, refs=told, now=now)
    return work.id


@transaction.atomic
def finish_work(*, by: Actor, work: UUID, now: datetime, error: str = "") -> None:
    """The work is over; with `error` (a code) it was broken off. One that is over already stays as it is.

    Needs ``records.work.do`` at its path. Raises NotFound. Journal: ``records.work_finished/1``.
    """
    row = Work.objects.select_for_update().filter(id=work).first()
    if row is None:
        raise NotFound("There is no such work.", work=str(work))
    by.must("records.work.do", row.path)
    if row.ended is not None:
        return
    row.state, row.ended = (WorkState.FAILED if error else WorkState.DONE), now
    if error:
        row.errors = [*row.errors, {"code": error}]
    row.save(update_fields=["state", "ended", "errors"])
    told = {"work": str(work), "done": row.done, "failed": row.failed, "error": error}
    append(by=by, kind="records.work_finished/1", path=row.path, refs=told, now=now)
