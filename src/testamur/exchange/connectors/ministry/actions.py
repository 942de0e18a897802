"""What people decide about deliveries: what shall go, rest and go on, a batch that the store refuses."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.exchange.connectors.ministry import gathering
from testamur.exchange.connectors.ministry.settings import form
from testamur.exchange.connectors.models import DeliveryBatch, DeliveryRow, DeliverySender
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.schoolday.transcripts.actions import handover
from testamur.schoolday.transcripts.actions.handover import Said
from testamur.trust.records.queries.filed import filed_at

BATCH_REFUSED = "local.batch_refused"
"""Code of records whose batch was withdrawn, for the instant until they are asked for again."""


class NotRefused(Refused):
    """The batch was not refused, or was withdrawn already."""

    code = "connectors.delivery.not_refused"


class NothingToDeliver(Refused):
    """No sealed record of this place is left that was not asked for."""

    code = "connectors.delivery.nothing"


@transaction.atomic
def ask(*, by: Actor, path: str, now: datetime, school_year: str = "", group: UUID | None = None) -> int:
    """Ask for every sealed record of the place (or of one class) that was not asked for; returns how many.

    Needs ``transcripts.handover.ask`` at `path`. Raises `NothingToDeliver`, `MappingInvalid`, ``not_found`` for an
    unknown class. Journal: ``connectors.delivery.asked/1``, and with the records ``transcripts.handover.asked/1``.
    """
    by.must("transcripts.handover.ask", path, group=group)
    one = schools.group(group) if group is not None else None
    if group is not None and (one is None or not one.path.startswith(path)):
        raise NotFound("There is no such class.", field="group")
    found = filed_at(
        path=_place(one.school) if one is not None else path,
        document_type=form().document,
        group=one.code if one is not None else "",
        period=one.school_year_code if one is not None else school_year,
    )
    for organisation in {row.organisation for row in found}:
        who = gathering.sender(organisation)
        if who is not None:
            DeliverySender.objects.get_or_create(organisation=organisation, defaults={"path": who.path})
    asked = [row for row in gathering.asked(found) if group is None or row.group == group]
    made = handover.ask(by=by, records=asked, now=now)
    if not made:
        raise NothingToDeliver("Everything that is sealed was asked for.", field="path")
    refs = {"count": made} | ({"group": str(group)} if group is not None else {})
    append(by=by, kind="connectors.delivery.asked/1", path=path, refs=refs, now=now)
    return made


@transaction.atomic
def set_out(
    *, by: Actor, organisation: UUID, now: datetime, paused: bool | None = None, automatic: bool | None = None,
    nightly: bool | None = None,
) -> None:  # fmt: skip
    """Let a body's deliveries rest or go on; what is sealed goes by itself at once, each night, or when asked for.

    Needs ``connectors.delivery.steer`` at the body's place. Raises ``not_found``. Journal:
    ``connectors.delivery.set/1``.
    """
    row = _sender(by, organisation)
    if paused is not None:
        row.paused = paused
    if automatic is not None:
        row.automatic = automatic
    if nightly is not None:
        row.nightly = nightly
    row.save(update_fields=["paused", "automatic", "nightly"])
    refs = {
        "organisation": str(organisation), "paused": row.paused, "automatic": row.automatic,
        "nightly": bool(row.nightly),
    }  # fmt: skip
    append(by=by, kind="connectors.delivery.set/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def send_now(*, by: Actor, organisation: UUID, now: datetime) -> None:
    """What waits goes at once, whatever pause it is in.

    Needs ``connectors.delivery.steer`` at the body's place. Raises ``not_found``. Journal:
    ``connectors.delivery.hurried/1``.
    """
    row = _sender(by, organisation)
    row.next_at, row.tries = None, 0
    row.save(update_fields=["next_at", "tries"])
    refs = {"organisation": str(organisation)}
    append(by=by, kind="connectors.delivery.hurried/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def withdraw(*, by: Actor, batch: UUID, now: datetime) -> int:
    """Take back a batch that the store refused as a whole: its records wait again, its number goes to the next one.

    Needs ``connectors.delivery.steer`` at the body's place. Raises ``not_found``, `NotRefused`. Journal:
    ``connectors.delivery.withdrawn/1``. Returns how many records wait again.
    """
    row = DeliveryBatch.objects.select_for_update().filter(id=batch).first()
    if row is None:
        raise NotFound("There is no such batch.", field="batch")
    sender = _sender(by, row.sender_id)
    if row.state != "refused":
        raise NotRefused("The store has not refused this batch.", field="batch")
    DeliveryBatch.objects.filter(id=batch).update(state="withdrawn")
    records = list(DeliveryRow.objects.filter(batch=batch).values_list("record", flat=True))
    handover.note_rejected(by=by, reasons=dict.fromkeys(records, Said(BATCH_REFUSED)), now=now)
    count = handover.ask_again(by=by, records=records, now=now)
    sender.next_at, sender.tries, sender.error, sender.message = None, 0, "", ""
    sender.save(update_fields=["next_at", "tries", "error", "message"])
    refs = {"batch": str(batch), "number": row.number, "count": count}
    append(by=by, kind="connectors.delivery.withdrawn/1", path=sender.path, refs=refs, now=now)
    return count


def _sender(by: Actor, organisation: UUID) -> DeliverySender:
    """The sender's row, locked; made when the body never delivered."""
    who = gathering.sender(organisation)
    if who is None:
        raise NotFound("There is no such body.", field="organisation")
    by.must("connectors.delivery.steer", who.path)
    DeliverySender.objects.get_or_create(organisation=organisation, defaults={"path": who.path})
    return DeliverySender.objects.select_for_update().get(organisation=organisation)


def _place(school: UUID) -> str:
    """Where a school lies. Raises ``not_found``."""
    unit = schools.unit(school)
    if unit is None:
        raise NotFound("There is no such school.", field="school")
    return unit.path
