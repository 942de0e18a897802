"""Writing down where batches stand. Every function is one short transaction; none of them calls the store.

Steps of the machinery. What was asked for, sent and answered is journalled with the records (`transcripts`); here only
a batch as a whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from testamur.exchange.connectors.ministry.container import Receipt
from testamur.exchange.connectors.models import DeliveryBatch, DeliveryRow, DeliverySender
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal.actions import append
from testamur.schoolday.transcripts.actions import handover
from testamur.schoolday.transcripts.actions.handover import Said
from testamur.schoolday.transcripts.rules import HandoverView

LEASE = timedelta(seconds=300)
"""Longer than the slowest call: a worker that has not been heard of for so long is dead."""
KEEP = timedelta(days=400)
"""How long the XML of a batch is kept after its receipt: until the next year's were delivered."""
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=30)


class LeaseLost(Refused):
    """Another worker sends for this body now: this one lets go, and what it was about to write is not written."""

    code = "connectors.delivery.lease_lost"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A sender that this worker alone may move; `until` is the lease, and proves it."""

    organisation: UUID
    path: str
    number: int
    previous: str
    tries: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Sealed:
    """A batch whose bytes stand."""

    id: UUID
    number: int
    digest: str
    document: bytes
    signature: bytes
    records: tuple[UUID, ...]
    sent: bool


def pause(tries: int, jitter: float) -> timedelta:
    """How long to leave the store alone after the `tries`-th failure; `jitter` from 0 to 1 spreads workers."""
    doubled: int = 2 ** min(tries, 12)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE) * (0.5 + jitter)


def known(organisation: UUID, path: str) -> None:
    """There is a row for this sender."""
    DeliverySender.objects.get_or_create(organisation=organisation, defaults={"path": path})


def due(now: datetime) -> list[UUID]:
    """Senders that nobody has, that do not rest and whose pause is over."""
    rows = DeliverySender.objects.filter(_due(now)).order_by(F("next_at").asc(nulls_first=True), "organisation")
    return list(rows.values_list("organisation", flat=True))


def claim(organisation: UUID, *, now: datetime) -> Claimed | None:
    """Take one sender, if it is due and nobody has it."""
    with transaction.atomic():
        row = DeliverySender.objects.select_for_update().filter(_due(now), organisation=organisation).first()
        if row is None:
            return None
        until = now + LEASE
        DeliverySender.objects.filter(organisation=organisation).update(lease_until=until)
    return Claimed(row.organisation, row.path, row.next_number, row.last_digest, row.tries, until)


def seize(organisation: UUID, *, now: datetime) -> Claimed | None:
    """Take one sender that nobody has, due or resting: for a person who mends."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    with transaction.atomic():
        row = DeliverySender.objects.select_for_update().filter(free, organisation=organisation).first()
        if row is None:
            return None
        until = now + LEASE
        DeliverySender.objects.filter(organisation=organisation).update(lease_until=until)
    return Claimed(row.organisation, row.path, row.next_number, row.last_digest, row.tries, until)


def _due(now: datetime) -> Q:
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    return free & Q(paused=False) & (Q(next_at__isnull=True) | Q(next_at__lte=now))


def open_batch(claimed: Claimed) -> Sealed | None:
    """The batch that waits for its receipt, if there is one."""
    row = DeliveryBatch.objects.filter(sender=claimed.organisation, state="sealed").first()
    if row is None or row.document is None or row.signature is None:
        return None
    records = DeliveryRow.objects.filter(batch=row).order_by("position").values_list("record", flat=True)
    document = zlib.decompress(bytes(row.document))
    return Sealed(
        row.id, row.number, row.digest, document, bytes(row.signature), tuple(records), row.sent_at is not None
    )


def is_blocked(organisation: UUID) -> bool:
    """The store has refused the batch whose turn it is: a person decides."""
    return DeliveryBatch.objects.filter(sender=organisation, state="refused").exists()


@transaction.atomic
def seal(
    *,
    by: Actor,
    claimed: Claimed,
    chosen: Sequence[HandoverView],
    form: str,
    fingerprint: str,
    document: bytes,
    signature: bytes,
    digest: str,
    now: datetime,
) -> None:
    """The bytes of the next batch stand, and its records are on their way: all of it, or nothing.

    Raises `LeaseLost`, and `HandoverMoved` when one of the records does not wait any more. Journal: the records'.
    """
    mine(claimed, now, number=claimed.number)
    batch = DeliveryBatch(
        id=new_id(), sender_id=claimed.organisation, number=claimed.number, previous=claimed.previous, form=form,
        fingerprint=fingerprint, records=len(chosen), document=zlib.compress(document), signature=signature,
        digest=digest, sealed_at=now,
    )  # fmt: skip
    batch.save(force_insert=True)
    DeliveryRow.objects.bulk_create(
        [DeliveryRow(batch=batch, position=n, record=one.record, path=one.path) for n, one in enumerate(chosen, 1)],
        batch_size=200,
    )
    handover.note_sent(by=by, records=[one.record for one in chosen], now=now)


def sending(claimed: Claimed, batch: UUID, now: datetime) -> None:
    """It goes out now, perhaps not for the first time. Raises `LeaseLost`."""
    with transaction.atomic():
        mine(claimed, now)
        DeliveryBatch.objects.filter(id=batch, sent_at__isnull=True).update(sent_at=now)


@transaction.atomic
def answered(
    *, by: Actor, claimed: Claimed, batch: Sealed, receipt: Receipt, raw: bytes, said: dict[UUID, Said], now: datetime
) -> None:
    """The store's receipt stands: every record is accepted or rejected, and the next number may go.

    `said` is what is written at a rejected record. Journal: ``connectors.delivery.answered/1``. Raises `LeaseLost`.
    """
    mine(claimed, now, number=batch.number)
    taken = {one.record: one.receipt for one in receipt.answers if one.accepted}
    rows = {row.record: row for row in DeliveryRow.objects.filter(batch=batch.id)}
    for one in receipt.answers:
        row = rows[one.record]
        row.state = "accepted" if one.accepted else "rejected"
        row.receipt, row.code, row.message = one.receipt, one.code, one.text
    DeliveryRow.objects.bulk_update(rows.values(), ["state", "receipt", "code", "message"], batch_size=100)
    DeliveryBatch.objects.filter(id=batch.id).update(
        state="answered", receipt=raw, receipt_id=receipt.id, accepted=len(taken), rejected=len(said), answered_at=now
    )
    DeliverySender.objects.filter(organisation=claimed.organisation).update(
        next_number=batch.number + 1, last_digest=batch.digest, answered_at=now, tries=0, error="", message="",
        next_at=None,
    )  # fmt: skip
    if taken:
        handover.note_accepted(by=by, receipts=taken, now=now)
    if said:
        handover.note_rejected(by=by, reasons=said, now=now)
    refs = {"batch": str(batch.id), "number": batch.number, "accepted": len(taken), "rejected": len(said)}
    append(by=by, kind="connectors.delivery.answered/1", path=claimed.path, refs=refs, now=now)


@transaction.atomic
def refused(*, by: Actor, claimed: Claimed, batch: Sealed, code: str, message: str, now: datetime) -> None:
    """The store will not have the batch as a whole: it rests until a person has looked at it.

    Journal: ``connectors.delivery.refused/1``. Raises `LeaseLost`.
    """
    mine(claimed, now, number=batch.number)
    DeliveryBatch.objects.filter(id=batch.id).update(state="refused", code=code[:80], message=message[:400])
    refs = {"batch": str(batch.id), "number": batch.number, "code": code[:80]}
    append(by=by, kind="connectors.delivery.refused/1", path=claimed.path, refs=refs, now=now)


def forget(*, before: datetime) -> int:
    """The XML of batches that were answered (or withdrawn) before then goes; digest, number and receipt stay.

    It holds what the records themselves hold, and nobody asks for it once the store's receipt stands.
    """
    old = Q(state="answered", answered_at__lt=before) | Q(state="withdrawn", sealed_at__lt=before)
    return DeliveryBatch.objects.filter(old, document__isnull=False).update(document=None, signature=None)


def wait(claimed: Claimed, *, until: datetime, error: str, message: str, again: bool = True) -> None:
    """It goes on later, where it stands; `again` counts a failed try."""
    DeliverySender.objects.filter(organisation=claimed.organisation, lease_until=claimed.until).update(
        lease_until=None, next_at=until, error=error[:80], message=message[:400], tries=F("tries") + (1 if again else 0)
    )


def let_go(claimed: Claimed) -> None:
    """Nothing more to do for this sender just now."""
    rows = DeliverySender.objects.filter(organisation=claimed.organisation, lease_until=claimed.until)
    rows.update(lease_until=None)


def hold(claimed: Claimed, *, now: datetime) -> Claimed:
    """The same claim renewed, with the number whose turn it is. Raises `LeaseLost`."""
    with transaction.atomic():
        row = mine(claimed, now)
        until = max(now + LEASE, claimed.until)
        DeliverySender.objects.filter(organisation=claimed.organisation).update(lease_until=until)
    return Claimed(row.organisation, row.path, row.next_number, row.last_digest, row.tries, until)


def mine(claimed: Claimed, now: datetime, *, number: int | None = None) -> DeliverySender:
    """The sender's row, locked, while the lease is still ours and the number is the one whose turn it is."""
    row = (
        DeliverySender.objects.select_for_update()
        .filter(organisation=claimed.organisation, lease_until=claimed.until)
        .first()
    )
    if row is None or claimed.until < now or (number is not None and row.next_number != number):
        raise LeaseLost("Another worker sends for this body now.")
    return row
