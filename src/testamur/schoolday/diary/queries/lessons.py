"""Reading lessons: what is planned, what was registered, and the class list of one lesson."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.prepared import prepared
from testamur.register.people import queries as people
from testamur.register.people.queries import chunks
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Planned, SlotView, takes_place
from testamur.schoolday.diary.models import Absence, Lesson
from testamur.schoolday.diary.queries import health, leaves
from testamur.schoolday.diary.queries.rooms import EVERY, room
from testamur.schoolday.diary.rules.leaves import LeaveView
from testamur.schoolday.diary.rules.lessons import (
    STANDS_IN_AHEAD,
    STANDS_IN_BEFORE,
    Homework,
    LessonView,
)
from testamur.schoolday.diary.rules.rooms import NotYourSubject, Room
from testamur.schoolday.diary.rules.states import AbsenceKind, LeaveState, LessonState

_LATELY = timedelta(days=4)
"""A pupil's absence so short before a lesson is told there: from Friday to Tuesday."""
_AHEAD = timedelta(days=21)
"""The next lessons are looked for so far ahead."""


@dataclass(frozen=True, slots=True)
class Before:
    """That a pupil was not there earlier the same day, or on the last school day with an absence."""

    on: date
    kind: AbsenceKind


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One pupil in the class list of a lesson.

    Attributes:
        kind: how the pupil was not there; None for there.
        leave: a report or request for the lesson that is known ahead; granted ones first.
        health: how many health notes the viewer may read; says nothing else.
    """

    pupil: PersonView
    kind: AbsenceKind | None
    minutes: int | None
    excused: bool | None
    leave: LeaveView | None
    before: Before | None
    health: int


@dataclass(frozen=True, slots=True)
class Register:
    """A lesson with its class list. `next_days`: when the group has this subject next; days for homework."""

    lesson: LessonView
    room: Room
    rows: tuple[RegisterRow, ...]
    next_days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A lesson in a list, with the code of its group."""

    lesson: LessonView
    code: str


def lesson(*, id: UUID, on: date) -> LessonView:  # noqa: A002 - what stands in an address
    """The lesson that a weekly lesson (or a row of its own) with that id is on that day. Two queries.

    Shows nobody anything: who may is the caller's to ask. Raises NotFound.
    """
    row = Lesson.objects.select_related("group").filter(Q(slot=id) | Q(id=id), on=on).first()
    weekly = schools.slots_by_id([id if row is None else row.slot or id])
    slot = weekly.get(id if row is None else row.slot or id)
    if row is not None:
        return _of_row(row, slot)
    if slot is None or not takes_place(slot, on):
        raise NotFound("There is no such lesson.", lesson=str(id), on=str(on))
    return _of_slot(slot, on)


def must_give(*, by: Actor, verb: str, lesson: LessonView) -> None:
    """Raise NotAllowed without `verb` at the lesson's group, `NotYourSubject` unless `by` gives the lesson.

    It gives whoever stands in, whoever gives it as a rule or teaches the subject there, the class teacher, and who
    holds ``diary.group.every``.
    """
    by.must(verb, lesson.path, group=lesson.group)
    if by.id in {lesson.teacher, lesson.usual} or by.may(EVERY, lesson.path):
        return
    if by.may("diary.class.lesson", lesson.path, group=lesson.group):
        return
    taught = {t.subject for t in schools.teaching(person=by.id, on=lesson.on) if t.group == lesson.group}
    if not taught & {"", lesson.subject}:
        raise NotYourSubject("Somebody else gives this lesson.", field="lesson", subject=lesson.subject)


def substitutions(*, person: UUID, on: date) -> dict[UUID, frozenset[UUID]]:
    """School → groups of the lessons that a person gives about that day, timetable or not: what grants need. One query.

    From a week before, to put things right, until the day after, to prepare.
    """
    found: dict[UUID, set[UUID]] = {}
    for school, group in _stands_in(person=person, first=on - STANDS_IN_BEFORE, last=on + STANDS_IN_AHEAD):
        found.setdefault(school, set()).add(group)
    return {school: frozenset(groups) for school, groups in found.items()}


@prepared
def _stands_in(person: UUID, first: date, last: date) -> QuerySet[Lesson, tuple[UUID, UUID]]:
    rows = Lesson.objects.filter(teacher=person, on__range=(first, last))
    return rows.values_list("school_id", "group_id").distinct()


def mine(*, by: Actor, first: date, last: date) -> tuple[Line, ...]:
    """The lessons of `by` from one day to another, in order: by the timetable and those that `by` stands in for.

    Those that somebody else gives instead are there too (`substituted`). Five queries at most.
    """
    planned = schools.planned(on=(first, last), teacher=by.id)
    rows = rows_where(Q(teacher=by.id) | Q(slot__in={one.slot.id for one in planned}), first, last)
    return lines_from(planned, rows, only=lambda view: by.id in {view.teacher, view.usual})


def of_school(*, by: Actor, school: UUID, on: date) -> tuple[Line, ...]:
    """Every lesson of a school on a day, in order of time and class. Needs ``diary.completeness.see`` at the school."""
    unit = schools.unit(school)
    if unit is None:
        raise NotFound("There is no such school.", school=str(school))
    by.must("diary.completeness.see", unit.path)
    return lines_from(
        schools.planned(on=on, school=school), rows_where(Q(school=school), on, on), only=lambda _view: True
    )


def not_taken(lines: Iterable[Line], *, on: date, until: time | None = None) -> tuple[Line, ...]:
    """The lessons on a day that should be registered and are not; with `until`, of those that ended by then."""
    return tuple(
        line
        for line in lines
        if line.lesson.on == on
        and line.lesson.state is LessonState.PLANNED
        and (until is None or line.lesson.ends <= until)
    )


def homework_due(*, groups: Collection[UUID], on: date) -> dict[tuple[UUID, str], tuple[Homework, ...]]:
    """Homework that is due on a day, by group and subject, in the order in which it was set. One query."""
    if not groups:
        return {}
    rows = Lesson.objects.filter(group__in=list(groups), due=on).exclude(homework="").order_by("on", "starts", "id")
    found: dict[tuple[UUID, str], list[Homework]] = {}
    for group, subject, text, set_on in rows.values_list("group_id", "subject", "homework", "on"):
        found.setdefault((group, subject), []).append(Homework(group, subject, text, set_on))
    return {key: tuple(some) for key, some in found.items()}


def register(*, by: Actor, id: UUID, on: date) -> Register:  # noqa: A002 - what stands in an address
    """A lesson with its class list, as whoever gives it sees it; the same number of queries for any class.

    Raises NotFound, NotAllowed, ``diary.not_your_subject``, ``diary.no_pack``.
    """
    view = lesson(id=id, on=on)
    must_give(by=by, verb="diary.attendance.see", lesson=view)
    here = room(group=view.group, on=on)
    ids = [one.person for one in schools.members(group=view.group, on=on)]
    names = people.people(by=by, ids=ids, numbers=False)
    now, lately = _absences(view, ids)
    known = leaves.known(pupils=ids, on=on)
    notes = health.marked(by=by, room=here, pupils=ids, on=on)
    rows = []
    for pupil in sorted(names.values(), key=lambda one: (one.sort_key, one.id)):
        absence = now.get(pupil.id)
        covering = [one for one in known.get(pupil.id, ()) if one.covers(on, view.starts, view.ends)]
        covering.sort(key=lambda one: one.state is not LeaveState.GRANTED)
        rows.append(
            RegisterRow(
                pupil,
                AbsenceKind(absence.kind) if absence else None,
                absence.minutes if absence else None,
                absence.excused if absence else None,
                covering[0] if covering else None,
                lately.get(pupil.id),
                notes.get(pupil.id, 0),
            )
        )
    return Register(view, here, tuple(rows), _next_days(view))


def _absences(view: LessonView, pupils: Collection[UUID]) -> tuple[dict[UUID, Absence], dict[UUID, Before]]:
    """What stands for this lesson, and the last absence shortly before it."""
    now: dict[UUID, Absence] = {}
    lately: dict[UUID, Before] = {}
    rows = Absence.objects.filter(pupil__in=list(pupils), on__range=(view.on - _LATELY, view.on), void=False)
    for row in rows.select_related("lesson").order_by("on", "lesson__starts", "id"):
        if row.lesson_id == view.id:
            now[row.pupil_id] = row
        elif row.on < view.on or row.lesson.starts < view.starts:
            lately[row.pupil_id] = Before(row.on, AbsenceKind(row.kind))
    return now, lately


def _next_days(view: LessonView) -> tuple[date, ...]:
    coming = schools.planned(on=(view.on + timedelta(days=1), view.on + _AHEAD), group=view.group)
    return tuple(dict.fromkeys(one.on for one in coming if one.slot.subject == view.subject))[:3]


def rows_where(which: Q, first: date, last: date) -> list[Lesson]:
    """What was written about lessons between two days; for this package's own files."""
    return list(Lesson.objects.select_related("group").filter(which, on__range=(first, last)).order_by("on", "id"))


def lines_from(
    planned: Iterable[Planned], rows: Iterable[Lesson], *, only: Callable[[LessonView], bool]
) -> tuple[Line, ...]:
    """Planned lessons and what was written, as lines in order of time; for this package's own files."""
    plans = {(one.slot.id, one.on): one for one in planned}
    weekly = {one.slot.id: one.slot for one in plans.values()}
    written = list(rows)
    weekly |= _strange(written, weekly)
    found = [(_of_row(row, weekly.get(row.slot) if row.slot else None), row.group.code) for row in written]
    there = {(row.slot, row.on) for row in written}
    found += [(_of_slot(one.slot, one.on), one.group.code) for key, one in plans.items() if key not in there]
    lines = [Line(view, code) for view, code in found if only(view)]
    return tuple(sorted(lines, key=lambda one: (one.lesson.on, one.lesson.starts, one.code, one.lesson.key)))


def _strange(rows: Iterable[Lesson], known: Mapping[UUID, SlotView]) -> dict[UUID, SlotView]:
    """Weekly lessons of rows that were not asked for: those of others that somebody stands in for."""
    ids = {row.slot for row in rows if row.slot is not None and row.slot not in known}
    return {key: slot for chunk in chunks(ids) for key, slot in schools.slots_by_id(chunk).items()}


def _of_slot(slot: SlotView, on: date) -> LessonView:
    return LessonView(
        id=None, slot=slot.id, school=slot.school, group=slot.group, path=slot.path, subject=slot.subject,
        teacher=slot.teacher, usual=slot.teacher, on=on, number=slot.number, starts=slot.starts, ends=slot.ends,
        room=slot.room, planned=(slot.starts, slot.ends, slot.room),
    )  # fmt: skip


def _of_row(row: Lesson, slot: SlotView | None) -> LessonView:
    return LessonView(
        id=row.id, slot=row.slot, school=row.school_id, group=row.group_id, path=row.path, subject=row.subject,
        teacher=row.teacher, usual=slot.teacher if slot else row.teacher, on=row.on, number=row.number,
        starts=row.starts, ends=row.ends, room=row.room or (slot.room if slot else ""), state=LessonState(row.state),
        topic=row.topic, homework=row.homework, due=row.due, note=row.note, taken_at=row.taken_at,
        taken_by=row.taken_by, version=row.version, planned=(slot.starts, slot.ends, slot.room) if slot else None,
    )  # fmt: skip
