"""A record at each place that the ministry's store has rejected, and a batch of its body."""

from __future__ import annotations

from uuid import UUID

from testamur.exchange.connectors.models import DeliveryBatch, DeliveryRow, DeliverySender
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id
from testamur.register.schools.rules import UnitView
from testamur.schoolday.transcripts.actions import handover
from testamur.schoolday.transcripts.actions.handover import Asked, Said


def delivered(body: UnitView, school: UnitView, group: UUID, pupil: UUID, record: UUID) -> dict[str, object]:
    """The batch: answered, with the one record of the pupil in it."""
    by, now = operator(), clock.now()
    asked = Asked(record, pupil, group, school.id, school.path, "2025/2026")
    handover.ask(by=by, records=[asked], now=now)
    handover.note_sent(by=by, records=[record], now=now)
    handover.note_rejected(by=by, reasons={record: Said("HS01", "TEST")}, now=now)
    sender, _new = DeliverySender.objects.get_or_create(organisation=body.id, defaults={"path": body.path})
    batch = DeliveryBatch.objects.create(
        id=new_id(), sender=sender, number=sender.next_number, previous="0" * 64, records=1, digest="1" * 64,
        sealed_at=now, sent_at=now,
    )  # fmt: skip
    row = DeliveryRow.objects.create(batch=batch, position=1, record=record, path=school.path)
    DeliveryRow.objects.filter(id=row.id).update(state="rejected", code="HS01")
    DeliveryBatch.objects.filter(id=batch.id).update(
        state="answered", receipt=b"{}", receipt_id="TEST", rejected=1, answered_at=now
    )
    DeliverySender.objects.filter(organisation=body.id).update(next_number=sender.next_number + 1)
    return {"delivery_batch": batch.id}
