"""Writing the portfolio."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import latest_day
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.learning.imaging import reencode
from testamur.schoolday.learning.models import Entry, EntryChild, EntryGoal, Goal, Picture, PictureChild
from testamur.schoolday.learning.queries import showable
from testamur.schoolday.learning.queries.reach import group_of, must_be_members, must_reach
from testamur.schoolday.learning.rules import (
    LONGEST_ALT,
    MOST_PICTURES,
    AltMissing,
    DateInvalid,
    EntryKind,
    NewEntry,
    NobodyAbout,
    NoConsent,
    NotInGroup,
    PictureInvalid,
    Reencoded,
    TooManyPictures,
    blocking,
    bounded,
    needed,
)

WRITE = "learning.entry.write"


@transaction.atomic
def add_entry(*, by: Actor, group: UUID, new: NewEntry, now: datetime) -> UUID:
    """Begin an entry about children of a group, as a draft; returns its id. Journal: ``learning.entry.written/1``.

    Needs ``learning.entry.write`` in the group. Raises NotFound (a goal of another group too), NobodyAbout, NotInGroup,
    DateInvalid, TextMissing, TextTooLong.
    """
    one = group_of(group)
    by.must(WRITE, one.path, group=group)
    if not new.children:
        raise NobodyAbout("Choose at least one child.", field="children")
    if new.on > latest_day(now):
        raise DateInvalid("The day is still to come.", field="on")
    must_be_members(one, set(new.children), now.date())
    if Goal.objects.filter(id__in=new.goals, plan__group=group).count() < len(set(new.goals)):
        raise NotFound("There is no such goal in the plans of this group.", field="goals")
    row = Entry(
        id=new_id(), group_id=group, school_id=one.school, path=one.path, kind=new.kind.value,
        title=needed(new.title, "title"), text=bounded(new.text, "text"), on=new.on, made_by=by.id, made_at=now,
    )  # fmt: skip
    _save(row, new.children, new.goals)
    append(by=by, kind="learning.entry.written/1", path=row.path, refs=_refs(row, new.children), now=now)
    return row.id


def add_picture(*, by: Actor, entry: UUID, data: bytes, alt: str, children: Sequence[UUID], now: datetime) -> UUID:
    """Add a picture to an entry, made anew from its pixels; returns its id. Journal: ``learning.picture.added/1``.

    `children`: who is seen in it, all of the group. The picture of an entry that is published already needs every
    consent at once. Needs ``learning.entry.write`` in the group. Raises NotFound, PictureInvalid, TooManyPictures,
    AltMissing, NotInGroup, NoConsent.
    """
    _written(by, entry)  # before anything is decoded
    return _add_picture(by, entry, reencode(data), alt, children, now)


@transaction.atomic
def _add_picture(by: Actor, entry: UUID, made: Reencoded, alt: str, children: Sequence[UUID], now: datetime) -> UUID:
    row = _written(by, entry)
    must_be_members(group_of(row.group_id), set(children), now.date())
    if row.published_at is not None:
        _must_be_showable(children, now)
    key = _keep(row, made, alt, children, now)
    refs = {"entry": str(row.id), "picture": str(key), "count": len(set(children))}
    append(by=by, kind="learning.picture.added/1", path=row.path, refs=refs, now=now)
    return key


@transaction.atomic
def remove_picture(*, by: Actor, picture: UUID, now: datetime) -> None:
    """Remove a picture for good. Journal: ``learning.picture.removed/1``.

    Needs ``learning.entry.write`` in the group, or ``learning.family.add`` for the child whose own work it shows.
    Raises NotFound.
    """
    row = Picture.objects.select_related("entry").defer("data", "thumb").filter(id=picture).first()
    if row is None:
        raise NotFound("There is no such picture.", picture=str(picture))
    of = row.entry
    about = EntryChild.objects.filter(entry=of).values_list("child_id", flat=True)
    if not (of.own and any(by.may("learning.family.add", of.path, person=child) for child in about)):
        by.must(WRITE, of.path, group=of.group_id)
    PictureChild.objects.filter(picture=picture).delete()
    Picture.objects.filter(id=picture).delete()
    refs = {"entry": str(of.id), "picture": str(picture)}
    append(by=by, kind="learning.picture.removed/1", path=of.path, refs=refs, now=now)


@transaction.atomic
def publish_entry(*, by: Actor, entry: UUID, now: datetime) -> None:
    """Show an entry to the families of the children whom it is about; they are told.

    Journal: ``learning.entry.published/1``. Needs ``learning.entry.write`` in the group. Publishing twice changes
    nothing. Raises NotFound, NoConsent with the ``children`` who may not be shown.
    """
    row = _written(by, entry)
    if row.published_at is not None and row.withdrawn_at is None:
        return
    _must_be_showable(list(PictureChild.objects.filter(picture__entry=row).values_list("child_id", flat=True)), now)
    row.published_at, row.withdrawn_at = now, None
    row.save(update_fields=["published_at", "withdrawn_at"])
    about = list(EntryChild.objects.filter(entry=row).values_list("child_id", flat=True))
    append(by=by, kind="learning.entry.published/1", path=row.path, refs=_refs(row, about), now=now)


@transaction.atomic
def withdraw_entry(*, by: Actor, entry: UUID, now: datetime) -> None:
    """Show an entry to no family any more. Journal: ``learning.entry.withdrawn/1``.

    Needs ``learning.entry.write`` in the group. Raises NotFound.
    """
    row = _written(by, entry)
    if row.published_at is None or row.withdrawn_at is not None:
        return
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    append(by=by, kind="learning.entry.withdrawn/1", path=row.path, refs={"entry": str(row.id)}, now=now)


def add_work(*, by: Actor, child: UUID, title: str, text: str, picture: bytes | None, alt: str, now: datetime) -> UUID:
    """Add a pupil's own work, as the pupil or a guardian does; the family and the teachers see it. Returns its id.

    The picture is of the work. Journal: ``learning.work.added/1``. Needs ``learning.family.add`` for the child. Raises
    NotInGroup (the child is in no class today), NoConsent (a picture of a protected child), TextMissing, TextTooLong,
    PictureInvalid, AltMissing.
    """
    must_reach(by, "learning.family.add", child)
    made = reencode(picture) if picture is not None else None
    return _add_work(by, child, title, text, made, alt, now)


@transaction.atomic
def _add_work(by: Actor, child: UUID, title: str, text: str, made: Reencoded | None, alt: str, now: datetime) -> UUID:
    on = now.date()
    placed = schools.placement(person=child, on=on)
    group = schools.group(placed.class_group) if placed is not None and placed.class_group is not None else None
    if group is None:
        raise NotInGroup("The child is in no class today.", field="title")
    if made is not None and people.protected([child]):
        raise NoConsent("There are no pictures of this child.", field="picture", children=[str(child)])
    row = Entry(
        id=new_id(), group_id=group.id, school_id=group.school, path=group.path, kind=EntryKind.WORK.value, own=True,
        title=needed(title, "title"), text=bounded(text, "text"), on=on, made_by=by.id, made_at=now, published_at=now,
    )  # fmt: skip
    _save(row, [child], ())
    if made is not None:
        _keep(row, made, alt, (), now)
    append(by=by, kind="learning.work.added/1", path=row.path, refs={"work": str(row.id), "child": str(child)}, now=now)
    return row.id


def _written(by: Actor, entry: UUID) -> Entry:
    with transaction.atomic():
        row = Entry.objects.select_for_update().filter(id=entry).first()
    if row is None:
        raise NotFound("There is no such entry.", entry=str(entry))
    by.must(WRITE, row.path, group=row.group_id)
    return row


def _must_be_showable(children: Sequence[UUID], now: datetime) -> None:
    who = showable(children, now.date())
    found = blocking(children, consented=who.consented, protected=who.protected)
    if found:
        raise NoConsent(
            "Somebody in a picture may not be shown.", field="children", children=[str(one) for one in found]
        )


def _save(row: Entry, children: Sequence[UUID], goals: Sequence[UUID]) -> None:
    row.save(force_insert=True)
    EntryChild.objects.bulk_create(EntryChild(entry=row, child_id=one) for one in dict.fromkeys(children))
    EntryGoal.objects.bulk_create(EntryGoal(entry=row, goal_id=one) for one in dict.fromkeys(goals))


def _keep(row: Entry, made: Reencoded, alt: str, children: Sequence[UUID], now: datetime) -> UUID:
    said = alt.strip()
    if not said:
        raise AltMissing("Say in words what the picture shows.", field="alt")
    if len(said) > LONGEST_ALT:
        raise PictureInvalid(f"At most {LONGEST_ALT} characters.", field="alt")
    if Picture.objects.filter(entry=row).count() >= MOST_PICTURES:
        raise TooManyPictures(f"At most {MOST_PICTURES} pictures.", field="picture", most=MOST_PICTURES)
    last = Picture.objects.filter(entry=row).aggregate(last=Max("number"))["last"] or 0
    one = Picture(
        id=new_id(), entry=row, number=last + 1, alt=said, width=made.width, height=made.height, data=made.data,
        thumb=made.thumb, made_at=now,
    )  # fmt: skip
    one.save(force_insert=True)
    PictureChild.objects.bulk_create(PictureChild(picture=one, child_id=child) for child in dict.fromkeys(children))
    return one.id


def _refs(row: Entry, children: Sequence[UUID]) -> dict[str, object]:
    return {"entry": str(row.id), "pupils": sorted(str(child) for child in set(children))}
