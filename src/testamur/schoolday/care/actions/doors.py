"""Noting arrivals and departures. Rows are added and never changed; a key that comes twice is taken once."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.care import queries
from testamur.schoolday.care.actions.collectors import must_fetch
from testamur.schoolday.care.models import Presence, Wish
from testamur.schoolday.care.rules import (
    UNDO_WITHIN,
    AlreadySo,
    CollectorOver,
    MayNotFetch,
    NoCare,
    Note,
    TooLateToUndo,
    check_note,
)


@transaction.atomic
def note_presence(*, by: Actor, group: UUID, note: Note, now: datetime, zone: ZoneInfo) -> UUID:
    """Note that a child of a group came, left or does not come; returns the note's id, which is its key.

    The same key again writes nothing. Journal: ``care.presence.noted/1``; its ``readers`` are the guardians who chose
    to be told. Needs ``care.presence.note`` for the group. Raises NotFound, NoCare (not in the group), NoteTime,
    AlreadySo, Overtaken, MayNotFetch.
    """
    at = queries.care_group(group)
    by.must("care.presence.note", at.group.path, group=group)
    kept = Presence.objects.filter(id=note.key).first()
    if kept is not None:
        if kept.group != group or kept.child != note.child:
            raise NotFound("There is no such note.", field="key")
        return kept.id
    on = note.at.astimezone(zone).date()
    if note.child not in queries.children_of([group], on):
        raise NoCare("The child is not in this group.", field="child")
    check_note(note, queries.standing([note.child], on)[note.child], now)
    _must_be_known(note, on)
    row = Presence(
        id=note.key, child=note.child, unit=at.unit.id, group=group, on=on, number=_next(note.child, on),
        act=note.act.value, at=note.at, noted_by=by.id, noted_at=now, person=note.person, collector_id=note.collector,
    )  # fmt: skip
    _insert(row)
    readers = sorted(map(str, Wish.objects.filter(child=note.child).values_list("person", flat=True)))
    refs = {"pupil": str(note.child), "care": str(row.id), "act": note.act.value, "readers": readers}
    append(by=by, kind="care.presence.noted/1", path=at.group.path, refs=refs, now=now)
    return row.id


@transaction.atomic
def undo_presence(*, by: Actor, group: UUID, presence: UUID, now: datetime) -> None:
    """Take back the latest note of a child within minutes; both stay. Journal: ``care.presence.undone/1``.

    Taking back twice is taking back once. Needs ``care.presence.note`` for the group. Raises NotFound, TooLateToUndo.
    """
    at = queries.care_group(group)
    by.must("care.presence.note", at.group.path, group=group)
    row = Presence.objects.filter(id=presence, group=group, corrects__isnull=True).first()
    if row is None:
        raise NotFound("There is no such note.", field="presence")
    if Presence.objects.filter(corrects=row).exists():
        return
    standing = queries.standing([row.child], row.on)[row.child]
    if standing[-1].id != row.id or now > row.noted_at + UNDO_WITHIN:
        raise TooLateToUndo("Only the latest note is taken back, within 15 minutes.", field="presence")
    correction = Presence(
        id=new_id(), child=row.child, unit=row.unit, group=group, on=row.on, number=_next(row.child, row.on), act="",
        at=now, noted_by=by.id, noted_at=now, corrects=row,
    )  # fmt: skip
    _insert(correction)
    refs = {"pupil": str(row.child), "presence": str(row.id)}
    append(by=by, kind="care.presence.undone/1", path=at.group.path, refs=refs, now=now)


def _next(child: UUID, on: date) -> int:
    return Presence.objects.filter(child=child, on=on).count() + 1


def _insert(row: Presence) -> None:
    """Add the row; whoever wrote the same number first was faster."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadySo("Somebody else noted something for the child just now.", field="child") from error


def _must_be_known(note: Note, on: date) -> None:
    """Who brings a child is noted as it is; who fetches it has to be somebody who may."""
    try:
        must_fetch(note.child, on, note.person, note.collector)
    except CollectorOver as refused:
        raise MayNotFetch("That person may not fetch the child on that day.", field="who") from refused
