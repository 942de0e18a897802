"""Writing, ending and reading health notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.diary.models import HealthNote
from testamur.schoolday.diary.queries.health import notes_of
from testamur.schoolday.diary.queries.pupils import must_be_in
from testamur.schoolday.diary.queries.rooms import room as room_of
from testamur.schoolday.diary.rules.health import HealthCircle, HealthOver, HealthView, check_note, circles
from testamur.schoolday.diary.rules.rooms import Room
from testamur.schoolday.diary.rules.states import Circle, HealthKind


@transaction.atomic
def note_health(
    *,
    by: Actor,
    group: UUID,
    pupil: UUID,
    kind: HealthKind,
    text: str,
    circle: Circle,
    starts: date,
    now: datetime,
    on: date,
    ends: date | None = None,
) -> UUID:
    """Note what those in `circle` need to know of a pupil's health; returns the note's id.

    `group` is the class by which one answers for the pupil, `on` today. Journal: ``diary.health.noted/1``. Raises
    NotAllowed without ``diary.health.write`` in the group, HealthCircle for a circle that one does not belong to,
    NotInGroup, HealthTextMissing, HealthTextTooLong, HealthDates.
    """
    place = room_of(group=group, on=on)
    by.must("diary.health.write", place.path, group=group)
    must_be_in(group=group, pupils=[pupil], on=on)
    if circle not in circles(by, path=place.path, group=group):
        raise HealthCircle("You do not belong to that circle yourself.", field="circle", circle=circle.value)
    row = HealthNote(
        id=new_id(), pupil_id=pupil, school_id=place.school.id, path=place.path, kind=kind.value,
        text=check_note(text, starts, ends), circle=circle.value, starts=starts, ends=ends, made_by=by.id, made_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    refs = {"note": str(row.id), "pupil": str(pupil)}
    append(by=by, kind="diary.health.noted/1", path=place.path, refs=refs, now=now)
    return row.id


@transaction.atomic
def end_health(*, by: Actor, group: UUID, note: UUID, now: datetime, on: date) -> None:
    """A note no longer holds; it stays for who asks later. Journal: ``diary.health.ended/1``.

    Raises NotAllowed without ``diary.health.write`` in the group, NotFound for a note that is not about a pupil of the
    group or is for a circle of others, HealthOver.
    """
    place = room_of(group=group, on=on)
    by.must("diary.health.write", place.path, group=group)
    row = HealthNote.objects.select_for_update().filter(id=note, school=place.school.id).first()
    if row is None or Circle(row.circle) not in circles(by, path=place.path, group=group):
        raise NotFound("There is no such note.", note=str(note))
    must_be_in(group=group, pupils=[row.pupil_id], on=on)
    if row.ended_at is not None:
        raise HealthOver("The note has been ended already.", note=str(note))
    row.ended_at, row.ended_by = now, by.id
    row.save(update_fields=["ended_at", "ended_by"])
    refs = {"note": str(row.id), "pupil": str(row.pupil_id)}
    append(by=by, kind="diary.health.ended/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def read_health(*, by: Actor, room: Room, pupils: Sequence[UUID], now: datetime, on: date) -> tuple[HealthView, ...]:
    """The notes about pupils of a group that `by` needs to know, and that they were read; once for a page.

    A teacher of the group reads what its teachers need to know, its class teacher what class teachers do, the head
    all; only notes of the group's school that have not ended. Journal: ``diary.health.seen/1``, none where there was
    nothing to read. Raises NotAllowed without ``diary.health.see`` in the group, NotInGroup.
    """
    group = room.group.id
    by.must("diary.health.see", room.path, group=group)
    must_be_in(group=group, pupils=pupils, on=on)
    found = notes_of(room, pupils, circles(by, path=room.path, group=group), on)
    if found:
        refs = {
            "group": str(group),
            "notes": [str(one.id) for one in found],
            "pupils": sorted({str(one.pupil) for one in found}),
        }
        append(by=by, kind="diary.health.seen/1", path=room.path, refs=refs, now=now)
    return found
