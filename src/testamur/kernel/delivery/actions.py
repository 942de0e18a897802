"""Posting messages; the devices that get pushes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.delivery import dead, devices
from testamur.kernel.delivery.models import DeadAddress, Device, Message
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


@transaction.atomic
def register_device(
    *, by: Actor, person: UUID, endpoint: str, p256dh: str, auth: str, label: str = "", locale: str = "", now: datetime
) -> UUID:
    """Remember a browser's push subscription; returns the device's id, the address of pushes to it.

    One's own under every hat; another's with ``delivery.device.register``. The same browser again is the same device,
    under another person it is theirs from now on. A person has ten at most: the oldest one gives way.

    Raises NotAllowed, DeviceInvalid (``delivery.device.invalid``). Journalled by the caller: journal stands beside.
    """
    _own(by=by, verb="delivery.device.register", person=person)
    devices.check(endpoint=endpoint, p256dh=p256dh, auth=auth, label=label, locale=locale)
    known = Device.objects.select_for_update().filter(endpoint=endpoint).first()
    if known is not None and known.person == person:
        Device.objects.filter(id=known.id).update(p256dh=p256dh, auth=auth, label=label, locale=locale, failed=0)
        return known.id
    if known is not None:
        devices.gone(device=known.id, now=now)
    live = Device.objects.filter(person=person, gone_at__isnull=True).order_by("-made_at", "-id")
    for old in live.values_list("id", flat=True)[devices.MOST - 1 :]:
        devices.gone(device=old, now=now)
    made = Device(person=person, endpoint=endpoint, p256dh=p256dh, auth=auth, label=label, locale=locale, made_at=now)
    made.save(force_insert=True)
    return made.id


@transaction.atomic
def remove_device(*, by: Actor, device: UUID, now: datetime) -> None:
    """Send no more pushes to a device: its address and keys are forgotten. Removing it twice changes nothing.

    Raises NotFound, NotAllowed for another's without ``delivery.device.remove``. Journalled by the caller.
    """
    row = Device.objects.select_for_update().filter(id=device).first()
    if row is None:
        raise NotFound("There is no such device.", id=str(device))
    _own(by=by, verb="delivery.device.remove", person=row.person)
    devices.gone(device=device, now=now)


@transaction.atomic
def revive(*, by: Actor, channel: str, to: str) -> bool:
    """The owner says that an address works after all: try it again. True when it had been given up.

    Raises NotAllowed without ``delivery.message.post``. Journalled by the caller, whose act it belongs to.
    """
    by.must("delivery.message.post")
    return DeadAddress.objects.filter(channel=channel, digest=dead.digest(channel, to)).delete()[0] > 0


def _own(*, by: Actor, verb: str, person: UUID) -> None:
    """Everybody reaches oneself, whichever hat is worn; anybody else needs the verb."""
    if by.id != person:
        by.must(verb, "/", person=person)


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
