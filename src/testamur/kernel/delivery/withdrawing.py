"""Taking back what waits in the outbox, before it goes: a name that may be told no more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from testamur.kernel.delivery.models import Message
from testamur.kernel.delivery.rules import State

WITHDRAWN = "withdrawn"
"""Stands as the error of a message that was taken back."""


def withdraw(*, persons: Collection[UUID], kinds: Collection[str], now: datetime) -> list[UUID]:
    """Take back the messages of these kinds that wait for these persons, and wipe them; returns their ids.

    A part of the verb that asks for it, in its transaction: whoever may do that may do this. A worker that has one in
    hand finds its lease gone before it sends. The keys against doubles go too, so that a message can be posted again.
    """
    rows = Message.objects.filter(person__in=list(persons), kind__in=list(kinds), state=State.WAITING)
    ids = list(rows.select_for_update().order_by("id").values_list("id", flat=True))
    Message.objects.filter(id__in=ids).update(
        state=State.EXPIRED, done_at=now, error=WITHDRAWN, lease=None, lease_until=None, dedupe="",
        to="", subject="", text="", html="", url="", wiped=True,
    )  # fmt: skip
    return ids
