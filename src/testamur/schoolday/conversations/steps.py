"""Background steps of conversations."""

from __future__ import annotations

from datetime import datetime

from testamur.kernel.base.actor import Actor
from testamur.schoolday.conversations import actions
from testamur.schoolday.conversations.models import Conversation

AT_A_TIME = 100


def send_due(*, by: Actor, now: datetime) -> int:
    """Send every planned conversation whose time has come, each in a transaction of its own; returns how many."""
    due = Conversation.objects.filter(sent_at__isnull=True, off_at__isnull=True, due_at__lte=now)
    ids = list(due.order_by("due_at", "id").values_list("id", flat=True)[:AT_A_TIME])
    return sum(actions.send_planned(by=by, conversation=one, now=now) for one in ids)
