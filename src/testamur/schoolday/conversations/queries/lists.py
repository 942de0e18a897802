"""The list of a reader's conversations, how much is unread, and what is found in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared
from testamur.register.people.rules import fold
from testamur.register.schools import queries as schools
from testamur.schoolday.conversations.models import Attachment, Conversation, Post, Reading
from testamur.schoolday.conversations.queries.names import Names
from testamur.schoolday.conversations.queries.standing import (
    Reader,
    candidates,
    members_by,
    reader,
    standing_in,
)
from testamur.schoolday.conversations.rules import Circle, ConversationLine, Standing, sees

MOST = 500
"""Conversations that are looked through, newest first."""
_GLANCE = 140


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation with what the reader sees of it."""

    row: Conversation
    standing: Standing
    posts: tuple[Post, ...]
    reading: Reading | None

    @property
    def muted(self) -> bool:
        """Whether the reader wants to hear nothing of it."""
        return self.reading is not None and self.reading.muted

    def unread(self, me: UUID) -> int:
        """How many posts of others came after the last reading."""
        upto = self.reading.seen_at if self.reading is not None else None
        return sum(
            1 for one in self.posts if one.author != me and one.withdrawn_at is None and (upto is None or one.at > upto)
        )


def lines(*, by: Actor, now: datetime, text: str = "", child: UUID | None = None) -> tuple[ConversationLine, ...]:
    """The conversations of a reader, newest first; those about one child, and those that hold all words of `text`."""
    return listed(by=by, now=now, text=text, child=child)[0]


def listed(
    *, by: Actor, now: datetime, text: str = "", child: UUID | None = None
) -> tuple[tuple[ConversationLine, ...], dict[UUID, str]]:
    """As `lines`, with the protected persons whose true names stand in them (to be written down), by place."""
    who = reader(by=by, now=now)
    found = [one for one in seen_by(who) if child is None or child in one.standing.children]
    words = fold(text).split()
    if words:
        found = [one for one in found if _holds(one, words)]
    return _lines(who, found)


@dataclass(frozen=True, slots=True)
class Fresh:
    """A conversation that is not muted, of which something is unread; `children` as in the reader's standing."""

    subject: str
    children: tuple[UUID, ...]
    unread: int


def fresh(*, by: Actor, now: datetime) -> tuple[Fresh, ...]:
    """What is unread to a reader, newest first; reads the texts of nothing that the reader has seen to its end."""
    who = reader(by=by, now=now)
    rows = candidates(who, MOST)
    if not rows:
        return ()
    return tuple(
        Fresh(one.row.subject, one.standing.children, one.unread(by.id)) for one in _unread(who, rows) if not one.muted
    )


def _unread(who: Reader, rows: Sequence[Conversation], standings: Mapping[UUID, Standing] | None = None) -> list[Seen]:
    """Those of the rows of which something is unread; what was read to its end is not looked into."""
    upto = {one.conversation_id: one.seen_at for one in _readings(me=who.by.id, conversations=[r.id for r in rows])}
    rest = [row for row in rows if (at := upto.get(row.id)) is None or at < row.last_at]
    return [one for one in seen_by(who, rest, standings) if one.unread(who.by.id)]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of the list: `total` conversations stand in the box, `unread` posts in all that are not muted."""

    lines: tuple[ConversationLine, ...]
    sights: dict[UUID, str]
    total: int
    unread: int


def leaf(*, by: Actor, now: datetime, box: str, number: int, size: int) -> Leaf:
    """A page of a box (``unread``, ``planned``, ``closed``; empty: all), newest first; the first page is number 1.

    Of the other pages nothing is read but that the reader has a part in them: a teacher has hundreds of conversations,
    with the answers of a class in each.
    """
    who = reader(by=by, now=now)
    rows = candidates(who, MOST)
    part = standings_of(who, rows)
    new = _unread(who, rows, part) if rows else []
    if box == "unread":
        chosen = [one.row for one in new]
    else:
        chosen = [row for row in rows if row.id in part and box in {"", state_of(row)}]
    first = max(number - 1, 0) * size
    lines, sights = _lines(who, seen_by(who, chosen[first : first + size], part))
    return Leaf(lines, sights, len(chosen), sum(one.unread(by.id) for one in new if not one.muted))


@prepared
def _readings(me: UUID, conversations: Collection[UUID]) -> QuerySet[Reading]:
    return Reading.objects.filter(conversation__in=conversations, person=me)


def unread(*, by: Actor, now: datetime) -> dict[UUID | None, int]:
    """Child (None for the staff's) → how many posts are unread in conversations that are not muted."""
    counted: Counter[UUID | None] = Counter()
    for one in fresh(by=by, now=now):
        for child in one.children or (None,):
            counted[child] += one.unread
    return dict(counted)


def seen_by(
    who: Reader, rows: Sequence[Conversation] | None = None, standings: Mapping[UUID, Standing] | None = None
) -> list[Seen]:
    """The conversations (those given, else all) of which the reader sees something; as many queries for all as for one.

    A conversation of which nothing is to be seen is none. `standings`: what `standings_of` gave,
    if it was asked already.
    """
    if rows is None:
        if not who.places and not who.wards:
            return []
        rows = candidates(who, MOST)
    if not rows:
        return []
    standings = standings_of(who, rows) if standings is None else standings
    mine = [row.id for row in rows if row.id in standings]
    posts = _posts(mine)
    readings = {one.conversation_id: one for one in _readings(me=who.by.id, conversations=mine)}
    found = []
    for row in rows:
        standing = standings.get(row.id)
        if standing is None:
            continue
        some = tuple(one for one in posts[row.id] if is_seen(who, standing, one))
        if some:
            found.append(Seen(row, standing, some, readings.get(row.id)))
    return found


def standings_of(who: Reader, rows: Sequence[Conversation]) -> dict[UUID, Standing]:
    """How the reader stands to each of the conversations; one to which the reader does not stand at all is left out."""
    members = members_by(rows) if who.places and rows else {}
    if who.places:
        who.need.learn(rows, members, of=[who.by.id, *(one.person for one in who.stands_for)])
    return {row.id: one for row in rows if (one := standing_in(who, row, members.get(row.id, ()))) is not None}


def is_seen(who: Reader, standing: Standing, post: Post) -> bool:
    """Whether the reader sees that post. `post` was read together with its thread."""
    thread_of = post.thread.person if post.thread is not None else None
    return sees(standing, thread_of=thread_of, reader=who.by.id, on=timezone.localdate(post.at))


def state_of(row: Conversation) -> str:
    """``open``, ``closed``, ``planned`` or ``off``."""
    if row.off_at is not None:
        return "off"
    if row.sent_at is None:
        return "planned"
    return "closed" if row.closed_at is not None else "open"


def about(row: Conversation, names: Names, groups: Mapping[UUID, str]) -> str:
    """Whom or which group a conversation concerns, in a word; empty for a whole school or its staff."""
    if row.child is not None:
        return names.of(row.child)
    return groups.get(row.group, "") if row.group is not None else ""


def _posts(standings: Collection[UUID]) -> dict[UUID, list[Post]]:
    found: dict[UUID, list[Post]] = defaultdict(list)
    rows = Post.objects.select_related("thread").filter(conversation__in=list(standings))
    for one in rows.order_by("at", "id"):
        found[one.conversation_id].append(one)
    return found


def _holds(one: Seen, words: Sequence[str]) -> bool:
    said = fold(" ".join([one.row.subject, *(post.text for post in one.posts if post.withdrawn_at is None)]))
    return all(word in said for word in words)


def _lines(who: Reader, found: Sequence[Seen]) -> tuple[tuple[ConversationLine, ...], dict[UUID, str]]:
    ids = {one.row.made_by for one in found} | {one.row.child for one in found if one.row.child is not None}
    ids |= {post.child for one in found for post in one.posts if post.child is not None}
    names = Names(who.by, ids)
    groups = schools.groups_by_id({one.row.group for one in found if one.row.group is not None})
    codes = {key: group.code for key, group in groups.items()}
    with_files = set(
        Attachment.objects.filter(
            post__conversation__in=[one.row.id for one in found], post__withdrawn_at__isnull=True
        ).values_list("post_id", flat=True)
    )
    return tuple(_line(who, one, names, codes, with_files) for one in found), names.sights


def _line(
    who: Reader, one: Seen, names: Names, codes: Mapping[UUID, str], with_files: Collection[UUID]
) -> ConversationLine:
    row, last = one.row, one.posts[-1]
    return ConversationLine(
        id=row.id,
        subject=row.subject,
        language=row.language,
        circle=Circle(row.circle),
        who=names.author(row.made_by, row.side, row.child),
        about=about(row, names, codes),
        last=" ".join(last.text.split())[:_GLANCE] if last.withdrawn_at is None else "",
        last_language=last.language,
        at=last.at if row.sent_at is not None else row.due_at or last.at,
        unread=one.unread(who.by.id),
        state=state_of(row),
        muted=one.muted,
        files=any(post.id in with_files for post in one.posts),
        children=one.standing.children,
    )
