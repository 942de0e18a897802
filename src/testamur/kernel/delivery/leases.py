"""Claiming messages and writing down what became of them. Every function is one short transaction.

Steps of the machinery, not acts of a person: they write no journal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from testamur.kernel.delivery import dead, rules
from testamur.kernel.delivery.models import Message
from testamur.kernel.delivery.rules import State, Taken

_WIPE: Mapping[str, Any] = {"to": "", "subject": "", "text": "", "html": "", "wiped": True}
_NO_LEASE: Mapping[str, Any] = {"lease": None, "lease_until": None}


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker alone may send; `attempt` counts from 1."""

    id: UUID
    token: UUID
    channel: str
    to: str
    subject: str
    text: str
    html: str
    posted_at: datetime
    expires: datetime | None
    urgent: bool
    url: str
    tag: str
    person: UUID | None
    attempt: int


def _free(now: datetime) -> Q:
    # a lease or pause that lies further ahead than any can was written before the clock went back
    lease = Q(lease_until__isnull=True) | Q(lease_until__lt=now) | Q(lease_until__gt=now + 2 * rules.LEASE)
    due = Q(due_at__lte=now) | (Q(due_at__gt=now + 2 * rules.LONGEST_PAUSE) & _wanted(now))
    return lease & due


def _wanted(now: datetime) -> Q:
    return Q(not_before__isnull=True) | Q(not_before__lte=now)


def claim(*, channel: str, limit: int, now: datetime, only: Collection[UUID] | None = None) -> list[Claimed]:
    """Take up to `limit` due messages of a channel: urgent ones first, then those due longest."""
    due = Message.objects.filter(_free(now), channel=channel, state=State.WAITING)
    if only is not None:
        due = due.filter(id__in=list(only))
    if not due.exists():  # outside a transaction: an idle worker must not hold up writers
        return []
    token = uuid4()
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        rows = list(due.select_for_update(skip_locked=skip).order_by("-urgent", "due_at", "id")[:limit])
        Message.objects.filter(id__in=[row.id for row in rows]).update(
            lease=token, lease_until=now + rules.LEASE, attempts=F("attempts") + 1
        )
    return [_claimed(row, token) for row in rows]


def _claimed(row: Message, token: UUID) -> Claimed:
    return Claimed(
        id=row.id,
        token=token,
        channel=row.channel,
        to=row.to,
        subject=row.subject,
        text=row.text,
        html=row.html,
        posted_at=row.posted_at,
        expires=row.expires,
        urgent=row.urgent,
        url=row.url,
        tag=row.tag,
        person=row.person,
        attempt=row.attempts + 1,
    )


def hold(claimed: Claimed, *, now: datetime) -> bool:
    """True while the message is ours for at least half a lease more; False when another worker has it."""
    mine = Message.objects.filter(id=claimed.id, lease=claimed.token, state=State.WAITING)
    until = mine.values_list("lease_until", flat=True).first()
    if until is None:
        return False
    if until - now >= rules.LEASE / 2:
        return True
    return mine.update(lease_until=now + rules.LEASE) == 1


@transaction.atomic
def note_sent(claimed: Claimed, taken: Taken, *, now: datetime) -> None:
    """The channel took it. That is true whoever holds the lease by now, so the token is not asked for."""
    rows = Message.objects.filter(id=claimed.id)
    charged: dict[str, Any] = {"receipt": taken.receipt[:80], "cost": taken.cost, "currency": taken.currency[:3]}
    if taken.parts:
        charged["parts"] = taken.parts
    values = {"state": State.SENT, "sent_at": now, "done_at": now, "error": "", **_NO_LEASE}
    if not rows.filter(state=State.WAITING).update(**values, **charged, **_no_text(claimed)):
        rows.filter(receipt="").update(**charged)  # a report was faster than we
    dead.note_taken(channel=claimed.channel, to=claimed.to)


@transaction.atomic
def note_failed(claimed: Claimed, *, error: str, now: datetime) -> None:
    """It can never be sent."""
    values = {"state": State.FAILED, "done_at": now, "error": error[:80], **_NO_LEASE}
    if _mine(claimed).update(**values, **_no_text(claimed)):
        dead.note_failed(channel=claimed.channel, to=claimed.to, person=claimed.person, error=error, now=now)


def note_expired(claimed: Claimed, *, now: datetime) -> None:
    """Its time ran out while it waited for its turn."""
    _mine(claimed).update(state=State.EXPIRED, done_at=now, **_NO_LEASE, **_WIPE)


def note_again(claimed: Claimed, *, error: str, now: datetime) -> None:
    """It waits for its next try."""
    due = now + rules.pause(claimed.attempt, urgent=claimed.urgent)
    _mine(claimed).update(due_at=due, error=error[:80], **_NO_LEASE)


def give_back(claimed: Collection[Claimed]) -> None:
    """These were claimed and not tried."""
    for one in claimed:
        _mine(one).update(attempts=F("attempts") - 1, **_NO_LEASE)


def rest(*, channel: str, pause: timedelta, now: datetime) -> None:
    """The channel does not answer: whatever is due there waits a little, except for what somebody waits for."""
    due = Message.objects.filter(channel=channel, state=State.WAITING, urgent=False, lease__isnull=True)
    due.filter(due_at__lt=now + pause).update(due_at=now + pause)


def close_overdue(*, now: datetime) -> int:
    """End what may not be sent any more: past `expires`, or tried for `GIVE_UP`. Returns how many."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    old = Q(posted_at__lt=now - rules.GIVE_UP) & (Q(not_before__isnull=True) | Q(not_before__lt=now - rules.GIVE_UP))
    late = Message.objects.filter(free, Q(expires__lte=now) | old, state=State.WAITING)
    if not late.exists():
        return 0
    expired = late.filter(expires__lte=now).update(state=State.EXPIRED, done_at=now, **_NO_LEASE, **_WIPE)
    gone = late.update(
        state=State.FAILED,
        done_at=now,
        error=Case(When(error="", then=Value("gave_up")), default=F("error")),
        **_NO_LEASE,
    )
    return expired + gone


def wipe(*, before: datetime) -> int:
    """Forget address and text of messages that were done before that instant."""
    return Message.objects.filter(wiped=False, done_at__lt=before).update(**_WIPE)


def forget(*, before: datetime) -> int:
    """Remove emptied rows."""
    return Message.objects.filter(wiped=True, done_at__lt=before).delete()[0]


@transaction.atomic
def report(*, message: UUID, state: State, error: str, now: datetime) -> bool:
    """A carrier's word on a message; False when it says nothing new. Reports may come twice and out of order."""
    earlier = {
        State.SENT: [State.WAITING],
        State.FAILED: [State.WAITING, State.SENT],
        State.DELIVERED: [State.WAITING, State.SENT, State.FAILED],
    }
    values: dict[str, Any] = {"state": state, "done_at": now, "error": error[:80], **_NO_LEASE}
    if state != State.FAILED:
        values["sent_at"] = Coalesce(F("sent_at"), Value(now, DateTimeField()))
    if not Message.objects.filter(id=message, state__in=earlier.get(state, [])).update(**values):
        return False
    row = Message.objects.filter(id=message).values("channel", "to", "person").get()
    if row["to"] and state == State.FAILED:
        dead.note_failed(**row, error=error, now=now)
    elif row["to"] and state == State.DELIVERED:
        dead.note_reached(channel=row["channel"], to=row["to"])
    return True


def sent_since(*, channel: str, after: datetime) -> int:
    """Number of messages that the channel took after that instant."""
    return Message.objects.filter(channel=channel, sent_at__gt=after).count()


def _mine(claimed: Claimed) -> QuerySet[Message]:
    return Message.objects.filter(id=claimed.id, lease=claimed.token, state=State.WAITING)


def _no_text(claimed: Claimed) -> Mapping[str, Any]:
    """What expires is a secret of minutes: its text goes as soon as its fate is known, the address with `tidy`."""
    return {"subject": "", "text": "", "html": ""} if claimed.expires is not None else {}
