"""Reading the outbox: how a message fares, what could not be delivered, how much waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.delivery.channels import table
from testamur.kernel.delivery.models import Message
from testamur.kernel.delivery.rules import State


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
    wanted = Message.objects.filter(Q(not_before__isnull=True) | Q(not_before__lte=now), state=State.WAITING)
    oldest = wanted.aggregate(at=Min(Coalesce("not_before", "posted_at")))["at"]
    return max(0.0, (now - oldest).total_seconds()) if oldest else 0.0


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
