"""Changes of a day: a lesson at another hour or in another room, and all lessons of a teacher who is away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions.checks import at
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.actions.lessons import assign_substitute, cancel_lesson, opened, told
from testamur.schoolday.diary.queries.rooms import EVERY
from testamur.schoolday.diary.rules.lessons import LessonKey, LessonOff, Move, StandIn, check_hours
from testamur.schoolday.diary.rules.states import LessonState


@transaction.atomic
def move_lesson(*, by: Actor, lesson: LessonKey, move: Move | None, seen_version: int, now: datetime) -> int:
    """Let a lesson be at another hour of its day or in another room; None puts it back. Returns its new version.

    Journal: ``diary.lesson.moved/1``. Needs ``diary.lesson.cancel`` and to give the lesson. Raises not_found,
    ``diary.not_your_subject``, ``diary.lesson.changed``, ``.invalid``, and ``.off`` when it is cancelled or given.
    """
    if move is not None:
        check_hours(move.starts, move.ends)
    row = opened(by=by, verb="diary.lesson.cancel", key=lesson, seen_version=seen_version)
    if row.state == LessonState.TAKEN:
        raise LessonOff("Attendance is registered: the lesson was given.")
    slot = schools.slots_by_id([row.slot]).get(row.slot) if row.slot is not None else None
    if move is not None:
        row.starts, row.ends = move.starts, move.ends
        room = move.room.strip()[:40]
        row.room = "" if slot is not None and room == slot.room else room
    elif slot is not None:
        row.starts, row.ends, row.room = slot.starts, slot.ends, ""
    row.version += 1
    row.save(update_fields=["starts", "ends", "room", "version"])
    journal.append(by=by, kind="diary.lesson.moved/1", path=row.path, refs=told(row, now), now=now)
    return row.version


@transaction.atomic
def replace_teacher(*, by: Actor, changes: Sequence[StandIn], note: str = "", now: datetime) -> dict[UUID, int]:
    """Say for all lessons of a teacher who is away who gives them, or that nobody does; all of them, or none.

    Returns the new versions by the lessons' keys. Journal: that of `assign_substitute` and `cancel_lesson`, lesson by
    lesson, so that each class is told of its own. Needs ``diary.group.every`` at every class. Raises as they do;
    `found` names the item as ``index``.
    """
    versions: dict[UUID, int] = {}
    for index, one in enumerate(changes):
        with at(index):
            if one.teacher is None:
                row = opened(by=by, verb=EVERY, key=one.lesson, seen_version=one.version)
                versions[one.lesson.id] = cancel_lesson(by=by, lesson=one.lesson, seen_version=row.version, now=now)
            else:
                versions[one.lesson.id] = assign_substitute(
                    by=by, lesson=one.lesson, teacher=one.teacher, note=note, seen_version=one.version, now=now
                )
    return versions
