"""Secret addresses of calendars: made anew, and ended."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.schoolday.noticeboard.models import Feed
from testamur.schoolday.noticeboard.rules.contents import DEFAULT, Content, FeedKind, check_content


@transaction.atomic
def renew_feed(*, by: Actor, child: UUID, content: Collection[str] = (), now: datetime) -> str:
    """Make the secret address under which one's own calendar fetches a child's days; returns the secret, once.

    One for each person and child: a former one opens nothing any more. `content`: what the calendar holds. Journal:
    ``noticeboard.feed.renewed/1``. Needs ``noticeboard.feed.make`` for that child. Raises NotFound for an unknown
    child, and for one with protected identity: a calendar tells where the child goes to school; and
    ``noticeboard.feed.content`` for a part that there is not.
    """
    chosen = check_content(content or DEFAULT)
    path = _path(by, child)
    if people.protected([child]):
        raise NotFound("There is no calendar for this child.", child=str(child))
    secret = _made(by.id, child, FeedKind.CHILD, chosen, now)
    append(by=by, kind="noticeboard.feed.renewed/1", path=path, refs={"child": str(child)}, now=now)
    return secret


@transaction.atomic
def choose_content(*, by: Actor, child: UUID, content: Collection[str], now: datetime) -> None:
    """Change what one's own calendar of a child holds; the address stays. Journal: ``noticeboard.feed.chosen/1``.

    Needs ``noticeboard.feed.make`` for that child. Raises NotFound without a calendar, ``noticeboard.feed.content``.
    """
    chosen = check_content(content)
    path = _path(by, child)
    if not Feed.objects.filter(person=by.id, child=child, kind=FeedKind.CHILD).update(content=sorted(chosen)):
        raise NotFound("There is no calendar for this child.", child=str(child))
    append(by=by, kind="noticeboard.feed.chosen/1", path=path, refs={"child": str(child)}, now=now)


@transaction.atomic
def renew_work_feed(*, by: Actor, now: datetime) -> str:
    """Make the secret address under which one's own calendar fetches the lessons that one gives; returns the secret.

    A former one opens nothing any more. Journal: ``noticeboard.feed.renewed/1``. Needs ``noticeboard.feed.work`` for
    oneself. Raises NotFound for somebody with protected identity.
    """
    path = _path(by, by.id, "noticeboard.feed.work")
    if people.protected([by.id]):
        raise NotFound("There is no calendar.", person=str(by.id))
    secret = _made(by.id, by.id, FeedKind.WORK, frozenset(), now)
    append(by=by, kind="noticeboard.feed.renewed/1", path=path, refs={"person": str(by.id)}, now=now)
    return secret


@transaction.atomic
def end_work_feed(*, by: Actor, now: datetime) -> bool:
    """Let the address of one's own lessons open nothing any more; False when there was none.

    Journal: ``noticeboard.feed.ended/1``. Needs ``noticeboard.feed.work`` for oneself.
    """
    path = _path(by, by.id, "noticeboard.feed.work")
    gone, _ = Feed.objects.filter(person=by.id, kind=FeedKind.WORK).delete()
    if gone:
        append(by=by, kind="noticeboard.feed.ended/1", path=path, refs={"person": str(by.id)}, now=now)
    return bool(gone)


@transaction.atomic
def end_feed(*, by: Actor, child: UUID, now: datetime) -> bool:
    """Let one's own calendar address of a child open nothing any more; False when there was none.

    Journal: ``noticeboard.feed.ended/1``. Needs ``noticeboard.feed.make`` for that child. Raises NotFound.
    """
    path = _path(by, child)
    gone, _ = Feed.objects.filter(person=by.id, child=child, kind=FeedKind.CHILD).delete()
    if gone:
        append(by=by, kind="noticeboard.feed.ended/1", path=path, refs={"child": str(child)}, now=now)
    return bool(gone)


@transaction.atomic
def close_feeds(*, by: Actor, children: Collection[UUID], now: datetime) -> int:
    """Let every calendar address of these children open nothing any more, whoever made it; returns how many ended.

    For when a child is protected: calendars keep what they fetched, and a sibling's tells where the family is. Journal:
    ``noticeboard.feeds.closed/1`` for each place. Needs ``noticeboard.feed.close`` where the children are kept.
    """
    closed = 0
    for child, path in sorted(people.paths(children).items()):
        by.must("noticeboard.feed.close", path, person=child)
        gone, _ = Feed.objects.filter(child=child).delete()
        if gone:
            refs = {"child": str(child), "count": gone}
            append(by=by, kind="noticeboard.feeds.closed/1", path=path, refs=refs, now=now)
        closed += gone
    return closed


def _path(by: Actor, child: UUID, verb: str = "noticeboard.feed.make") -> str:
    path = people.paths([child]).get(child)
    if path is None:
        raise NotFound("There is no such child.", child=str(child))
    by.must(verb, path, person=child)
    return path


def _made(person: UUID, child: UUID, kind: FeedKind, content: frozenset[Content], now: datetime) -> str:
    secret = secrets.token_urlsafe(32)
    Feed.objects.filter(person=person, child=child, kind=kind).delete()
    Feed.objects.create(
        id=new_id(), person=person, child=child, kind=kind.value, content=sorted(content),
        digest=hashlib.sha256(secret.encode()).hexdigest(), made_at=now,
    )  # fmt: skip
    return secret
