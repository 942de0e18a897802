"""Batches on their way from signed to published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.trust.records.actions.common import BatchLost, digest
from testamur.trust.records.actions.releasing import release_published
from testamur.trust.records.models import Issue, IssueBatch, Record
from testamur.trust.records.rules import REPLACEMENT, State
from testamur.trust.sealing.queries import sealing_themselves

LEASE = timedelta(minutes=10)
PATIENCE = timedelta(seconds=5)
"""Before the second try; doubled for each further one."""
TRIES = 10


@dataclass(frozen=True, slots=True)
class Issued:
    """What a record became when it was sealed, logged and archived."""

    record: UUID
    doc_digest: str
    seal_sig_sha256: str
    commitment: str
    log_index: int
    pdf_sha256: str
    pdf_size: int


@transaction.atomic
def claim(*, by: Actor, worker: str, limit: int, now: datetime) -> UUID | None:
    """Take the next batch to issue: one whose worker died, or up to `limit` signed records of one organisation.

    Returns None when nothing waits. Two workers never hold the same batch. Journal: ``records.batch_claimed/1``.
    """
    by.must("records.batch.issue")
    skip = connection.features.has_select_for_update_skip_locked
    orphan = (
        IssueBatch.objects.select_for_update(skip_locked=skip)
        .exclude(stage=IssueBatch.Stage.DONE)
        .filter(lease_until__lt=now, error="")
        .order_by("claimed_at")
        .first()
    )
    if orphan is not None:
        orphan.worker, orphan.lease_until = worker, now + LEASE
        orphan.save(update_fields=["worker", "lease_until"])
        append(
            by=by,
            kind="records.batch_claimed/1",
            path=orphan.path,
            now=now,
            refs={"batch": str(orphan.id), "worker": worker, "again": True},
        )
        return orphan.id
    waiting = Record.objects.filter(state=State.SIGNED, batch__isnull=True, held="")
    first = waiting.order_by("id").values_list("organisation", "unit").first()
    if first is None:
        return None
    rows = list(
        _under_one_seal(waiting, *first, now)
        .select_for_update(skip_locked=skip)
        .order_by("unit", "document_type", "id")
        .values_list("id", "path")[:limit]
    )
    if not rows:
        return None
    batch = IssueBatch(
        id=new_id(),
        organisation=first[0],
        path=_common_path([p for _id, p in rows]),
        claimed_at=now,
        lease_until=now + LEASE,
        worker=worker,
    )
    batch.save(force_insert=True)
    Record.objects.filter(id__in=[i for i, _path in rows]).update(batch=batch)
    append(
        by=by,
        kind="records.batch_claimed/1",
        path=batch.path,
        now=now,
        refs={"batch": str(batch.id), "worker": worker, "count": len(rows)},
    )
    return batch.id


def _under_one_seal(waiting: QuerySet[Record], organisation: UUID, unit: UUID, now: datetime) -> QuerySet[Record]:
    """Those that get the same seal as the records of that unit: its own, or that of the body responsible."""
    mine = waiting.filter(organisation=organisation)
    own = sealing_themselves(mine.order_by().values_list("unit", flat=True).distinct(), now)
    return mine.filter(unit=unit) if unit in own else mine.exclude(unit__in=own)


@transaction.atomic
def note_sealed(*, by: Actor, batch: UUID, worker: str, sealed_at: datetime, now: datetime) -> None:
    """The seal notes are durable: the batch counts as sealed. Journal: ``records.batch_sealed/1``. Raises BatchLost."""
    row = _mine(by, batch, worker)
    moved = Record.objects.filter(batch=batch, state=State.SIGNED).update(state=State.SEALED)
    row.stage, row.sealed_at = IssueBatch.Stage.SEALED, sealed_at
    row.lease_until = now + LEASE
    row.save(update_fields=["stage", "sealed_at", "lease_until"])
    append(by=by, kind="records.batch_sealed/1", path=row.path, refs={"batch": str(batch), "count": moved}, now=now)


@transaction.atomic
def publish(
    *, by: Actor, batch: UUID, worker: str, issued: Sequence[Issued], sealed_at: datetime, now: datetime
) -> None:
    """The archive objects stand: the records are published, as their release is planned; those replaced step back.

    Journal: ``records.batch_published/1`` with count and digest of the commitments. Raises BatchLost.
    """
    row = _mine(by, batch, worker)
    Issue.objects.bulk_create(
        [
            Issue(
                record_id=i.record,
                doc_digest=i.doc_digest,
                seal_sig_sha256=i.seal_sig_sha256,
                commitment=i.commitment,
                log_index=i.log_index,
                pdf_sha256=i.pdf_sha256,
                pdf_size=i.pdf_size,
                sealed_at=sealed_at,
                published_at=now,
            )
            for i in issued
        ],
        batch_size=200,
    )
    Record.objects.filter(batch=batch, state=State.SEALED).update(state=State.PUBLISHED)
    for because, after in REPLACEMENT.items():
        replaced = Record.objects.filter(batch=batch, replaced_because=because).values("replaces")
        Record.objects.filter(id__in=replaced, state=State.PUBLISHED).update(state=after)
    release_published(batch=batch, now=now)
    row.stage, row.lease_until, row.sealed_at = IssueBatch.Stage.DONE, None, row.sealed_at or sealed_at
    row.save(update_fields=["stage", "lease_until", "sealed_at"])
    append(
        by=by,
        kind="records.batch_published/1",
        path=row.path,
        refs={
            "batch": str(batch),
            "count": len(issued),
            "commitments_sha256": digest(i.commitment for i in issued),
        },
        now=now,
    )


@transaction.atomic
def hold(*, by: Actor, batch: UUID, worker: str, record: UUID, why: str, now: datetime) -> None:
    """Take one record that cannot be sealed out of its batch, so that the others go on.

    Journal: ``records.held/1``. Raises BatchLost, also when the batch is sealed already.
    """
    row = _mine(by, batch, worker)
    if row.stage != IssueBatch.Stage.CLAIMED:
        raise BatchLost("The batch is sealed; nothing can be taken out of it.", batch=str(batch))
    Record.objects.filter(id=record, batch=batch).update(batch=None, held=why[:80])
    append(by=by, kind="records.held/1", path=row.path, refs={"record": str(record), "why": why[:80]}, now=now)


@transaction.atomic
def release_batch(*, by: Actor, batch: UUID, worker: str, error: str, now: datetime) -> None:
    """Give a batch back after an error that another try may mend; later each time, and at last to a person.

    After `TRIES` tries the batch rests with its `error` until somebody looks. A batch that is no longer this worker's
    is left alone. Journal: ``records.batch_released/1``.
    """
    row = _batch(by, batch)
    if row.worker != worker or row.stage == IssueBatch.Stage.DONE:
        return
    row.tries += 1
    row.lease_until = now + PATIENCE * 2 ** (row.tries - 1)
    row.worker = ""
    if row.tries >= TRIES:
        row.error = error[:400]
    row.save(update_fields=["tries", "lease_until", "worker", "error"])
    append(
        by=by,
        kind="records.batch_released/1",
        path=row.path,
        refs={"batch": str(batch), "error": error, "tries": row.tries, "rests": bool(row.error)},
        now=now,
    )


def _mine(by: Actor, batch: UUID, worker: str) -> IssueBatch:
    row = _batch(by, batch)
    if row.worker != worker or row.stage == IssueBatch.Stage.DONE:
        raise BatchLost("Another worker has the batch, or it is finished.", batch=str(batch))
    return row


def _batch(by: Actor, batch: UUID) -> IssueBatch:
    by.must("records.batch.issue")
    row = IssueBatch.objects.select_for_update().filter(id=batch).first()
    if row is None:
        raise NotFound("There is no such batch.", batch=str(batch))
    return row


def _common_path(paths: Sequence[str]) -> str:
    """The longest organisation path that holds them all; ends with a slash."""
    first, last = min(paths), max(paths)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:same].rpartition("/")[0] + "/"
