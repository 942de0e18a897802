"""Whose calendar a secret address is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.schoolday.noticeboard.models import Feed


@dataclass(frozen=True, slots=True)
class FeedView:
    """Whose calendar fetches the events of which child."""

    person: UUID
    child: UUID


def feed_of(*, secret: str, on: date) -> FeedView | None:
    """Whose address that is, or None: unknown, ended, of a child whom the person reaches no more, or protected."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    row = Feed.objects.filter(digest=digest).first()
    if row is None:
        return None
    reached = row.person == row.child or row.child in people.wards(guardian=row.person, on=on)
    return FeedView(row.person, row.child) if reached and not people.protected([row.child]) else None


def feed_made(*, by: Actor, child: UUID) -> datetime | None:
    """When `by` last made a calendar address of the child, or None; one's own, so nobody is asked."""
    return Feed.objects.filter(person=by.id, child=child).values_list("made_at", flat=True).first()
