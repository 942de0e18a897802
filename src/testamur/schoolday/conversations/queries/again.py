"""Whether somebody is about to send what was sent already: a page that was gone back to shows the letter once more."""

from __future__ import annotations

from datetime import datetime, timedelta

from testamur.kernel.base.actor import Actor
from testamur.schoolday.conversations.models import Conversation, Post
from testamur.schoolday.conversations.rules import Circle, NewConversation

LATELY = timedelta(hours=1)
_OF_A_CHILD = (Circle.CHILD, Circle.SCHOOL)


def sent_lately(*, by: Actor, new: NewConversation, now: datetime) -> datetime | None:
    """When `by` began the same conversation within the last hour: the same words to the same circle; None: not so.

    One's own, so that nobody is asked. Two queries at most.
    """
    rows = Conversation.objects.filter(
        made_by=by.id, made_at__gte=now - LATELY, unit=new.unit, circle=new.circle, subject=new.subject.strip()
    )
    rows = rows.filter(child=new.child) if new.circle in _OF_A_CHILD else rows.filter(group=new.group)
    for row in rows.order_by("-made_at", "id"):
        first = Post.objects.filter(conversation=row.id, author=by.id).order_by("at", "id").first()
        if first is not None and first.text.strip() == new.text.strip():
            return row.made_at
    return None
