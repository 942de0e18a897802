"""One conversation with everything that a reader sees of it, and its files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.conversations.models import Attachment, Conversation, Member, Post, Reading
from testamur.schoolday.conversations.queries.away import away
from testamur.schoolday.conversations.queries.circles import circle_of, reading_staff
from testamur.schoolday.conversations.queries.lists import Seen, about, is_seen, seen_by, state_of
from testamur.schoolday.conversations.queries.names import Names
from testamur.schoolday.conversations.queries.standing import Reader, members_by, private, reader, standing_in
from testamur.schoolday.conversations.rules import (
    AttachmentView,
    Circle,
    ConversationView,
    Kind,
    PostView,
    Receipts,
    Side,
    ThreadView,
)

_RECEIPTS = (Circle.GUARDIANS, Circle.PUPILS, Circle.CHILD, Circle.STAFF)


def conversation(*, by: Actor, id: UUID, now: datetime) -> ConversationView:  # noqa: A002 - the name that every query uses
    """One conversation. Raises NotFound for everybody who takes no part in it, whether there is one or not."""
    return with_sights(by=by, id=id, now=now)[0]


def with_sights(*, by: Actor, id: UUID, now: datetime) -> tuple[ConversationView, dict[UUID, str]]:  # noqa: A002 - as above
    """As `conversation`, with the protected persons whose true names stand in it (to be written down), by place."""
    who = reader(by=by, now=now)
    row = Conversation.objects.filter(id=id).first()
    seen = seen_by(who, [row]) if row is not None else []
    if not seen:
        raise NotFound("There is no such conversation.", field="conversation")
    return _view(who, seen[0])


def file(*, by: Actor, id: UUID, now: datetime) -> tuple[AttachmentView, str]:  # noqa: A002 - as above
    """A file of a post that the reader sees, and the digest under which its content lies. Raises NotFound."""
    row = Attachment.objects.select_related("post__conversation", "post__thread").filter(id=id).first()
    if row is not None and row.post.withdrawn_at is None:
        who = reader(by=by, now=now)
        whole = row.post.conversation
        standing = standing_in(who, whole, members_by([whole])[whole.id])
        if standing is not None and is_seen(who, standing, row.post):
            return _file(row), row.digest
    raise NotFound("There is no such file.", field="file")


def told(posts: Iterable[UUID]) -> dict[UUID, datetime]:
    """Posts that stand, sent and not withdrawn, with their time: for messages that say there is one."""
    rows = Post.objects.filter(
        id__in=list(posts), withdrawn_at__isnull=True, conversation__sent_at__isnull=False
    ).values_list("id", "at")
    return dict(rows)


def _view(who: Reader, seen: Seen) -> tuple[ConversationView, dict[UUID, str]]:
    row, standing, by = seen.row, seen.standing, who.by
    members = members_by([row])[row.id]
    staffed = reading_staff(row, members, who.need, on=who.on)
    names = Names(by, _persons(seen, members))
    group = schools.group(row.group) if row.group is not None else None
    posts = _posts(seen, names)
    staff = standing.side is Side.STAFF
    mine = row.made_by == by.id and (row.side == Side.STAFF) == staff
    open_ = state_of(row) == "open"
    deserted = standing.side is Side.FAMILY and not staffed
    view = ConversationView(
        id=row.id,
        subject=row.subject,
        language=row.language,
        circle=Circle(row.circle),
        unit=row.unit,
        unit_path=row.unit_path,
        group=row.group,
        about=about(row, names, {row.group: group.code} if row.group is not None and group is not None else {}),
        child=row.child,
        talk=row.talk and not private(row, on=who.on),
        who=names.author(row.made_by, row.side, row.child),
        to=tuple(names.of(one.person) for one in members if one.person is not None and one.person in staffed),
        desks=tuple(Role(one.desk) for one in members if one.desk),
        side=standing.side,
        every=standing.every,
        posts=tuple(view for _row, view in posts if view.thread is None),
        threads=_threads(posts, names),
        state=state_of(row),
        due_at=row.due_at,
        muted=seen.reading is not None and seen.reading.muted,
        mine=mine,
        may_write=open_ and standing.writes and not deserted,
        deserted=open_ and deserted,
        may_all=open_ and standing.writes and not deserted and (standing.every or standing.common),
        may_close=row.sent_at is not None and (standing.every or (mine and row.circle == Circle.SCHOOL)),
        away=tuple(away(by=by, persons=staffed, on=who.on).values()) if open_ else (),
        receipts=_receipts(who, row, members) if standing.every and row.sent_at and row.circle in _RECEIPTS else None,
    )
    return view, names.sights


def _persons(seen: Seen, members: Collection[Member]) -> set[UUID]:
    row = seen.row
    ids = {row.made_by, *(one.author for one in seen.posts), *(one.person for one in members if one.person)}
    ids |= {one.child for one in seen.posts if one.child is not None}
    ids |= {one.thread.person for one in seen.posts if one.thread is not None}
    return ids | ({row.child} if row.child is not None else set())


def _posts(seen: Seen, names: Names) -> list[tuple[Post, PostView]]:
    files = _files(one.id for one in seen.posts if one.withdrawn_at is None)
    upto = seen.reading.seen_at if seen.reading is not None else None
    me, staff = names.me, seen.standing.side is Side.STAFF
    return [
        (
            one,
            PostView(
                id=one.id,
                thread=one.thread_id,
                author_id=None if names.hides_author(one.author, one.side, one.child) else one.author,
                author=names.author(one.author, one.side, one.child),
                side=Side(one.side),
                child=names.of(one.child) if staff and one.side == Side.FAMILY else "",
                text=one.text if one.withdrawn_at is None else "",
                language=one.language,
                at=one.at,
                withdrawn=one.withdrawn_at is not None,
                mine=one.author == me and one.side == seen.standing.side,
                new=one.author != me and (upto is None or one.at > upto),
                files=files.get(one.id, ()),
            ),
        )
        for one in seen.posts
    ]


def _threads(posts: Iterable[tuple[Post, PostView]], names: Names) -> tuple[ThreadView, ...]:
    """By thread, the one with the newest post first."""
    by_thread: dict[UUID, list[tuple[Post, PostView]]] = defaultdict(list)
    for row, view in posts:
        if row.thread_id is not None:
            by_thread[row.thread_id].append((row, view))
    found = []
    for key, some in sorted(by_thread.items(), key=lambda pair: pair[1][-1][0].at, reverse=True):
        thread = some[0][0].thread
        assert thread is not None
        side = Side.FAMILY if thread.child is not None else Side.STAFF
        name = names.author(thread.person, side, thread.child)
        found.append(ThreadView(key, name, names.of(thread.child), tuple(view for _row, view in some)))
    return tuple(found)


def _files(posts: Iterable[UUID]) -> Mapping[UUID, tuple[AttachmentView, ...]]:
    found: dict[UUID, tuple[AttachmentView, ...]] = {}
    for row in Attachment.objects.filter(post__in=list(posts)).order_by("id"):
        found[row.post_id] = (*found.get(row.post_id, ()), _file(row))
    return found


def _file(row: Attachment) -> AttachmentView:
    return AttachmentView(row.id, row.name, row.kind, row.size, row.kind in {Kind.PNG, Kind.JPEG})


def _receipts(who: Reader, row: Conversation, members: Collection[Member]) -> Receipts | None:
    """Who has read what the staff last wrote to all. A pupil whom the reader may not know is counted alone."""
    last = Post.objects.filter(conversation=row, thread__isnull=True, side=Side.STAFF).order_by("-at").first()
    if last is None:
        return None
    circle = circle_of(row, members, on=who.on)
    persons = {one for some in circle.values() for one in some} - {row.made_by}
    read = set(
        Reading.objects.filter(conversation=row, person__in=persons, seen_at__gte=last.at).values_list(
            "person", flat=True
        )
    )
    without = [pupil for pupil, some in circle.items() if pupil is not None and not read & set(some)]
    if row.circle == Circle.STAFF:
        without = sorted(persons - read)
    names = Names(who.by, without)
    known = sorted(names.of(pupil) for pupil in without if not names.hides(pupil))
    return Receipts(len(read), len(persons), tuple(known), len(without) - len(known))
