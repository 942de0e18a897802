"""What a day changes of the timetable: for those who are told, for a board of changes, for a search of who is free."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, time
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.register.people.queries import chunks
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.diary.models import Lesson
from testamur.schoolday.diary.queries.lessons import Line, lines_from, of_school, rows_where
from testamur.schoolday.diary.rules.lessons import Changed, LessonView
from testamur.schoolday.diary.rules.states import LessonState

_TEACHES = {Role.TEACHER, Role.CLASS_TEACHER, Role.EXAMINER}


def changed(ids: Collection[UUID]) -> dict[UUID, Changed]:
    """How these lessons differ from the timetable; an unknown id is left out. Two queries; names nobody."""
    rows = [row for chunk in chunks(dict.fromkeys(ids)) for row in Lesson.objects.filter(id__in=chunk)]
    slots = schools.slots_by_id([row.slot for row in rows if row.slot is not None])
    found = {}
    for row in rows:
        slot = slots.get(row.slot) if row.slot is not None else None
        room = row.room or (slot.room if slot is not None else "")
        moved = slot is not None and (row.starts, row.ends, room) != (slot.starts, slot.ends, slot.room)
        substitute = slot is not None and row.teacher not in {None, slot.teacher}
        off = row.state == LessonState.CANCELLED
        found[row.id] = Changed(
            row.group_id, row.subject, row.on, row.starts, row.ends, room, cancelled=off, substitute=substitute,
            moved=moved,
        )  # fmt: skip
    return found


def givers(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Lesson → who gives it as the day is now; for those who are told. One query."""
    rows = Lesson.objects.filter(id__in=list(ids), teacher__isnull=False).values_list("id", "teacher")
    return {lesson: teacher for lesson, teacher in rows if teacher is not None}


def free_teachers(*, by: Actor, lines: Collection[Line], school: UUID, on: date) -> dict[UUID, tuple[UUID, ...]]:
    """Lesson key → the school's teachers who give no other lesson at that hour, those of the class and subject first.

    `lines`: every lesson of the school on the day (`of_school`). Needs ``diary.completeness.see`` at the school, as
    that list does. Three queries.
    """
    unit = schools.unit(school)
    by.must("diary.completeness.see", unit.path if unit is not None else "/")
    posts = schools.posts_at(unit=school, on=on)
    staff = {post.person for post in posts if post.role in _TEACHES}
    views = [line.lesson for line in lines]
    given = [view for view in views if not view.cancelled]
    knows = {(row.person, row.group) for row in schools.teachers_of(groups={view.group for view in views}, on=on)}
    subjects = {(view.usual, view.subject) for view in views}
    found = {}
    for view in views:
        free = staff - {view.teacher, view.usual} - _busy(given, view.starts, view.ends)

        def worth(person: UUID, view: LessonView = view) -> tuple[bool, bool, UUID]:
            return ((person, view.group) not in knows, (person, view.subject) not in subjects, person)

        found[view.key] = tuple(sorted(free, key=worth))
    return found


def week_of(
    *,
    first: date,
    last: date,
    teacher: UUID | None = None,
    groups: Collection[UUID] | None = None,
    school: UUID | None = None,
) -> tuple[Line, ...]:
    """The lessons of a teacher, of groups or of a school between two days, as the days changed them, in order.

    What is said is asked together; a teacher's are those of the timetable and those that he or she stands in for. It
    holds no more than the notice at a classroom's door: who may see it is the caller's to ask. Five queries at most.
    """
    planned = schools.planned(on=(first, last), teacher=teacher, groups=groups, school=school)
    which = Q(slot__in={one.slot.id for one in planned})
    if teacher is not None:
        which |= Q(teacher=teacher) if school is None else Q(teacher=teacher, school=school)
    elif groups is not None:
        which |= Q(group__in=list(groups))
    elif school is not None:
        which |= Q(school=school)
    rows = rows_where(which, first, last)
    return lines_from(planned, rows, only=lambda view: teacher is None or teacher in {view.teacher, view.usual})


def day_of_school(*, by: Actor, school: UUID, on: date) -> tuple[Line, ...]:
    """The lessons of a school that a day changes, in order of time. Needs ``diary.completeness.see`` at the school."""
    lines = of_school(by=by, school=school, on=on)
    return tuple(one for one in lines if one.lesson.cancelled or one.lesson.substituted or one.lesson.moved)


def _busy(given: Collection[LessonView], starts: time, ends: time) -> set[UUID]:
    return {view.teacher for view in given if view.teacher is not None and view.starts < ends and starts < view.ends}
