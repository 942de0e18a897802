"""Planning talks, preparing them, and writing what was said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.learning.models import FollowUp, Preparation, Talk
from testamur.schoolday.learning.queries.hiding import kept_from, untold
from testamur.schoolday.learning.queries.reach import group_of, must_be_members
from testamur.schoolday.learning.rules import (
    Changed,
    DateInvalid,
    Part,
    TalkOver,
    TimeElsewhere,
    bounded,
    needed,
)
from testamur.schoolday.noticeboard import queries as board

WRITE = "learning.talk.write"


@transaction.atomic
def plan_talk(
    *, by: Actor, group: UUID, pupil: UUID, at: datetime, place: str, agenda: str, now: datetime,
    time: UUID | None = None,
) -> UUID:  # fmt: skip
    """Plan a talk about a pupil; returns its id. The family is told. Journal: ``learning.talk.planned/1``.

    Where a guardian is in hiding, not all of the family are told (`rules.told_of_talk`).

    With `time`, a booked time of a meeting, it is held then and there. Needs ``learning.talk.write`` in the class.
    Raises NotFound, NotInGroup, TimeElsewhere, TextTooLong.
    """
    one = group_of(group)
    by.must(WRITE, one.path, group=group)
    must_be_members(one, {pupil}, now.date())
    row = Talk(
        id=new_id(), pupil_id=pupil, group_id=group, school_id=one.school, path=one.path, at=at, host=by.id,
        place=bounded(place, "place", 200), agenda=bounded(agenda, "agenda"), made_by=by.id, made_at=now,
    )  # fmt: skip
    if time is not None:
        _hold_at(by, row, time, now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise TimeElsewhere("There is a talk at that time already.", field="time") from twice
    append(by=by, kind="learning.talk.planned/1", path=row.path, refs=_told(row, now), now=now)
    return row.id


@transaction.atomic
def change_talk(*, by: Actor, talk: UUID, at: datetime, place: str, agenda: str, seen: int, now: datetime) -> None:
    """Change when and where a talk is held and about what; the family is told. Journal: ``learning.talk.changed/1``.

    Needs ``learning.talk.write`` in the class. Raises NotFound, TalkOver, Changed, TextTooLong.
    """
    row = _open(by, talk, seen)
    row.at, row.place, row.agenda = at, bounded(place, "place", 200), bounded(agenda, "agenda")
    row.seen += 1
    row.save()
    append(by=by, kind="learning.talk.changed/1", path=row.path, refs=_told(row, now), now=now)


@transaction.atomic
def call_off_talk(*, by: Actor, talk: UUID, now: datetime) -> None:
    """Call a talk off; the family is told. Journal: ``learning.talk.called_off/1``.

    Needs ``learning.talk.write`` in the class. Raises NotFound, TalkOver.
    """
    row = _open(by, talk, None)
    row.called_off_at = now
    row.save(update_fields=["called_off_at"])
    append(by=by, kind="learning.talk.called_off/1", path=row.path, refs=_told(row, now), now=now)


@transaction.atomic
def prepare_talk(*, by: Actor, talk: UUID, well: str, harder: str, wish: str, now: datetime) -> None:
    """Write down, before a talk, what goes well, what is harder, and what one wishes to speak about.

    Each person's own words; later ones take the place of earlier ones. Journal: ``learning.talk.prepared/1``. Needs
    ``learning.family.prepare`` for the pupil. Raises NotFound, TalkOver, TextTooLong.
    """
    row = _row(talk)
    by.must("learning.family.prepare", row.path, person=row.pupil_id)
    if kept_from(by.id, [(row.id, row.pupil_id, row.time, row.at)]):
        raise NotFound("There is no such talk.", talk=str(talk))
    _must_be_open(row)
    said = {
        "part": (Part.PUPIL if by.id == row.pupil_id else Part.GUARDIAN).value,
        "well": bounded(well, "well", 3000),
        "harder": bounded(harder, "harder", 3000),
        "wish": bounded(wish, "wish", 3000),
        "at": now,
    }
    Preparation.objects.update_or_create(talk=row, person=by.id, defaults=said, create_defaults={"id": new_id()} | said)
    append(by=by, kind="learning.talk.prepared/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def write_minutes(
    *, by: Actor, talk: UUID, minutes: str, points: Sequence[tuple[str, date]], seen: int, now: datetime
) -> None:
    """Hand over what was said at a talk and what is to be done until when: school and family see the same.

    Minutes can be handed over again; points that are done stay done. Journal: ``learning.talk.minuted/1``. Needs
    ``learning.talk.write`` in the class. Raises NotFound, TalkOver (called off), Changed, TextMissing, TextTooLong,
    DateInvalid.
    """
    row = _row(talk)
    by.must(WRITE, row.path, group=row.group_id)
    if row.called_off_at is not None:
        raise TalkOver("The talk was called off.", field="minutes")
    _must_be_seen(row, seen)
    row.minutes, row.minutes_at, row.seen = needed(minutes, "minutes", 6000), now, row.seen + 1
    row.save()
    wanted = {(needed(text, "points", 500), _day(due, row)) for text, due in points}
    kept = {(one.text, one.due): one for one in FollowUp.objects.filter(talk=row)}
    FollowUp.objects.filter(id__in=[one.id for key, one in kept.items() if key not in wanted]).delete()
    FollowUp.objects.bulk_create(
        FollowUp(id=new_id(), talk=row, text=text, due=due) for text, due in sorted(wanted - kept.keys())
    )
    refs = _told(row, now) | {"count": len(wanted)}
    append(by=by, kind="learning.talk.minuted/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def follow_up(*, by: Actor, point: UUID, done: bool, now: datetime) -> None:
    """Say that a point is done, or that it is not. Journal: ``learning.talk.followed/1``.

    Needs ``learning.talk.write`` in the class. Raises NotFound.
    """
    one = FollowUp.objects.select_related("talk").filter(id=point).first()
    if one is None:
        raise NotFound("There is no such point.", point=str(point))
    by.must(WRITE, one.talk.path, group=one.talk.group_id)
    one.done_at, one.done_by = (now, by.id) if done else (None, None)
    one.save(update_fields=["done_at", "done_by"])
    refs = _refs(one.talk) | {"point": str(point), "done": done}
    append(by=by, kind="learning.talk.followed/1", path=one.talk.path, refs=refs, now=now)


def _hold_at(by: Actor, row: Talk, time: UUID, now: datetime) -> None:
    """Take day, hour, room and host from a time that is booked for the pupil."""
    since = now - timedelta(days=60)
    booked = next((one for one in board.times_of(by=by, children=[row.pupil_id], since=since) if one.id == time), None)
    if booked is None:
        raise TimeElsewhere("That time is not booked for this pupil.", field="time")
    row.time, row.at, row.host = time, booked.starts_at, booked.host
    row.place = row.place or booked.room


def _day(due: date, row: Talk) -> date:
    if not timezone.localdate(row.at) - timedelta(days=366) <= due <= timezone.localdate(row.at) + timedelta(days=800):
        raise DateInvalid("Choose a day of these school years.", field="points")
    return due


def _row(talk: UUID) -> Talk:
    row = Talk.objects.select_for_update().filter(id=talk).first()
    if row is None:
        raise NotFound("There is no such talk.", talk=str(talk))
    return row


def _open(by: Actor, talk: UUID, seen: int | None) -> Talk:
    row = _row(talk)
    by.must(WRITE, row.path, group=row.group_id)
    _must_be_open(row)
    if seen is not None:
        _must_be_seen(row, seen)
    return row


def _must_be_open(row: Talk) -> None:
    if row.called_off_at is not None or row.minutes_at is not None:
        raise TalkOver("The talk has been held, or called off.", field="talk")


def _must_be_seen(row: Talk, seen: int) -> None:
    if row.seen != seen:
        raise Changed("Somebody else has written here meanwhile.", field="agenda", version=row.seen)


def _told(row: Talk, now: datetime) -> dict[str, object]:
    """The refs of an entry of which the family is told, but for those from whom a guardian hides."""
    without = untold(pupil=row.pupil_id, time=row.time, at=row.at, on=now.date())
    return _refs(row) | ({"without": sorted(map(str, without))} if without else {})


def _refs(row: Talk) -> dict[str, object]:
    return {"talk": str(row.id), "pupil": str(row.pupil_id)}
