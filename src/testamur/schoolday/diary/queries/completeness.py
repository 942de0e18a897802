"""How far the diary of a school is filled in, and how soon; counted by the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import ExtractHour, ExtractMinute, TruncDate

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.contract import Pack
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import EnrolmentView, GroupView, SlotView, UnitView
from testamur.schoolday.diary.models import Lesson, Mark
from testamur.schoolday.diary.rules.completeness import IN_TIME, Calendar, Filled

Where = tuple[UUID, str, UUID | None]
"""Group, subject, teacher."""


@dataclass(frozen=True, slots=True)
class Completeness:
    """The rows of a school for a period, in order of class and subject, with the groups by id."""

    school: UnitView
    first: date
    last: date
    rows: tuple[Filled, ...]
    groups: dict[UUID, GroupView]


@dataclass(slots=True)
class _Sum:
    planned: int = 0
    taken: int = 0
    off: int = 0
    in_time: int = 0
    other_day: int = 0
    topics: int = 0
    minutes: int = 0
    timed: int = 0


def completeness(*, by: Actor, school: UUID, first: date, last: date, zone: ZoneInfo) -> Completeness:
    """Each class, subject and teacher of a school from one day to another: planned and registered, when, marks.

    Lessons that somebody stood in for count for the teacher of the timetable. `zone`: the school's own. Needs
    ``diary.completeness.see`` at the school. The same number of queries for a school of any size. Raises not_found.
    """
    unit = schools.unit(school)
    if unit is None:
        raise NotFound("There is no such school.", school=str(school))
    by.must("diary.completeness.see", unit.path)
    return _of(unit, first, last, zone, None)


def of_class(*, by: Actor, group: UUID, first: date, last: date, zone: ZoneInfo) -> Completeness:
    """The same for one class, for its class teacher. Needs ``diary.completeness.see`` at the class."""
    one = schools.group(group)
    unit = schools.unit(one.school) if one is not None else None
    if one is None or unit is None:
        raise NotFound("There is no such group.", group=str(group))
    by.must("diary.completeness.see", one.path, group=group)
    return _of(unit, first, last, zone, group)


def _of(unit: UnitView, first: date, last: date, zone: ZoneInfo, group: UUID | None) -> Completeness:
    slots = schools.slots(on=(first, last), school=unit.id, group=group)
    sums, where = _planned(unit, slots, first, last), {slot.id: _where(slot) for slot in slots}
    lessons = Lesson.objects.filter(school=unit.id, on__range=(first, last))
    marks = Mark.objects.filter(task__school=unit.id, task__on__range=(first, last))
    if group is not None:
        lessons, marks = lessons.filter(group=group), marks.filter(task__group=group)
    _registered(sums, where, lessons, zone)
    counted = _marks(marks)
    groups = schools.groups_by_id({key[0] for key in sums})
    members = schools.members_of(groups=groups, on=last)
    pack = PACKS.get(schools.pack_of(unit.id, on=last))
    rows = [
        _filled(key, some, counted.get(key[:2], (0, 0)), _pupils(pack, groups[key[0]], key[1], last, members))
        for key, some in sums.items()
    ]
    rows.sort(key=lambda row: (groups[row.group].code, row.subject, str(row.teacher)))
    return Completeness(unit, first, last, tuple(rows), groups)


def _where(slot: SlotView) -> Where:
    return (slot.group, slot.subject, slot.teacher)


def _planned(unit: UnitView, slots: Iterable[SlotView], first: date, last: date) -> dict[Where, _Sum]:
    free = schools.holidays(path=unit.path, first=first, last=last)
    calendar = Calendar(unit.path, first, last, free)
    found: dict[Where, _Sum] = defaultdict(_Sum)
    for slot in slots:
        found[_where(slot)].planned += calendar.count(slot)
    return found


def _registered(sums: dict[Where, _Sum], where: dict[UUID, Where], lessons: QuerySet[Lesson], zone: ZoneInfo) -> None:
    """Add what was written; one row of the database for each weekly lesson, and one for lessons beside it."""
    taken = Q(state="taken")
    after = _minutes("taken_at", zone) - _minutes("ends")
    same_day = Q(day=F("on"))
    rows = (
        lessons.annotate(day=TruncDate("taken_at", tzinfo=zone))
        .annotate(late=Case(When(taken & same_day, then=after), default=Value(None), output_field=IntegerField()))
        .values("slot", "group", "subject", "teacher")
        .annotate(
            taken=Count("id", filter=taken),
            off=Count("id", filter=Q(state="cancelled")),
            topics=Count("id", filter=taken & Q(topic="")),
            in_time=Count("id", filter=Q(late__lte=IN_TIME)),
            timed=Count("late"),
            minutes=Sum("late", filter=Q(late__gt=0)),
        )
        .order_by("slot", "group", "subject", "teacher")
    )
    for row in rows:
        beside = row["slot"] is None
        own = (row["group"], row["subject"], row["teacher"])
        key = own if beside else where.get(row["slot"] or row["group"], own)
        one = sums[key]
        one.planned += row["taken"] if beside else 0
        one.taken += row["taken"]
        one.off += 0 if beside else row["off"]
        one.topics += row["topics"]
        one.in_time += row["in_time"]
        one.other_day += row["taken"] - row["timed"]
        one.minutes += row["minutes"] or 0
        one.timed += row["timed"]


def _minutes(field: str, zone: ZoneInfo | None = None) -> CombinedExpression:
    """The minute of the day; the database's own arithmetic, the same on both."""
    return ExtractHour(field, tzinfo=zone) * 60 + ExtractMinute(field, tzinfo=zone)


def _marks(marks: QuerySet[Mark]) -> dict[tuple[UUID, str], tuple[int, int]]:
    """Group and subject → marks that stand, and pupils who have one."""
    rows = (
        marks.filter(replaced_by__isnull=True, task__closes="")
        .exclude(value="")
        .values("task__group", "task__subject")
        .annotate(marks=Count("id"), pupils=Count("pupil", distinct=True))
        .order_by("task__group", "task__subject")
    )
    return {(row["task__group"], row["task__subject"]): (row["marks"], row["pupils"]) for row in rows}


def _pupils(
    pack: Pack | None, group: GroupView, subject: str, on: date, members: dict[UUID, tuple[EnrolmentView, ...]]
) -> int:
    """How many pupils should have marks: 0 where the pack gives none in that subject at the group's level."""
    kinds = pack.diary.mark_kinds(group.year_level or 0, on) if pack is not None else ()
    graded = any(not kind.closes and (not kind.subjects or subject in kind.subjects) for kind in kinds)
    return len(members[group.id]) if graded else 0


def _filled(key: Where, some: _Sum, marks: tuple[int, int], pupils: int) -> Filled:
    return Filled(
        *key, planned=some.planned, taken=some.taken, off=some.off, in_time=some.in_time, other_day=some.other_day,
        minutes=round(some.minutes / some.timed) if some.timed else None, topics=some.topics, marks=marks[0],
        marked=marks[1] if pupils else 0, pupils=pupils,
    )  # fmt: skip
