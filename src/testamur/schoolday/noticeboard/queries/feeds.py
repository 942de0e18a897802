"""Whose calendar a secret address is."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.schoolday.noticeboard.models import Feed
from testamur.schoolday.noticeboard.rules.contents import DEFAULT, Content, FeedKind


@dataclass(frozen=True, slots=True)
class FeedView:
    """Whose calendar fetches the days of which child (or one's own work), and what it holds."""

    person: UUID
    child: UUID
    kind: FeedKind = FeedKind.CHILD
    content: frozenset[Content] = DEFAULT


def feed_of(*, secret: str, on: date) -> FeedView | None:
    """Whose address that is, or None: unknown, ended, of a child whom the person reaches no more, or protected."""
    digest = hashlib.sha256(secret.encode()).hexdigest()
    row = Feed.objects.filter(digest=digest).first()
    if row is None:
        return None
    reached = row.person == row.child or row.child in people.wards(guardian=row.person, on=on)
    found = FeedView(row.person, row.child, FeedKind(row.kind), _content(row))
    return found if reached and not people.protected([row.child]) else None


def feed_made(*, by: Actor, child: UUID) -> datetime | None:
    """When `by` last made a calendar address of the child, or None; one's own, so nobody is asked."""
    rows = Feed.objects.filter(person=by.id, child=child, kind=FeedKind.CHILD)
    return rows.values_list("made_at", flat=True).first()


def feed_content(*, by: Actor, child: UUID) -> frozenset[Content]:
    """What `by`'s calendar of the child holds; without one, what one holds of which nothing is said."""
    row = Feed.objects.filter(person=by.id, child=child, kind=FeedKind.CHILD).first()
    return _content(row) if row is not None else DEFAULT


def work_feed_made(*, by: Actor) -> datetime | None:
    """When `by` last made a calendar address of the lessons that he or she gives, or None."""
    return Feed.objects.filter(person=by.id, kind=FeedKind.WORK).values_list("made_at", flat=True).first()


def _content(row: Feed) -> frozenset[Content]:
    return frozenset(Content(one) for one in row.content) or DEFAULT
