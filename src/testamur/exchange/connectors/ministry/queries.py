"""Reading deliveries: senders, batches, receipts, the tries of one record. Ids; names are the reader's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.exchange.connectors.models import DeliveryBatch, DeliveryRow, DeliverySender
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound


@dataclass(frozen=True, slots=True)
class SenderView:
    """How a body delivers: `error` is the code of what keeps it, `message` says it in the store's words or ours."""

    organisation: UUID
    path: str
    next_number: int
    automatic: bool
    nightly: bool
    last_night: date | None
    paused: bool
    next_at: datetime | None
    tries: int
    error: str
    message: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class BatchView:
    """One batch. `state`: ``sealed`` (waits for its receipt), ``refused``, ``withdrawn``, ``answered``."""

    id: UUID
    organisation: UUID
    number: int
    state: str
    form: str
    records: int
    digest: str
    previous: str
    receipt: str
    accepted: int
    rejected: int
    code: str
    message: str
    sealed_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class TryView:
    """One record in one batch. `state`: ``waiting``, ``accepted``, ``rejected``; `text` is the store's own word."""

    record: UUID
    path: str
    batch: UUID
    number: int
    batch_state: str
    state: str
    receipt: str
    code: str
    text: str
    sent_at: datetime | None
    answered_at: datetime | None


def senders(*, by: Actor, path: str) -> tuple[SenderView, ...]:
    """The bodies at or below `path` that have delivered or been set out. Needs ``connectors.delivery.see`` there."""
    by.must("connectors.delivery.see", path)
    return tuple(
        SenderView(
            row.organisation, row.path, row.next_number, row.automatic, bool(row.nightly), row.last_night, row.paused,
            row.next_at, row.tries, row.error, row.message, row.answered_at,
        )
        for row in DeliverySender.objects.filter(path__startswith=path).order_by("path")
    )  # fmt: skip


def batches(*, by: Actor, path: str, offset: int = 0, limit: int = 50) -> tuple[tuple[BatchView, ...], int]:
    """Batches of the bodies at or below `path`, newest first, and how many there are.

    Needs ``connectors.delivery.see`` at `path`.
    """
    by.must("connectors.delivery.see", path)
    rows = DeliveryBatch.objects.filter(sender__path__startswith=path).defer("document", "signature", "receipt")
    page = rows.order_by("-sealed_at", "-number")[offset : offset + limit]
    return tuple(_batch(row) for row in page), rows.count()


def batch(*, by: Actor, batch: UUID) -> tuple[BatchView, tuple[TryView, ...]]:
    """One batch with its records. Needs ``connectors.delivery.see`` at its body. Raises ``not_found``."""
    row = _one(by, batch)
    rows = DeliveryRow.objects.filter(batch=row).order_by("position")
    return _batch(row), tuple(_try(one, row) for one in rows)


def receipt(*, by: Actor, batch: UUID) -> bytes:
    """The store's signed receipt as it came. Needs ``connectors.delivery.see``. Raises ``not_found`` without one."""
    row = _one(by, batch)
    if row.receipt is None:
        raise NotFound("There is no receipt yet.", field="batch")
    return bytes(row.receipt)


def tries(*, by: Actor, record: UUID, path: str, group: UUID | None = None) -> tuple[TryView, ...]:
    """Every batch that a record has stood in, oldest first. Needs ``transcripts.handover.see`` at its place."""
    by.must("transcripts.handover.see", path, group=group)
    rows = DeliveryRow.objects.filter(record=record, path=path).select_related("batch").order_by("batch__sealed_at")
    return tuple(_try(one, one.batch) for one in rows.defer("batch__document", "batch__signature", "batch__receipt"))


def _one(by: Actor, batch: UUID) -> DeliveryBatch:
    row = DeliveryBatch.objects.filter(id=batch).select_related("sender").first()
    if row is None or not by.may("connectors.delivery.see", row.sender.path):
        raise NotFound("There is no such batch.", field="batch")
    return row


def _batch(row: DeliveryBatch) -> BatchView:
    return BatchView(
        row.id, row.sender_id, row.number, row.state, row.form, row.records, row.digest, row.previous, row.receipt_id,
        row.accepted, row.rejected, row.code, row.message, row.sealed_at, row.sent_at, row.answered_at,
    )  # fmt: skip


def _try(row: DeliveryRow, of: DeliveryBatch) -> TryView:
    return TryView(
        row.record, row.path, of.id, of.number, of.state, row.state, row.receipt, row.code, row.message, of.sent_at,
        of.answered_at,
    )  # fmt: skip
