"""Columns of the mark grid: added, changed, shown to families, taken out."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal import actions as journal
from testamur.law.diary import MarkKind
from testamur.schoolday.diary.models import Mark, Task
from testamur.schoolday.diary.queries.marks import standing_cells
from testamur.schoolday.diary.queries.rooms import must_teach
from testamur.schoolday.diary.queries.rooms import room as room_of
from testamur.schoolday.diary.rules.marks import (
    WHY,
    KindUnknown,
    TaskBusy,
    TaskRetired,
    WhyNeeded,
    check_day,
    check_title,
    check_weight,
    kind_of,
    term_of,
)
from testamur.schoolday.diary.rules.rooms import Room

PLAN = "diary.mark.plan"
"""The permission for columns."""


@transaction.atomic
def add_task(
    *,
    by: Actor,
    group: UUID,
    subject: str,
    kind: str,
    on: date,
    now: datetime,
    title: str = "",
    weight: Decimal | None = None,
    hidden: bool = False,
) -> UUID:
    """Add a column for the marks of the day: a test, an oral examination. The weight is the kind's where none is said.

    Needs ``diary.mark.plan`` at the group and to teach the subject. Raises NotFound, `NotYourSubject`, `KindUnknown`
    (also for a kind that closes a period: `ensure_closing`), `TaskDayOutside`, `WeightInvalid`, `TitleTooLong`.
    Journal: ``diary.task.added/1``.
    """
    room = room_of(group=group, on=on)
    must_teach(by=by, verb=PLAN, room=room, subject=subject, on=now.date())
    known = kind_of(room, subject, kind, on)
    if known.closes:
        raise KindUnknown("That mark closes a period; its column is made by itself.", field="kind", kind=kind)
    check_day(room, on)
    row = _new(by, room, subject, known, on, term_of(room, on), now)
    row.title, row.hidden = check_title(title), hidden
    row.weight = check_weight(known.weight if weight is None else weight)
    row.save(force_insert=True)
    _journal(by, "diary.task.added/1", row, now)
    return row.id


@transaction.atomic
def ensure_closing(*, by: Actor, group: UUID, subject: str, term: UUID, kind: str, now: datetime) -> UUID:
    """The column whose marks close that term, or (for an annual kind) the year; made when it is not there yet.

    Needs ``diary.mark.plan`` at the group and to teach the subject. Raises NotFound, `NotYourSubject`, `KindUnknown`.
    Journal: ``diary.task.added/1`` when it was made.
    """
    room = room_of(group=group, on=now.date())
    must_teach(by=by, verb=PLAN, room=room, subject=subject, on=now.date())
    period = next((one for one in room.year.terms if one.id == term), None)
    if period is None:
        raise NotFound("There is no such term in this school year.", term=str(term))
    known = kind_of(room, subject, kind, period.ends)
    if not known.closes:
        raise KindUnknown("That mark closes no period.", field="kind", kind=kind)
    if known.closes == "year":
        period = room.year.terms[-1]
    there = Task.objects.filter(group=group, subject=subject, term=period.id, kind=kind).exclude(closes="")
    row = there.first()
    if row is not None:
        return row.id
    row = _new(by, room, subject, known, period.ends, period.id, now)
    row.weight = check_weight(known.weight)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # a colleague made it a moment ago
        return there.get().id
    _journal(by, "diary.task.added/1", row, now)
    return row.id


@transaction.atomic
def change_task(
    *,
    by: Actor,
    task: UUID,
    now: datetime,
    title: str | None = None,
    weight: Decimal | None = None,
    on: date | None = None,
    hide: bool = False,
) -> None:
    """Change a column; what is None stays. `hide`: families no longer see its marks, until `show_task`.

    Needs ``diary.mark.plan`` at the group and to teach the subject. Raises as `add_task`, and `TaskRetired`.
    Journal: ``diary.task.changed/1``.
    """
    row, room = _held(by, task, now)
    if title is not None:
        row.title = check_title(title)
    if weight is not None:
        row.weight = check_weight(weight)
    if on is not None and not row.closes:
        check_day(room, on)
        kind_of(room, row.subject, row.kind, on)
        row.on, row.term_id = on, term_of(room, on)
    if hide:
        row.hidden, row.shown_at = True, None
    row.save(update_fields=["title", "weight", "on", "term", "hidden", "shown_at"])
    _journal(by, "diary.task.changed/1", row, now)


@transaction.atomic
def show_task(*, by: Actor, task: UUID, now: datetime) -> int:
    """Let families see all marks of a hidden column at once; how many there are. A shown one stays as it is.

    Needs ``diary.mark.plan`` at the group and to teach the subject. Raises NotFound, `NotYourSubject`, `TaskRetired`.
    Journal: ``diary.task.shown/1`` with the pupils who have a mark.
    """
    row, _room = _held(by, task, now)
    if not row.hidden:
        return 0
    row.hidden, row.shown_at = False, now
    row.save(update_fields=["hidden", "shown_at"])
    pupils = sorted(pupil for pupil, cells in standing_cells([task]).items() if cells[task].value)
    journal.append(
        by=by, kind="diary.task.shown/1", path=row.path, now=now,
        refs={"task": str(task), "group": str(row.group_id), "subject": row.subject, "pupils": [*map(str, pupils)]},
    )  # fmt: skip
    return len(pupils)


@transaction.atomic
def retire_task(*, by: Actor, task: UUID, now: datetime, why: str = "") -> None:
    """Take a column out of the grid. Where marks stand, each is taken back, with `why` as its comment.

    Needs ``diary.mark.plan`` at the group and to teach the subject. Raises NotFound, `NotYourSubject`, `TaskRetired`,
    `WhyNeeded`, `TaskBusy`. Journal: ``diary.task.retired/1`` with the marks and pupils.
    """
    row, _room = _held(by, task, now)
    stand = [(pupil, cells[task]) for pupil, cells in sorted(standing_cells([task]).items()) if cells[task].value]
    text = " ".join(why.split())
    if stand and not WHY <= len(text) <= 400:  # noqa: PLR2004 - the length of a mark's comment
        raise WhyNeeded("Say why: marks stand in this column.", field="why", marks=len(stand))
    back = [
        Mark(id=new_id(), task_id=task, pupil_id=pupil, value="", comment=text, made_by=by.id, made_at=now,
             replaces_id=cell.id)
        for pupil, cell in stand
    ]  # fmt: skip
    try:
        with transaction.atomic():
            Mark.objects.bulk_create(back)
    except IntegrityError:
        raise TaskBusy("Somebody is writing in this column just now.", task=str(task)) from None
    row.retired = True
    row.save(update_fields=["retired"])
    journal.append(
        by=by, kind="diary.task.retired/1", path=row.path, now=now,
        refs={
            "task": str(task), "group": str(row.group_id), "subject": row.subject,
            "marks": [str(one.id) for one in back], "pupils": [str(one.pupil_id) for one in back],
        },
    )  # fmt: skip


def held(by: Actor, verb: str, task: UUID, now: datetime) -> tuple[Task, Room]:
    """A column that is in the grid, with its room, for one who may; raises as the verbs do."""
    row = Task.objects.filter(id=task).first()
    if row is None:
        raise NotFound("There is no such column.", task=str(task))
    room = room_of(group=row.group_id, on=now.date())
    must_teach(by=by, verb=verb, room=room, subject=row.subject, on=now.date())
    if row.retired:
        raise TaskRetired("This column was taken out of the grid.", task=str(task))
    return row, room


def _held(by: Actor, task: UUID, now: datetime) -> tuple[Task, Room]:
    return held(by, PLAN, task, now)


def _new(by: Actor, room: Room, subject: str, kind: MarkKind, on: date, term: UUID, now: datetime) -> Task:
    return Task(
        school_id=room.school.id, path=room.path, group_id=room.group.id, subject=subject, term_id=term,
        kind=kind.code, closes=kind.closes, on=on, made_by=by.id, made_at=now,
    )  # fmt: skip


def _journal(by: Actor, kind: str, row: Task, now: datetime) -> None:
    refs = {"task": str(row.id), "group": str(row.group_id), "subject": row.subject}
    journal.append(by=by, kind=kind, path=row.path, refs=refs, now=now)
