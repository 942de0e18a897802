"""Posting messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.delivery.models import Message
from testamur.kernel.delivery.rules import MessageInvalid, NewMessage, check, sms_size
from testamur.kernel.delivery.tasks import send


@transaction.atomic
def post(*, by: Actor, messages: Sequence[NewMessage], now: datetime) -> list[UUID]:
    """Put messages into the outbox, in the caller's transaction; returns their ids in the same order.

    A message whose `dedupe` key was posted before is not posted again: the id of the former one stands in its place.
    When one is urgent, a worker is woken on commit; the others go with the next round, within seconds.

    Raises NotAllowed without ``delivery.message.post`` at each path, MessageInvalid for what no channel can take.
    The journal entry is the caller's own: it knows what the message is about.
    """
    for path in {m.path for m in messages}:
        by.must("delivery.message.post", path)
    for message in messages:
        check(message)
    rows = [_row(message, now) for message in messages]
    # ignoring conflicts also skips what a constraint refuses, hence the look back below; `check` leaves none of those
    Message.objects.bulk_create(rows, batch_size=300, ignore_conflicts=True)
    if any(m.urgent for m in messages):
        send.enqueue()
    return _ids(rows)


def _row(message: NewMessage, now: datetime) -> Message:
    return Message(
        id=new_id(),
        channel=message.channel,
        to=message.to,
        subject=message.subject,
        text=message.text,
        html=message.html,
        kind=message.kind,
        path=message.path,
        person=message.person,
        urgent=message.urgent,
        dedupe=message.dedupe,
        expires=message.expires,
        not_before=message.not_before,
        url=message.url,
        tag=message.tag,
        parts=sms_size(message.text).parts if message.channel == "sms" else 0,
        posted_at=now,
        due_at=max(now, message.not_before or now),
    )


def _ids(rows: Sequence[Message]) -> list[UUID]:
    keys = sorted({row.dedupe for row in rows if row.dedupe})
    former: dict[str, UUID] = {}
    for start in range(0, len(keys), 500):
        former |= dict(Message.objects.filter(dedupe__in=keys[start : start + 500]).values_list("dedupe", "id"))
    if len(former) != len(keys):
        raise MessageInvalid("The database refused a message.", field="messages")
    return [former[row.dedupe] if row.dedupe else row.id for row in rows]
