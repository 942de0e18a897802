"""What failed is tried again: somebody has looked at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.trust.records.actions.common import WrongState, ask_rules, chunks, refs
from testamur.trust.records.actions.declining import void_signatures
from testamur.trust.records.models import IssueBatch, Record
from testamur.trust.records.rules import State


@transaction.atomic
def retry_held(*, by: Actor, path: str, records: Sequence[UUID], now: datetime) -> None:
    """Let signed records that were held be sealed after all; the next run of the background work takes them.

    Needs ``records.record.retry`` at `path`. Raises WrongState unless all are held there. Journal:
    ``records.held_retried/1``.
    """
    by.must("records.record.retry", path)
    freed = 0
    for some in chunks(records):
        held = Record.objects.filter(id__in=some, path__startswith=path, state=State.SIGNED).exclude(held="")
        freed += held.update(held="")
    if freed != len(set(records)):
        raise WrongState("One of the documents is not held.", field="records")
    append(by=by, kind="records.held_retried/1", path=path, refs=refs(records), now=now)


@transaction.atomic
def sign_again(*, by: Actor, path: str, records: Sequence[UUID], now: datetime) -> None:
    """Let held records be signed anew by everybody, where a signature cannot be sealed over; the old ones are void.

    All of a record's signatures are taken back: one in the file covers those before it. Needs ``records.record.retry``
    at `path`. Raises WrongState unless all are held there, and what a rule of ``settings.READY_RULES`` refuses.
    Journal: ``records.signed_again/1``.
    """
    by.must("records.record.retry", path)
    freed = 0
    for some in chunks(records):
        held = Record.objects.filter(id__in=some, path__startswith=path, state=State.SIGNED).exclude(held="")
        freed += held.update(held="", state=State.READY)
    if freed != len(set(records)):
        raise WrongState("One of the documents is not held.", field="records")
    ask_rules(records, now)
    void_signatures(records=records, because="not_sealable", now=now)
    append(by=by, kind="records.signed_again/1", path=path, refs=refs(records), now=now)


@transaction.atomic
def retry_batch(*, by: Actor, batch: UUID, now: datetime) -> None:
    """Let a batch that rests with an error be tried again, at once and as often as a fresh one.

    Needs ``records.record.retry`` at the batch's path. Raises NotFound, WrongState when it does not rest. Journal:
    ``records.batch_retried/1``.
    """
    row = IssueBatch.objects.select_for_update().filter(id=batch).first()
    if row is None:
        raise NotFound("There is no such batch.", batch=str(batch))
    by.must("records.record.retry", row.path)
    if row.stage == IssueBatch.Stage.DONE or not row.error:
        raise WrongState("The batch does not rest with an error.", batch=str(batch))
    former, row.error, row.tries, row.lease_until = row.error, "", 0, now
    row.save(update_fields=["error", "tries", "lease_until"])
    append(by=by, kind="records.batch_retried/1", path=row.path, refs={"batch": str(batch), "error": former}, now=now)
