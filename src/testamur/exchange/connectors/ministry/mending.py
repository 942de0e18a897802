"""Writing down what the store has and we have lost. Every function is one short transaction; none calls the store.

The store's signed receipts say of each number which records it took. The batch itself is gone with the lost hours; its
digest, its receipt and what became of each record come back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.exchange.connectors.ministry import gathering, ledger
from testamur.exchange.connectors.ministry.actions import BATCH_REFUSED
from testamur.exchange.connectors.ministry.container import Answer, Receipt
from testamur.exchange.connectors.ministry.ledger import Claimed
from testamur.exchange.connectors.models import DeliveryBatch, DeliveryRow, DeliverySender
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal.actions import append
from testamur.schoolday.transcripts.actions import handover as acts
from testamur.schoolday.transcripts.actions.handover import Said
from testamur.schoolday.transcripts.queries import handover
from testamur.schoolday.transcripts.rules import HandoverState
from testamur.trust.records.queries.filed import filed

CHUNK = 200


@dataclass(frozen=True, slots=True)
class Adopted:
    """What one receipt brought back; `strangers`: records that are not here (yet)."""

    accepted: int
    rejected: int
    strangers: int


@transaction.atomic
def put_back(*, by: Actor, claimed: Claimed, now: datetime) -> int:
    """The open batch, under whose number the store has another one, is withdrawn; its records wait again.

    Returns how many. Raises `LeaseLost`. Journal: ``connectors.delivery.withdrawn/1``.
    """
    ledger.mine(claimed, now)
    row = DeliveryBatch.objects.filter(sender=claimed.organisation, state__in=("sealed", "refused")).first()
    if row is None:
        return 0
    for state in ("refused", "withdrawn"):  # the way that the database lets a batch go
        DeliveryBatch.objects.filter(id=row.id).exclude(state=state).update(state=state)
    records = list(DeliveryRow.objects.filter(batch=row).values_list("record", flat=True))
    sent = handover.known(records=records, state=HandoverState.SENT)
    acts.note_rejected(by=by, reasons=dict.fromkeys(sent, Said(BATCH_REFUSED)), now=now)
    count = acts.ask_again(by=by, records=sent, now=now)
    refs = {"batch": str(row.id), "number": row.number, "count": count}
    append(by=by, kind="connectors.delivery.withdrawn/1", path=claimed.path, refs=refs, now=now)
    return count


@transaction.atomic
def adopt(*, by: Actor, claimed: Claimed, receipt: Receipt, raw: bytes, now: datetime) -> Adopted:
    """A batch that the store has and we do not know stands again, with its receipt and what became of each record.

    The next number may go. A record that was accepted before stays so. Raises `LeaseLost`.
    Journal: ``connectors.delivery.recovered/1``, and the records' own.
    """
    ledger.mine(claimed, now, number=claimed.number)
    known = _known(by, claimed, [one.record for one in receipt.answers], now)
    answers = {one.record: one for one in receipt.answers if one.record in known}
    batch = DeliveryBatch(
        id=new_id(), sender_id=claimed.organisation, number=claimed.number, previous=claimed.previous,
        records=len(receipt.answers), digest=receipt.digest, sealed_at=now,
    )  # fmt: skip
    batch.save(force_insert=True)
    before = _accepted([one.record for one in receipt.answers])
    DeliveryRow.objects.bulk_create(
        [_row(batch, n, one, known.get(one.record, claimed.path)) for n, one in enumerate(receipt.answers, 1)],
        batch_size=CHUNK,
    )
    for accepted in (True, False):
        told = [one for one in receipt.answers if one.accepted is accepted and not (accepted and one.record in before)]
        for start in range(0, len(told), CHUNK):
            some = [one.record for one in told[start : start + CHUNK]]
            rows = DeliveryRow.objects.filter(batch=batch, record__in=some)
            rows.update(state="accepted" if accepted else "rejected")
    taken = sum(one.accepted for one in receipt.answers)
    refused = len(receipt.answers) - taken
    DeliveryBatch.objects.filter(id=batch.id).update(
        state="answered", receipt=raw, receipt_id=receipt.id, accepted=taken, rejected=refused, answered_at=now
    )
    DeliverySender.objects.filter(organisation=claimed.organisation).update(
        next_number=claimed.number + 1, last_digest=receipt.digest, answered_at=now
    )
    _move(by, answers, now)
    strangers = len(receipt.answers) - len(answers)
    refs = {
        "batch": str(batch.id), "number": claimed.number, "accepted": taken, "rejected": refused,
        "strangers": strangers,
    }  # fmt: skip
    append(by=by, kind="connectors.delivery.recovered/1", path=claimed.path, refs=refs, now=now)
    return Adopted(taken, refused, strangers)


@transaction.atomic
def settle(*, by: Actor, claimed: Claimed, waiting: Collection[UUID], now: datetime) -> int:
    """Records that wait here and that a receipt of the store says it has: they are accepted, and do not go again.

    Returns how many. Raises `LeaseLost`.
    """
    found = _accepted(waiting)
    if found:
        ledger.mine(claimed, now)
        acts.note_sent(by=by, records=found, now=now)
        acts.note_accepted(by=by, receipts=found, now=now)
    return len(found)


def mended(claimed: Claimed) -> None:
    """Nothing keeps this sender any more; it is let go."""
    rows = DeliverySender.objects.filter(organisation=claimed.organisation, lease_until=claimed.until)
    rows.update(lease_until=None, next_at=None, tries=0, error="", message="")


def _known(by: Actor, claimed: Claimed, records: Collection[UUID], now: datetime) -> dict[UUID, str]:
    """Those of the records that are here, with their place; one that was asked for in the lost hours is asked again."""
    mine = [one for one in filed(records=records).values() if one.organisation == claimed.organisation]
    acts.ask(by=by, records=gathering.asked(mine), now=now)
    there = handover.known(records=[one.record for one in mine])
    return {one.record: one.path for one in mine if one.record in there}


def _move(by: Actor, answers: Mapping[UUID, Answer], now: datetime) -> None:
    """Each record to where the receipt says it is, by the steps that it went."""
    rejected = handover.known(records=list(answers), state=HandoverState.REJECTED)
    acts.ask_again(by=by, records=rejected, now=now)
    waiting = handover.known(records=list(answers), state=HandoverState.WAITING)
    acts.note_sent(by=by, records=waiting, now=now)
    taken = {record: answers[record].receipt for record in waiting if answers[record].accepted}
    said = {record: Said(answers[record].code or "unknown", answers[record].text) for record in waiting - set(taken)}
    if taken:
        acts.note_accepted(by=by, receipts=taken, now=now)
    if said:
        acts.note_rejected(by=by, reasons=said, now=now)


def _accepted(records: Collection[UUID]) -> dict[UUID, str]:
    """Record → the store's receipt, for those that some batch says it accepted."""
    every = sorted(set(records))
    found: dict[UUID, str] = {}
    for start in range(0, len(every), CHUNK):
        rows = DeliveryRow.objects.filter(record__in=every[start : start + CHUNK], state="accepted")
        found |= dict(rows.values_list("record", "receipt"))
    return found


def _row(batch: DeliveryBatch, position: int, one: Answer, path: str) -> DeliveryRow:
    return DeliveryRow(
        batch=batch, position=position, record=one.record, path=path, receipt=one.receipt, code=one.code,
        message=one.text,
    )  # fmt: skip
