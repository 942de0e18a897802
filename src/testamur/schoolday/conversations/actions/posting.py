"""Answering in a conversation, withdrawing a post, closing, and what a reader does for oneself: reading, muting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.conversations.actions.starting import FAMILIES, write
from testamur.schoolday.conversations.actions.telling import told_refs
from testamur.schoolday.conversations.models import Conversation, Post, Reading, Thread
from testamur.schoolday.conversations.queries.circles import reading_staff
from testamur.schoolday.conversations.queries.need import Need
from testamur.schoolday.conversations.queries.standing import BELONG, TAKE, members_by, private, reader, standing_in
from testamur.schoolday.conversations.rules import (
    Circle,
    Closed,
    Side,
    Standing,
    Taken,
    Withdrawn,
    check_language,
    check_text,
)


@transaction.atomic
def answer(
    *,
    by: Actor,
    conversation: UUID,
    text: str,
    language: str,
    now: datetime,
    thread: UUID | None = None,
    files: Sequence[Taken] = (),
) -> UUID:
    """Add a post; returns its id. Journal: ``conversations.post.written/1``.

    What a recipient writes goes into the recipient's own thread, unless all may talk; the staff who take part write to
    all, or into the `thread` that they name. Needs ``conversations.staff.take`` at the school, or
    ``conversations.family.take`` for the child. Raises NotFound, NotAllowed, Closed, TextMissing, TextTooLong.
    """
    row, standing = _entered(by, conversation, now)
    said = check_text(text)
    if row.sent_at is None or row.closed_at is not None:
        raise Closed("The conversation is closed.", field="text")
    if not standing.writes:
        raise NotAllowed("You do not belong to it any more.")
    if standing.side is Side.FAMILY and not _anybody(row, now):
        raise Closed("Nobody of the school reads it any more.", field="text")
    place = _thread(by, row, standing, thread, now)
    if place is None and standing.every and row.group is not None and row.made_by == by.id:
        # whoever has the group no more answers those who have written, and tells all of it nothing
        by.must(FAMILIES, row.path, group=row.group)
    post = write(
        row, by=by, text=said, language=check_language(language), child=standing.child, files=files, now=now,
        thread=place.id if place is not None else None, side=standing.side.value,
    )  # fmt: skip
    row.last_at = now
    row.save(update_fields=["last_at"])
    told = standing.side is Side.STAFF or place is None
    refs = {"conversation": str(row.id), "post": str(post)} | (told_refs(row, post, thread=place) if told else {})
    append(by=by, kind="conversations.post.written/1", path=row.path, refs=refs, now=now)
    return post


@transaction.atomic
def withdraw(*, by: Actor, post: UUID, now: datetime) -> UUID:
    """Take back what one wrote: it stands as withdrawn, without words and files; returns the conversation.

    Journal: ``conversations.post.withdrawn/1``.
    Needs to have written it, and what `answer` needs. Raises NotFound, Withdrawn.
    """
    one = Post.objects.select_for_update().filter(id=post, author=by.id).first()
    if one is None:
        raise NotFound("There is no such post.", field="post")
    row, standing = _entered(by, one.conversation_id, now)
    if one.side != standing.side:
        raise NotFound("There is no such post.", field="post")
    if one.withdrawn_at is not None:
        raise Withdrawn("It is withdrawn already.", field="post")
    one.withdrawn_at = now
    one.save(update_fields=["withdrawn_at"])
    refs = {"conversation": str(row.id), "post": str(post)}
    append(by=by, kind="conversations.post.withdrawn/1", path=row.path, refs=refs, now=now)
    return row.id


@transaction.atomic
def close(*, by: Actor, conversation: UUID, now: datetime, closed: bool = True) -> None:
    """Close a conversation, or open it again. Journal: ``conversations.conversation.closed/1`` or ``…opened/1``.

    Needs ``conversations.staff.take`` and a part in it; or to be the one of the family who began it. Raises NotFound,
    NotAllowed, Closed (not sent yet, or so already).
    """
    row, standing = _entered(by, conversation, now)
    began = row.circle == Circle.SCHOOL and row.made_by == by.id
    if not standing.every and not began:
        raise NotAllowed("Those of the staff who take part close it.")
    if row.sent_at is None or (row.closed_at is not None) == closed:
        raise Closed("It is so already.", field="conversation")
    row.closed_at = now if closed else None
    row.save(update_fields=["closed_at"])
    kind = f"conversations.conversation.{'closed' if closed else 'opened'}/1"
    append(by=by, kind=kind, path=row.path, refs={"conversation": str(row.id)}, now=now)


@transaction.atomic
def mute(*, by: Actor, conversation: UUID, muted: bool, now: datetime) -> None:
    """Be told no more of what comes into a conversation, or be told again. Journal: ``conversations.reading.muted/1``.

    Needs what `answer` needs. Raises NotFound.
    """
    row, _standing = _entered(by, conversation, now)
    Reading.objects.update_or_create(
        conversation=row, person=by.id, defaults={"muted": muted}, create_defaults={"id": new_id(), "muted": muted}
    )
    refs = {"conversation": str(row.id), "muted": muted}
    append(by=by, kind="conversations.reading.muted/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def note_read(*, by: Actor, conversation: UUID, now: datetime) -> None:
    """Remember that a conversation was read up to now; no act, so no entry. Needs what `answer` needs."""
    row, _standing = _entered(by, conversation, now, lock=False)
    Reading.objects.update_or_create(
        conversation=row, person=by.id, defaults={"seen_at": now}, create_defaults={"id": new_id(), "seen_at": now}
    )


def _entered(by: Actor, conversation: UUID, now: datetime, *, lock: bool = True) -> tuple[Conversation, Standing]:
    """The conversation, held until the transaction ends, and the part that `by` has in it. Raises NotFound."""
    rows = Conversation.objects.select_for_update() if lock else Conversation.objects.all()
    row = rows.filter(id=conversation).first()
    standing = standing_in(reader(by=by, now=now), row, members_by([row])[row.id]) if row is not None else None
    if row is None or standing is None:
        raise NotFound("There is no such conversation.", field="conversation")
    if standing.side is Side.STAFF:
        by.must(TAKE, row.unit_path)
    else:
        by.must(BELONG, row.unit_path, person=standing.child)
    return row, standing


def _anybody(row: Conversation, now: datetime) -> bool:
    """Whether one of the staff reads what a family writes."""
    on = now.date()
    return bool(reading_staff(row, members_by([row])[row.id], Need(on), on=on))


def _thread(by: Actor, row: Conversation, standing: Standing, thread: UUID | None, now: datetime) -> Thread | None:
    """Where a post goes; None: to all. A thread is named by the staff who take part alone."""
    if standing.every:
        if thread is None:
            return None
        found = Thread.objects.filter(id=thread, conversation=row).first()
        if found is None:
            raise NotFound("There is no such thread.", field="thread")
        return found
    if standing.common and not private(row, on=now.date()):
        return None
    if row.circle == Circle.SCHOOL:
        return None
    made, _new = Thread.objects.get_or_create(
        conversation=row, person=by.id, defaults={"id": new_id(), "child": standing.child, "made_at": now}
    )
    return made
