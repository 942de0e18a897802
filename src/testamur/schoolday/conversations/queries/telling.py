"""Whom of the staff messages wait for: for letters that say so, and how each chose to be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from testamur.kernel.base.actor import Actor
from testamur.register.people.rules import common_path
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import PostView, Role
from testamur.schoolday.conversations.models import Away, Conversation, Member, Post, Reading, Telling
from testamur.schoolday.conversations.queries.names import Names
from testamur.schoolday.conversations.queries.need import Need
from testamur.schoolday.conversations.queries.standing import is_member, members_by
from testamur.schoolday.conversations.rules import DEFAULT, LATEST, Circle, Pace, Side, Waiting

_CHUNK = 500


def pace_of(person: UUID) -> Pace:
    """How that person chose to be told, or the default."""
    return paces([person]).get(person, DEFAULT)


def paces(persons: Collection[UUID]) -> dict[UUID, Pace]:
    """Person → how he or she chose to be told; whoever chose nothing is left out."""
    rows = Telling.objects.filter(person__in=list(persons)).values_list("person", "pace")
    return {person: Pace(pace) for person, pace in rows}


def waiting(
    *, by: Actor, path: str, since: datetime, now: datetime, conversations: Collection[UUID] | None = None
) -> dict[UUID, Waiting]:
    """One of the staff → what was written to him or her below `path` since then and is unread.

    Of those conversations alone, where they are named. Whoever stands in for somebody is told as that one is. Names
    are those that `by` may see; a hidden person, and whoever writes about a hidden child, has none. Needs
    ``conversations.waiting.see``.
    """
    by.must("conversations.waiting.see")
    since = max(since, now - LATEST)
    rows = Conversation.objects.filter(sent_at__isnull=False, last_at__gte=since, unit_path__startswith=path)
    if conversations is not None:
        rows = rows.filter(id__in=list(conversations))
    found: dict[UUID, list[tuple[str, Post]]] = defaultdict(list)
    schools_ = _Schools(now.date())
    keys = list(rows.order_by("id").values_list("id", flat=True))
    for start in range(0, len(keys), _CHUNK):
        for person, where, post in _unread(keys[start : start + _CHUNK], since, schools_):
            found[person].append((where, post))
    posts = [post for some in found.values() for _where, post in some]
    names = Names(by, {post.author for post in posts} | {post.child for post in posts if post.child is not None})
    return {person: _waiting(names, some) for person, some in found.items()}


def _unread(keys: Collection[UUID], since: datetime, places: _Schools) -> Iterator[tuple[UUID, str, Post]]:
    rows = Conversation.objects.in_bulk(list(keys))
    members = members_by(rows.values())
    places.need.learn(rows.values(), members)
    read = {(one.conversation_id, one.person): one for one in Reading.objects.filter(conversation__in=list(rows))}
    posts = Post.objects.select_related("thread").filter(
        conversation__in=list(rows), at__gte=since, withdrawn_at__isnull=True
    )
    for post in posts.order_by("at", "id"):
        row = rows[post.conversation_id]
        for person in places.readers(row, members[row.id], post):
            reading = read.get((row.id, person))
            if person != post.author and not _is_done(reading, post):
                yield person, row.unit_path, post


def _is_done(reading: Reading | None, post: Post) -> bool:
    """Read, or muted."""
    return reading is not None and (reading.muted or (reading.seen_at is not None and post.at <= reading.seen_at))


@dataclass(frozen=True, slots=True)
class _School:
    """Who of the staff is at a school today; `others`: who teaches there, and administrators of the body above it."""

    posts: dict[UUID, list[PostView]]
    others: frozenset[UUID]
    substitutes: dict[UUID, UUID]

    def has(self, person: UUID) -> bool:
        return person in self.posts or person in self.others


class _Schools:
    """The staff of each school, looked up once."""

    def __init__(self, on: date) -> None:
        self._on = on
        self._known: dict[UUID, _School] = {}
        self.need = Need(on)

    def readers(self, row: Conversation, members: Iterable[Member], post: Post) -> set[UUID]:
        """Those of the staff who see that post: who takes part, who stands in; of what is told to all staff, everybody.

        The same as `standing.standing_in` tells each of them one by one.
        """
        here = self._at(row.unit, row.unit_path)
        known = list(members)
        part = {row.made_by} if row.side == Side.STAFF else set()
        part |= {one.person for one in known if one.person is not None}
        part = {person for person in part if not self.need.lost(row, person)}
        desks = [one for one in known if one.person is None]
        part |= {person for person, posts in here.posts.items() if is_member(row, desks, person, posts)}
        part |= {here.substitutes[person] for person in part if person in here.substitutes}
        if row.circle == Circle.STAFF:
            own = post.thread.person if post.thread is not None else None
            for person, posts in here.posts.items():
                since = min(one.starts for one in posts)
                if own == person or (own is None and since <= timezone.localdate(post.at)):
                    part.add(person)
        return {person for person in part if here.has(person)}

    def _at(self, unit: UUID, unit_path: str) -> _School:
        if unit not in self._known:
            posts: dict[UUID, list[PostView]] = defaultdict(list)
            for one in schools.posts_at(unit=unit, on=self._on):
                posts[one.person].append(one)
            way = schools.units_above(unit_path)
            above = {
                one.person
                for up in way
                if up.id != unit
                for one in schools.posts_at(unit=up.id, on=self._on)
                if one.role is Role.ADMINISTRATOR
            }
            groups = [one.id for one in schools.groups(school=unit)]
            taught = {one.person for one in schools.teachers_of(groups=groups, on=self._on)}
            away = Away.objects.filter(
                unit=unit, first__lte=self._on, last__gte=self._on, ended_at__isnull=True, substitute__isnull=False
            )
            substitutes = {one.person: one.substitute for one in away if one.substitute is not None}
            self._known[unit] = _School(dict(posts), frozenset(taught | above), substitutes)
        return self._known[unit]


def _waiting(names: Names, some: list[tuple[str, Post]]) -> Waiting:
    ordered = sorted((post for _where, post in some), key=lambda one: (one.at, one.id), reverse=True)
    authors = dict.fromkeys(post.author for post in ordered)
    hidden = {post.author for post in ordered if names.hides_author(post.author, post.side, post.child)}
    told = [names.of(one) for one in authors if one not in hidden and not names.hides(one)]
    shown = tuple(name for name in told if name)[:3]
    return Waiting(
        path=common_path({where for where, _post in some}), count=len(ordered), newest=ordered[0].id, senders=shown,
        others=len(authors) - len(shown),
    )  # fmt: skip
