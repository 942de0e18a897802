"""Reading the outbox: how a message fares, what could not be delivered, how much waits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Sum
from django.db.models.functions import Coalesce

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.delivery import dead as dead_addresses
from testamur.kernel.delivery import vapid
from testamur.kernel.delivery.channels import table
from testamur.kernel.delivery.models import DeadAddress, Device, Message
from testamur.kernel.delivery.rules import Channel, Dead, State, dead_reason


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message without address and text. `error` is a code: ``smtp.550``, ``twilio.21211``, ``gave_up``."""

    id: UUID
    channel: str
    kind: str
    path: str
    person: UUID | None
    state: State
    attempts: int
    error: str
    posted_at: datetime
    done_at: datetime | None


def available(channel: str) -> bool:
    """True when this installation can send over that channel (``email``, ``sms``)."""
    return table.available(channel)


def message(*, by: Actor, id: UUID) -> MessageView:  # noqa: A002 - the name that every query uses
    """One message. Raises NotFound, NotAllowed without ``delivery.message.read`` at its path."""
    row = Message.objects.filter(id=id).first()
    if row is None:
        raise NotFound("There is no such message.", id=str(id))
    by.must("delivery.message.read", row.path)
    return _view(row)


def undeliverable(*, by: Actor, path: str = "/", limit: int = 200) -> list[MessageView]:
    """Messages below `path` that failed for good, newest first. Raises NotAllowed without ``delivery.message.read``."""
    by.must("delivery.message.read", path)
    rows = Message.objects.filter(path__startswith=path, state=State.FAILED).order_by("-done_at", "-id")
    return [_view(row) for row in rows[:limit]]


def counts(*, by: Actor) -> dict[str, int]:
    """Number of messages by state. Raises NotAllowed without ``delivery.message.read`` everywhere."""
    by.must("delivery.message.read")
    rows = Message.objects.order_by().values("state").annotate(n=Count("id"))
    return {row["state"]: row["n"] for row in rows}


def lag(*, now: datetime) -> float:
    """Seconds since the oldest message that still waits was wanted; 0 when none does."""
    wanted = Coalesce("not_before", "posted_at")  # what waits for its hour is not late
    oldest = Message.objects.filter(state=State.WAITING).aggregate(at=Min(wanted))["at"]
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device that gets pushes; its id as text is `NewMessage.to`."""

    id: UUID
    person: UUID
    label: str
    locale: str
    made_at: datetime


def devices_of(*, by: Actor, persons: Collection[UUID]) -> list[DeviceView]:
    """Live devices of these persons, newest first. One's own; others' with ``delivery.device.see``."""
    for person in persons:
        if person != by.id:
            by.must("delivery.device.see", "/", person=person)
    found: list[Device] = []
    wanted = sorted(persons)
    for start in range(0, len(wanted), 500):
        found += Device.objects.filter(person__in=wanted[start : start + 500], gone_at__isnull=True)
    found.sort(key=lambda row: (row.made_at, row.id), reverse=True)
    return [DeviceView(row.id, row.person, row.label, row.locale, row.made_at) for row in found]


def push_key() -> str:
    """What a browser subscribes to pushes with (``applicationServerKey``); empty where there are none."""
    return vapid.public_key() if available(Channel.PUSH) else ""


def dead(*, channel: str, addresses: Collection[str]) -> frozenset[str]:
    """Those of the addresses that a carrier said reach nobody, and that nothing has reached since."""
    digests = {to: dead_addresses.digest(channel, to) for to in addresses}
    wanted, found = sorted(set(digests.values())), set[str]()
    for start in range(0, len(wanted), 500):
        rows = DeadAddress.objects.filter(channel=channel, digest__in=wanted[start : start + 500])
        found.update(rows.values_list("digest", flat=True))
    return frozenset(to for to, digest in digests.items() if digest in found)


@dataclass(frozen=True, slots=True)
class Failure:
    """A message that failed for good. `dead` says what it means for the address (``wrong``, ``blocked`` …), or None."""

    message: UUID
    channel: str
    kind: str
    path: str
    person: UUID | None
    error: str
    dead: Dead | None
    at: datetime


def failures(*, by: Actor, since: datetime, limit: int = 500) -> list[Failure]:
    """What failed at or after `since`, oldest first. Raises NotAllowed without ``delivery.message.read``.

    Two workers may note failures out of order: ask again from a minute before the last one, and know them by their id.
    """
    by.must("delivery.message.read")
    rows = Message.objects.filter(state=State.FAILED, done_at__gte=since).order_by("done_at", "id")[:limit]
    return [
        Failure(r.id, r.channel, r.kind, r.path, r.person, r.error, dead_reason(r.error), r.done_at or since)
        for r in rows
    ]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a channel was used for, and what its carrier charged: `cost` in 1/10000 of `currency`.

    `priced` of the `messages` had a price; `parts` is known for all text messages.
    """

    channel: str
    currency: str
    messages: int
    parts: int
    priced: int
    cost: int


def costs(*, by: Actor, path: str, since: datetime, until: datetime) -> list[Cost]:
    """Messages below `path` sent from `since` until before `until`, by channel and currency.

    Raises NotAllowed without ``delivery.message.see`` there.
    """
    by.must("delivery.message.see", path)
    rows = Message.objects.filter(path__startswith=path, sent_at__gte=since, sent_at__lt=until)
    grouped = rows.values("channel", "currency").annotate(
        messages=Count("id"), parts_sum=Sum("parts"), priced=Count("cost"), cost_sum=Coalesce(Sum("cost"), 0)
    )
    return [
        Cost(g["channel"], g["currency"], g["messages"], g["parts_sum"], g["priced"], g["cost_sum"])
        for g in grouped.order_by("channel", "currency")
    ]


def _view(row: Message) -> MessageView:
    return MessageView(
        id=row.id,
        channel=row.channel,
        kind=row.kind,
        path=row.path,
        person=row.person,
        state=State(row.state),
        attempts=row.attempts,
        error=row.error,
        posted_at=row.posted_at,
        done_at=row.done_at,
    )
