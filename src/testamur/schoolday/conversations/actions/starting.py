"""Beginning a conversation, now or at a planned time, and calling a planned one off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import reach
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role, UnitKind, UnitView
from testamur.schoolday.conversations.actions.telling import told_refs
from testamur.schoolday.conversations.models import Attachment, Conversation, Member, Post, Reading
from testamur.schoolday.conversations.queries.circles import circle_of, pupils_of
from testamur.schoolday.conversations.rules import (
    FURTHEST,
    Circle,
    Closed,
    DueInvalid,
    NewConversation,
    Nobody,
    Sent,
    Side,
    Taken,
    To,
    check_language,
    check_subject,
    check_text,
)

FAMILIES = "conversations.family.write"
COLLEAGUES = "conversations.staff.write"
SCHOOL = "conversations.school.write"
_MOST = 20
"""Members of the staff who are named in one conversation."""
_LEADS = frozenset({Role.PRINCIPAL, Role.ADMINISTRATOR})
"""Who writes to everybody of a school."""


@transaction.atomic
def start(*, by: Actor, new: NewConversation, now: datetime, files: Sequence[Taken] = ()) -> UUID:
    """Begin a conversation; returns its id. Journal: ``conversations.conversation.sent/1``, or ``…planned/1``.

    Needs ``conversations.family.write`` for the group or at the school (to guardians, pupils, a child's guardians),
    ``conversations.staff.write`` at the school (to its staff), ``conversations.school.write`` for the child (from a
    family). Raises NotFound, NotAllowed, Nobody, TextMissing, TextTooLong, DueInvalid.
    """
    unit = _school(new.unit)
    path = _allowed(by, new, unit, now.date())
    subject, text = check_subject(new.subject), check_text(new.text)
    due = None if new.circle is Circle.SCHOOL else _due(new.due_at, now)
    row = Conversation(
        id=new_id(), path=path, unit=unit.id, unit_path=unit.path, circle=new.circle.value,
        group=new.group if new.circle in {Circle.GUARDIANS, Circle.PUPILS, Circle.CHILD} else None,
        child=new.child if new.circle in {Circle.CHILD, Circle.SCHOOL} else None,
        talk=new.talk or new.circle in {Circle.CHILD, Circle.COLLEAGUES}, subject=subject,
        language=check_language(new.language), side=Side.FAMILY if new.circle is Circle.SCHOOL else Side.STAFF,
        made_by=by.id, made_at=now, due_at=due, sent_at=None if due is not None else now, last_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    members = _members(by, row, new, now.date())
    post = write(row, by=by, text=text, language=row.language, child=_writes_for(row), files=files, now=now)
    if due is not None:
        append(by=by, kind="conversations.conversation.planned/1", path=path, refs=_refs(row), now=now)
        return row.id
    if not any(circle_of(row, members, on=now.date()).values()):
        raise Nobody("Nobody is there to read it.", field="to")
    refs = told_refs(row, post) if row.side == Side.STAFF else {}
    append(by=by, kind="conversations.conversation.sent/1", path=path, refs=_refs(row) | refs, now=now)
    return row.id


@transaction.atomic
def send_planned(*, by: Actor, conversation: UUID, now: datetime) -> bool:
    """Send a planned conversation whose time has come; False when it went out, or was called off, before.

    Journal: ``conversations.conversation.sent/1``. Needs ``conversations.planned.send``. A writer who may no longer
    reach the circle reaches nobody: it is called off.
    """
    by.must("conversations.planned.send")
    row = Conversation.objects.select_for_update().filter(id=conversation).first()
    if row is None or row.sent_at is not None or row.off_at is not None or row.due_at is None or row.due_at > now:
        return False
    if not _still_there(row, now.date()):
        row.off_at = now
        row.save(update_fields=["off_at"])
        append(by=by, kind="conversations.conversation.called_off/1", path=row.path, refs=_refs(row), now=now)
        return False
    row.sent_at = row.last_at = now
    row.save(update_fields=["sent_at", "last_at"])
    Post.objects.filter(conversation=row).update(at=now)
    Reading.objects.filter(conversation=row).update(seen_at=now)
    post = Post.objects.get(conversation=row)
    refs = _refs(row) | told_refs(row, post)
    append(by=by, kind="conversations.conversation.sent/1", path=row.path, refs=refs, now=now)
    return True


@transaction.atomic
def call_off(*, by: Actor, conversation: UUID, now: datetime) -> None:
    """Call off what one has planned. Journal: ``conversations.conversation.called_off/1``.

    Needs to have written it, and still to be one of the staff there (``conversations.staff.take``). Raises NotFound,
    Sent.
    """
    row = Conversation.objects.select_for_update().filter(id=conversation, made_by=by.id).first()
    if row is None:
        raise NotFound("There is no such conversation.", field="conversation")
    by.must("conversations.staff.take", row.unit_path)
    if row.sent_at is not None:
        raise Sent("It was sent already.", field="conversation")
    if row.off_at is not None:
        raise Closed("It is called off already.", field="conversation")
    row.off_at = now
    row.save(update_fields=["off_at"])
    append(by=by, kind="conversations.conversation.called_off/1", path=row.path, refs=_refs(row), now=now)


def write(
    row: Conversation,
    *,
    by: Actor,
    text: str,
    language: str,
    child: UUID | None,
    files: Sequence[Taken],
    now: datetime,
    thread: UUID | None = None,
    side: str = "",
) -> UUID:
    """A post of the conversation with its files, which its writer has read; for the verbs of this package."""
    post = Post(
        id=new_id(), conversation=row, thread_id=thread, author=by.id, side=side or row.side, child=child, text=text,
        language=language, at=now,
    )  # fmt: skip
    post.save(force_insert=True)
    Attachment.objects.bulk_create(
        Attachment(id=new_id(), post=post, name=one.name, kind=one.kind.value, size=one.size, digest=one.digest)
        for one in files
    )
    Reading.objects.update_or_create(
        conversation=row, person=by.id, defaults={"seen_at": now}, create_defaults={"id": new_id(), "seen_at": now}
    )
    return post.id


def _school(unit: UUID) -> UnitView:
    found = schools.unit(unit)
    if found is None or found.kind is not UnitKind.SCHOOL:
        raise NotFound("There is no such school.", field="unit")
    return found


def _allowed(by: Actor, new: NewConversation, unit: UnitView, on: date) -> str:
    """Ask whether the writer reaches the circle; returns the path at which it lies."""
    if new.circle is Circle.SCHOOL:
        placed = schools.placement(person=new.child, on=on) if new.child is not None else None
        if new.child is None or placed is None or placed.school != unit.id:
            raise NotFound("The child does not go to this school.", field="child")
        by.must(SCHOOL, unit.path, person=new.child)
        return unit.path
    if new.circle in {Circle.STAFF, Circle.COLLEAGUES}:
        by.must(FAMILIES if new.circle is Circle.STAFF else COLLEAGUES, unit.path)
        return unit.path
    path = unit.path
    if new.group is not None:
        group = schools.group(new.group)
        if group is None or group.school != unit.id:
            raise NotFound("There is no such group at this school.", field="group")
        path = group.path
    by.must(FAMILIES, path, group=new.group)
    if new.circle is Circle.CHILD:
        if new.child is None or new.child not in pupils_of(unit=unit.id, group=new.group, on=on):
            raise NotFound("The child is not in that group.", field="child")
        if not reach.readers(children=[new.child], on=on)[new.child]:
            raise Nobody("Nobody is there to read it.", field="to")
    return path


def _members(by: Actor, row: Conversation, new: NewConversation, on: date) -> list[Member]:
    """Those of the staff who are written to. Raises Nobody for none, and for one whom the writer may not choose."""
    if new.circle not in {Circle.SCHOOL, Circle.COLLEAGUES}:
        return []
    to = [one for one in dict.fromkeys(new.to) if one.person != by.id or new.circle is Circle.SCHOOL]
    placed = schools.placement(person=row.child, on=on) if row.child is not None else None
    room = placed.class_group if placed is not None else None
    if not to or len(to) > _MOST or not all(_may_choose(one, row, room, on) for one in to):
        raise Nobody("Choose somebody of the staff.", field="to")
    members = [
        Member(
            id=new_id(), conversation=row, person=one.person, desk=one.desk.value if one.desk is not None else "",
            group=room if one.desk is Role.CLASS_TEACHER else None,
        )
        for one in to
    ]  # fmt: skip
    Member.objects.bulk_create(members)
    return members


def _may_choose(to: To, row: Conversation, room: UUID | None, on: date) -> bool:
    if to.person is None:
        return row.circle == Circle.SCHOOL and to.desk is not None and (to.desk is not Role.CLASS_TEACHER or bool(room))
    if row.circle == Circle.COLLEAGUES:
        return any(post.unit == row.unit for post in schools.posts_of(person=to.person, on=on))
    assert row.child is not None
    groups = [one.id for one in schools.groups_of(persons=[row.child], on=on)[row.child]]
    return to.person in {one.person for one in schools.teachers_of(groups=groups, on=on)}


def _still_there(row: Conversation, on: date) -> bool:
    """Whether the writer still reaches the circle by a post or by teaching, and somebody is there to read it."""
    held = schools.posts_of(person=row.made_by, on=on)
    posts = [post for post in held if post.unit == row.unit]
    above = {unit.id for unit in schools.units_above(row.unit_path)} - {row.unit}
    taught = {group for school, group, _subject in schools.given(person=row.made_by, on=on) if school == row.unit}
    taught |= {post.group for post in posts if post.group is not None}
    leads = any(post.role in _LEADS for post in posts) or any(
        post.role is Role.ADMINISTRATOR and post.unit in above for post in held
    )
    reaches = leads or row.group in taught
    if row.circle == Circle.COLLEAGUES:
        reaches = leads or bool(posts or taught)
    if row.circle == Circle.CHILD and row.child not in pupils_of(unit=row.unit, group=row.group, on=on):
        return False
    return reaches and any(circle_of(row, list(row.members.all()), on=on).values())


def _due(due_at: datetime | None, now: datetime) -> datetime | None:
    if due_at is not None and not now < due_at <= now + FURTHEST:
        raise DueInvalid("Choose a time to come, within a year.", field="due_at")
    return due_at


def _writes_for(row: Conversation) -> UUID | None:
    return row.child if row.side == Side.FAMILY else None


def _refs(row: Conversation) -> dict[str, object]:
    return {"conversation": str(row.id), "circle": row.circle}
