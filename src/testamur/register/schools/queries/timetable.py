"""Reading the timetable: what is planned when, who teaches whom, and when nobody does.

Who may see a timetable is the caller's to ask: it holds no more than a notice on a classroom door.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.memory import recall
from testamur.kernel.prepared import LONGEST, prepared
from testamur.register.curriculum.rules import prefixes
from testamur.register.people.queries import chunks
from testamur.register.schools.models import Group, Holiday, Post, Slot
from testamur.register.schools.queries.organisation import GROUP, group_of, group_view, post_rows, running
from testamur.register.schools.rules import (
    GroupView,
    HolidayView,
    Planned,
    Role,
    SlotView,
    Teaching,
    Week,
    days,
    is_free,
    takes_place,
)

_TEACHES = (Role.TEACHER, Role.CLASS_TEACHER, Role.EXAMINER)


def planned(
    *,
    on: date | tuple[date, date],
    teacher: UUID | None = None,
    group: UUID | None = None,
    groups: Collection[UUID] | None = None,
    school: UUID | None = None,
) -> tuple[Planned, ...]:
    """The lessons that the timetable plans on a day, or from one day to another (both included), in order of time.

    Of a teacher, a group, some groups, a school: what is said is asked together; at least one must be. Holidays of the
    school and of the units above it have no lessons. Two queries, for some thousand groups too.
    """
    first, last = on if isinstance(on, tuple) else (on, on)
    dates: dict[int, list[date]] = defaultdict(list)
    for day in days(first, last):
        dates[day.isoweekday()].append(day)
    asked = _asked(first, last, teacher=teacher, group=group, groups=groups, school=school)
    views = {view.id: view for _slot, view in asked}
    # the path of a group begins with that of its school: what is free there is free here
    free = _holidays({view.path for view in views.values()}, first, last)
    found = [
        Planned(slot, day, views[slot.group])
        for slot, _view in asked
        for day in dates[slot.weekday]
        if takes_place(slot, day) and not is_free(slot.path, day, free)
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.slot.starts, one.slot.ends, one.group.code, one.slot.id)))


def slots(
    *,
    on: date | tuple[date, date],
    teacher: UUID | None = None,
    group: UUID | None = None,
    groups: Collection[UUID] | None = None,
    school: UUID | None = None,
) -> tuple[SlotView, ...]:
    """The weekly lessons that are in force on a day (or on some day of a period), in order of the week.

    Asked as in `planned`: the timetable as it hangs on the wall, holidays or not.
    """
    first, last = on if isinstance(on, tuple) else (on, on)
    asked = _asked(first, last, teacher=teacher, group=group, groups=groups, school=school)
    found = [slot for slot, _view in asked]
    return tuple(sorted(found, key=lambda one: (one.weekday, one.starts, one.ends, one.path, one.id)))


def slots_by_id(ids: Iterable[UUID]) -> dict[UUID, SlotView]:
    """Weekly lessons by id, those of the past too; an unknown id is left out."""
    return {
        row.id: _slot(row)
        for chunk in chunks(dict.fromkeys(ids))
        for row in Slot.objects.select_related("group").filter(id__in=chunk)
    }


def holidays(*, path: str, first: date, last: date) -> tuple[HolidayView, ...]:
    """The holidays between two days (both included) that hold at `path`: of its unit and of those above, in order."""
    return _holidays({path}, first, last)


def holidays_under(*, path: str, first: date, last: date) -> tuple[HolidayView, ...]:
    """The holidays between two days (both included) of the units at or below `path`, in order; for the office."""
    rows = Holiday.objects.select_related("unit").filter(unit__path__startswith=path)
    return tuple(map(_holiday, rows.filter(starts__lte=last, ends__gte=first).order_by("starts", "unit__path")))


def school_years_of(*, groups: Iterable[UUID]) -> dict[UUID, tuple[date, date]]:
    """The first and the last day of each group's school year; an unknown id is left out."""
    return {
        key: (starts, ends)
        for chunk in chunks(dict.fromkeys(groups))
        for key, starts, ends in Group.objects.filter(id__in=chunk).values_list(
            "id", "school_year__starts", "school_year__ends"
        )
    }


def teaching(*, person: UUID, on: date) -> tuple[Teaching, ...]:
    """Which groups a person teaches in what on that day, by posts and by the timetable, each once; two queries.

    A post for no subject is for that of a teaching group, and for all subjects of a class; a class teacher's only where
    nobody else is said to teach there, by a teacher's post or the timetable. A post without a group (a teacher of
    the school) gives no group here. A third query where the person is a class teacher.
    """
    posts = [row for row in post_rows(person, on) if row[4] in _TEACHES and row[3] is not None]
    whole = [row[3] for row in posts if row[4] == Role.CLASS_TEACHER and not (row[5] or row[10] or row[11])]
    shared = _shared(person, tuple(sorted(whole)), on) if whole else frozenset()
    posts = [row for row in posts if row[3] not in shared or row[3] not in whole or row[4] != Role.CLASS_TEACHER]
    held = ((row[1], row[3], row[5] or row[10] or row[11], Role(row[4])) for row in posts)
    return _told(held, ((person, group, subject) for _school, group, subject in given(person=person, on=on)))


def _shared(person: UUID, groups: tuple[UUID, ...], on: date) -> frozenset[UUID]:
    """Those of the groups in which somebody else teaches on that day. One query; remembered."""
    slots = Slot.objects.filter(group__in=groups, valid_from__lte=on, valid_to__gte=on).exclude(teacher=person)
    slots = slots.filter(teacher__isnull=False)
    posts = Post.objects.filter(running(on), group__in=groups, role=Role.TEACHER).exclude(person=person)
    both = slots.order_by().values_list("group_id").union(posts.order_by().values_list("group_id"))
    return recall(("schools.shared", person, groups, on), lambda: frozenset(group for (group,) in both))


def given(*, person: UUID, on: date) -> tuple[tuple[UUID, UUID, str], ...]:
    """(school, group, subject) of a person's weekly lessons in force on that day, each once. One query; remembered."""
    return recall(("schools.given", person, on), lambda: tuple(_given(person=person, on=on)))


@prepared
def _given(person: UUID, on: date) -> QuerySet[Slot, tuple[UUID, UUID, str]]:
    rows = Slot.objects.filter(teacher=person, valid_from__lte=on, valid_to__gte=on).order_by("subject")
    return rows.values_list("school_id", "group_id", "subject").distinct()


def teachers_of(*, groups: Collection[UUID], on: date) -> tuple[Teaching, ...]:
    """Who teaches these groups in what on that day, by posts and by the timetable, each once; two queries."""
    posts = Post.objects.filter(running(on), role__in=_TEACHES, group__in=groups).order_by("starts", "id")
    rows = posts.values_list("person_id", "group_id", "subject", "group__subject", "group__course", "role")
    held = ((person, group, own or of or course, Role(role)) for person, group, own, of, course, role in rows)
    slots = Slot.objects.filter(group__in=groups, valid_from__lte=on, valid_to__gte=on, teacher__isnull=False)
    return _told(held, slots.order_by("subject").values_list("teacher", "group", "subject").distinct())


def _asked(
    first: date,
    last: date,
    *,
    teacher: UUID | None,
    group: UUID | None,
    groups: Collection[UUID] | None,
    school: UUID | None,
) -> list[tuple[SlotView, GroupView]]:
    if teacher is None and group is None and groups is None and school is None:
        raise ValueError("Name a teacher, a group or a school: the timetable of everybody is nobody's question.")
    weekdays = tuple(day.isoweekday() for day in days(first, last)) if last - first < _WHOLE_WEEK else None
    if groups is not None and len(groups) <= LONGEST and teacher is group is school is None:
        some = _of_groups(groups=groups, first=first, last=last, weekdays=weekdays)
        return [(_slot_of(row), group_of(row[_WIDTH:])) for row in some]
    wanted = Q(valid_from__lte=last, valid_to__gte=first)
    if weekdays is not None:
        wanted &= Q(weekday__in=weekdays)
    if teacher is not None:
        wanted &= Q(teacher=teacher)
    if group is not None:
        wanted &= Q(group=group)
    if school is not None:
        wanted &= Q(school=school)
    every = Slot.objects.select_related("group__school_year").filter(wanted)
    views: dict[UUID, GroupView] = {}
    found = []
    for rows in [every] if groups is None else (every.filter(group__in=some) for some in chunks(dict.fromkeys(groups))):
        for row in rows:
            view = views.get(row.group_id) or views.setdefault(row.group_id, group_view(row.group))
            found.append((_slot(row), view))
    return found


_SLOT = (
    "id", "school_id", "group_id", "group__path", "subject", "teacher", "weekday", "week", "number", "starts", "ends",
    "room", "valid_from", "valid_to",
)  # fmt: skip
_WIDTH = len(_SLOT)
_WHOLE_WEEK = timedelta(days=6)
"""From its first day to its last: every weekday is wanted."""


@prepared
def _of_groups(
    groups: Collection[UUID], first: date, last: date, weekdays: tuple[int, ...] | None
) -> QuerySet[Slot, tuple[Any, ...]]:
    rows = Slot.objects.filter(valid_from__lte=last, valid_to__gte=first, group__in=groups)
    if weekdays is not None:
        rows = rows.filter(weekday__in=weekdays)
    return rows.values_list(*_SLOT, *(f"group__{name}" for name in GROUP))


def _slot_of(row: tuple[Any, ...]) -> SlotView:
    *names, week, number, starts, ends, room, valid_from, valid_to = row[:_WIDTH]
    key, school, group, path, subject, teacher, weekday = names
    when = (Week(week), number, starts, ends, room, valid_from, valid_to)
    return SlotView(key, school, group, path, subject, teacher, weekday, *when)


def _holidays(paths: Collection[str], first: date, last: date) -> tuple[HolidayView, ...]:
    ways = {way for path in paths for way in prefixes(path) if way}
    if not ways:
        return ()
    rows = Holiday.objects.select_related("unit").filter(unit__path__in=ways, starts__lte=last, ends__gte=first)
    return tuple(map(_holiday, rows.order_by("starts", "unit__path")))


def _told(
    posts: Iterable[tuple[UUID, UUID, str, Role]], slots: Iterable[tuple[UUID, UUID, str]]
) -> tuple[Teaching, ...]:
    found: dict[tuple[UUID, UUID, str], Role] = {}
    for person, group, subject, role in posts:
        found.setdefault((person, group, subject), role)
    for one in slots:
        found.setdefault(one, Role.TEACHER)
    rows = [Teaching(person, group, subject, role) for (person, group, subject), role in found.items()]
    return tuple(sorted(rows, key=lambda one: (one.group, one.subject, one.person)))


def _slot(row: Slot) -> SlotView:
    return SlotView(
        id=row.id,
        school=row.school_id,
        group=row.group_id,
        path=row.group.path,
        subject=row.subject,
        teacher=row.teacher_id,
        weekday=row.weekday,
        week=Week(row.week),
        number=row.number,
        starts=row.starts,
        ends=row.ends,
        room=row.room,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _holiday(row: Holiday) -> HolidayView:
    return HolidayView(row.id, row.unit_id, row.unit.path, row.starts, row.ends, row.name)
