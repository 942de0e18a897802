"""Lessons: registering who was not there, writing what was done, standing in, cancelling."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.diary.models import Lesson
from testamur.schoolday.diary.queries import lessons as queries
from testamur.schoolday.diary.queries.rooms import EVERY, must_teach, room
from testamur.schoolday.diary.rules.lessons import (
    LessonChanged,
    LessonInvalid,
    LessonKey,
    LessonOff,
    LessonView,
    NewLesson,
    check_hours,
)
from testamur.schoolday.diary.rules.states import LessonState

_TEACHES = {Role.TEACHER, Role.CLASS_TEACHER, Role.EXAMINER}


class NoSuchTeacher(Refused):
    """The one who should stand in holds no teacher's post at the school on that day."""

    code = "diary.lesson.no_such_teacher"


@transaction.atomic
def add_lesson(*, by: Actor, lesson: NewLesson, now: datetime) -> LessonKey:
    """Add a lesson beside the timetable, given by `by`, and return its key. Journal: ``diary.lesson.added/1``.

    Needs ``diary.lesson.add`` at the group, and to teach the subject there. Raises not_found, ``diary.no_pack``,
    ``diary.not_your_subject`` and ``diary.lesson.invalid``.
    """
    here = room(group=lesson.group, on=lesson.on)
    must_teach(by=by, verb="diary.lesson.add", room=here, subject=lesson.subject, on=lesson.on)
    check_hours(lesson.starts, lesson.ends)
    row = Lesson(
        id=new_id(), school_id=here.school.id, path=here.path, group_id=lesson.group, subject=lesson.subject,
        teacher=by.id, on=lesson.on, number=lesson.number, starts=lesson.starts, ends=lesson.ends, note=lesson.note,
    )  # fmt: skip
    row.save(force_insert=True)
    journal.append(by=by, kind="diary.lesson.added/1", path=row.path, refs=refs(row), now=now)
    return LessonKey(row.id, row.on)


@transaction.atomic
def write_topic(
    *,
    by: Actor,
    lesson: LessonKey,
    topic: str,
    homework: str,
    due: date | None,
    note: str | None = None,
    seen_version: int,
    now: datetime,
) -> int:
    """Write what a lesson was about, the homework, and (with `note`) what whoever stands in should know.

    Returns the lesson's new version; `seen_version` is the one that was looked at, 0 for a lesson without a row. Due is
    the day for which the homework is. Journal: ``diary.homework.set/1`` where the homework or its day is new, else
    ``diary.lesson.written/1``. Needs ``diary.lesson.write`` and to give the lesson. Raises not_found,
    ``diary.not_your_subject``, ``diary.lesson.changed``, ``.off`` and ``.invalid``.
    """  # fmt: skip
    row = opened(by=by, verb="diary.lesson.write", key=lesson, seen_version=seen_version)
    if due is not None and due < row.on:
        raise LessonInvalid("Homework is for a day after the lesson.", field="due")
    new = (homework.strip(), due if homework.strip() else None)
    told = bool(new[0]) and new != (row.homework, row.due)
    row.topic, row.homework, row.due = topic.strip()[:400], *new
    row.note = row.note if note is None else note.strip()
    row.version += 1
    row.save(update_fields=["topic", "homework", "due", "note", "version"])
    kind = "diary.homework.set/1" if told else "diary.lesson.written/1"
    journal.append(by=by, kind=kind, path=row.path, refs=refs(row), now=now)
    return row.version


@transaction.atomic
def cancel_lesson(*, by: Actor, lesson: LessonKey, cancelled: bool = True, seen_version: int, now: datetime) -> int:
    """Say that a lesson is not given, or (``cancelled=False``) that it is after all; returns its new version.

    Journal: ``diary.lesson.cancelled/1`` or ``diary.lesson.restored/1``. Needs ``diary.lesson.cancel`` and to give the
    lesson. Raises as `write_topic`, and ``diary.lesson.off`` when attendance is registered: it was given.
    """
    row = opened(by=by, verb="diary.lesson.cancel", key=lesson, seen_version=seen_version, cancelled_too=True)
    if row.state == LessonState.TAKEN:
        raise LessonOff("Attendance is registered: the lesson was given.")
    row.state = LessonState.CANCELLED if cancelled else LessonState.PLANNED
    row.version += 1
    row.save(update_fields=["state", "version"])
    kind = "diary.lesson.cancelled/1" if cancelled else "diary.lesson.restored/1"
    journal.append(by=by, kind=kind, path=row.path, refs=told(row, now), now=now)
    return row.version


@transaction.atomic
def assign_substitute(
    *, by: Actor, lesson: LessonKey, teacher: UUID, note: str = "", seen_version: int, now: datetime
) -> int:
    """Let another teacher of the school give a lesson, with a note; returns its new version.

    Whoever stands in reaches the group from the day before until a week after. The usual teacher as `teacher` ends it.
    Journal: ``diary.lesson.substituted/1``. Needs ``diary.group.every`` at the group: it opens a class to somebody.
    Raises not_found, ``diary.lesson.changed``, ``diary.lesson.off`` and ``diary.lesson.no_such_teacher``.
    """
    row = opened(by=by, verb=EVERY, key=lesson, seen_version=seen_version)
    posts = schools.posts_of(person=teacher, on=row.on)
    if not any(post.unit == row.school_id and post.role in _TEACHES for post in posts):
        raise NoSuchTeacher("Choose a teacher of the school.", field="teacher")
    was = row.teacher
    row.teacher, row.note = teacher, note.strip() or row.note
    row.version += 1
    row.save(update_fields=["teacher", "note", "version"])
    entry = {**told(row, now), "teacher": str(teacher), "was": str(was or "")}
    journal.append(by=by, kind="diary.lesson.substituted/1", path=row.path, refs=entry, now=now)
    return row.version


def refs(row: Lesson) -> dict[str, str]:
    """What every entry about a lesson says."""
    return {"lesson": str(row.id), "group": str(row.group_id)}


def told(row: Lesson, now: datetime) -> dict[str, object]:
    """As `refs`, of a change that families are told of: `over` for a day that is gone everywhere, which nobody is."""
    return {**refs(row), "over": row.on < (now - timedelta(hours=12)).date()}


def opened(*, by: Actor, verb: str, key: LessonKey, seen_version: int, cancelled_too: bool = False) -> Lesson:
    """The lesson's row, locked, for whoever may; made now where the timetable's lesson has none. For this package.

    Raises `LessonChanged` unless its version is the one that was looked at.
    """
    view = queries.lesson(id=key.id, on=key.on)
    queries.must_give(by=by, verb=verb, lesson=view)
    row = _made(view, by, seen_version) if view.id is None else Lesson.objects.select_for_update().get(id=view.id)
    if row.version != (seen_version or 1):
        raise _changed(row)
    if row.state == LessonState.CANCELLED and not cancelled_too:
        raise LessonOff("The lesson is cancelled.")
    return row


def _made(view: LessonView, by: Actor, seen_version: int) -> Lesson:
    """The row of a lesson of the timetable; nobody makes a second one at the same time."""
    school = schools.unit(view.school)
    if school is None or seen_version:
        raise NotFound("There is no such lesson.")
    if schools.holidays(path=school.path, first=view.on, last=view.on):
        raise LessonOff("That day is a holiday.")
    row = Lesson(
        id=new_id(), school_id=view.school, path=view.path, group_id=view.group, subject=view.subject, slot=view.slot,
        teacher=view.teacher or by.id, on=view.on, number=view.number, starts=view.starts, ends=view.ends,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as twice:
        raise _changed(Lesson.objects.get(slot=view.slot, on=view.on)) from twice
    return row


def _changed(row: Lesson) -> LessonChanged:
    return LessonChanged(
        "Somebody else has saved this lesson meanwhile. Look again, then save.",
        version=row.version, taken_by=str(row.taken_by or ""),
    )  # fmt: skip
