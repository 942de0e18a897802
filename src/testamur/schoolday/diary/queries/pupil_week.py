"""A pupil's week: the timetable as the days changed it, and homework."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, Planned
from testamur.schoolday.diary.models import Lesson
from testamur.schoolday.diary.queries.schooling import schoolings
from testamur.schoolday.diary.rules.pupil import Homework, PupilLesson, Schooling, Week
from testamur.schoolday.diary.rules.states import LessonState

Groups = Mapping[UUID, tuple[GroupView, ...]]
"""Pupil → his or her groups."""
FRIDAY, SUNDAY = timedelta(days=4), timedelta(days=6)


def days(
    *,
    by: Actor,
    pupils: Collection[UUID],
    first: date,
    last: date,
    of: Mapping[UUID, Schooling] | None = None,
    groups: Groups | None = None,
) -> dict[UUID, tuple[PupilLesson, ...]]:
    """The lessons of each pupil from `first` to `last`, in order of time; four queries, and four for the schooling.

    `groups`: what `groups_of` gave for these days, where the caller has it already.
    """
    known = of if of is not None else schoolings(by=by, pupils=pupils, on=first)
    return _days(known, groups if groups is not None else groups_of(known, first, last), first, last)[0]


def week(
    *,
    by: Actor,
    pupils: Collection[UUID],
    monday: date,
    on: date,
    of: Mapping[UUID, Schooling] | None = None,
    groups: Groups | None = None,
) -> dict[UUID, Week]:
    """The week that begins on `monday`: lessons, homework that was set in it or is due in it, holidays.

    `groups`: what `groups_of` gave for these days, where the caller has it already.
    """
    known = of if of is not None else schoolings(by=by, pupils=pupils, on=on)
    last = monday + SUNDAY
    groups = groups if groups is not None else groups_of(known, monday, monday + FRIDAY)
    lessons, written = _days(known, groups, monday, last)
    tasks = _homework(known, groups, written, monday, last)
    free = {path: schools.holidays(path=path, first=monday, last=last) for path in {one.path for one in known.values()}}
    return {
        pupil: Week(
            known[pupil],
            monday,
            last,
            lessons[pupil],
            tasks[pupil],
            tuple(
                (day, one.name)
                for day in (monday + timedelta(days=n) for n in range(7))
                for one in free[known[pupil].path]
                if one.starts <= day <= one.ends
            ),
        )
        for pupil in pupils
    }


def homework(*, by: Actor, pupils: Collection[UUID], on: date) -> dict[UUID, tuple[Homework, ...]]:
    """Homework that is due on that day or later, or was set in the last week for no certain day; six queries."""
    known = schoolings(by=by, pupils=pupils, on=on)
    groups = groups_of(known, on, on)
    rows = Lesson.objects.filter(group__in={one.id for some in groups.values() for one in some}).exclude(homework="")
    since = on - timedelta(days=7)
    rows = rows.filter(Q(due__gte=on) | Q(due__isnull=True, on__range=(since, on)))
    ordered = list(rows.order_by("due", "on", "starts", "id"))
    return {
        pupil: tuple(_task(known[pupil], row) for row in ordered if row.group_id in {g.id for g in groups[pupil]})
        for pupil in pupils
    }


def groups_of(known: Mapping[UUID, Schooling], first: date, last: date) -> Groups:
    """The groups of each pupil on the first day, and on the last one where the school year begins or ends between."""
    found = schools.groups_of(persons=list(known), on=first)
    years = [one.period(first) for one in known.values()]
    if last != first and any(first < begins or last > ends for begins, ends in years):
        later = schools.groups_of(persons=list(known), on=last)
        found = {pupil: tuple(dict.fromkeys((*found[pupil], *later[pupil]))) for pupil in known}
    return found


def _days(
    known: Mapping[UUID, Schooling], groups: Groups, first: date, last: date
) -> tuple[dict[UUID, tuple[PupilLesson, ...]], list[Lesson]]:
    every = {one.id: one for some in groups.values() for one in some}
    planned = schools.planned(on=(first, last), groups=list(every)) if every else ()
    rows = _lessons(groups=list(every), first=first, last=last)
    written = {(row.slot, row.on): row for row in rows if row.slot is not None}
    taken: set[UUID] = set()
    by_group: dict[UUID, list[tuple[Planned | None, Lesson | None]]] = defaultdict(list)
    for one in planned:
        row = written.get((one.slot.id, one.on))
        if row is not None:
            taken.add(row.id)
        by_group[one.group.id].append((one, row))
    for row in rows:
        if row.id not in taken:
            by_group[row.group_id].append((None, row))
    found: dict[UUID, tuple[PupilLesson, ...]] = {}
    for pupil, mine in groups.items():
        lessons = [_lesson(known[pupil], every[g.id], *pair) for g in mine for pair in by_group[g.id]]
        found[pupil] = tuple(sorted(lessons, key=lambda one: (one.on, one.starts, one.ends, one.group_code)))
    return found, rows


@prepared
def _lessons(groups: Collection[UUID], first: date, last: date) -> QuerySet[Lesson]:
    return Lesson.objects.filter(group__in=groups, on__range=(first, last)).order_by("starts", "id")


def _lesson(schooling: Schooling, group: GroupView, plan: Planned | None, row: Lesson | None) -> PupilLesson:
    slot = plan.slot if plan is not None else None
    code = row.subject if row is not None else slot.subject if slot is not None else ""
    code = code or group.subject or group.course
    teacher = row.teacher if row is not None else slot.teacher if slot is not None else None
    source = row if row is not None else slot
    assert source is not None
    return PupilLesson(
        on=row.on if row is not None else plan.on if plan is not None else date.min,
        starts=source.starts,
        ends=source.ends,
        number=source.number,
        subject=code,
        subject_name=schooling.subject(code),
        group=group.id,
        group_code=group.code,
        room=(row.room if row is not None else "") or (slot.room if slot is not None else ""),
        teacher=teacher,
        substitute=slot is not None and row is not None and row.teacher not in {None, slot.teacher},
        cancelled=row is not None and row.state == LessonState.CANCELLED,
        topic=row.topic if row is not None else "",
        homework=row.homework if row is not None else "",
        due=row.due if row is not None else None,
        lesson=row.id if row is not None else None,
        slot=slot.id if slot is not None else None,
        version=row.version if row is not None else 0,
        moved=slot is not None
        and row is not None
        and (row.starts, row.ends, row.room or slot.room) != (slot.starts, slot.ends, slot.room),
    )


def _homework(
    known: Mapping[UUID, Schooling],
    groups: Groups,
    written: list[Lesson],
    first: date,
    last: date,
) -> dict[UUID, tuple[Homework, ...]]:
    every = {one.id for some in groups.values() for one in some}
    due = Lesson.objects.filter(group__in=list(every), due__range=(first, last)).exclude(homework="")
    rows = {row.id: row for row in (*due, *(row for row in written if row.homework))}
    ordered = sorted(rows.values(), key=lambda row: (row.due or row.on, row.on, row.starts, row.id))
    return {
        pupil: tuple(_task(known[pupil], row) for row in ordered if row.group_id in {g.id for g in mine})
        for pupil, mine in groups.items()
    }


def _task(schooling: Schooling, row: Lesson) -> Homework:
    return Homework(row.id, row.subject, schooling.subject(row.subject), row.homework, row.on, row.due)
