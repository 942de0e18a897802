"""Where pupils go: their school, class and groups on a day, and every enrolment until then.

The children of a family are asked for together, and by several parts of one page: what is read of a few pupils is
every enrolment until the day with its school and group, once, and each question is told from it. Of many pupils only
the rows that a question needs are read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.memory import recall_each
from testamur.kernel.prepared import prepared
from testamur.register.people.queries import chunks
from testamur.register.schools.models import Enrolment
from testamur.register.schools.queries.organisation import GROUP, group_of, group_view, running
from testamur.register.schools.rules import EnrolmentView, GroupKind, GroupView, Placement

FEW = 12
"""So many pupils are a family's."""


@dataclass(frozen=True, slots=True)
class _Stay:
    """One enrolment with its school and its group."""

    enrolment: EnrolmentView
    school_path: str
    group: GroupView | None

    def runs(self, on: date) -> bool:
        return self.enrolment.ends is None or on <= self.enrolment.ends


def placements(*, persons: Collection[UUID], on: date) -> dict[UUID, Placement]:
    """Where each pupil goes to school and which class he or she is in on that day; a pupil of no school is left out.

    The school is that of the enrolment in the school as such, else that of the class; the class is the group of kind
    class.
    """
    found: dict[UUID, Placement] = {}
    for chunk in chunks(dict.fromkeys(persons)):
        schools: dict[UUID, tuple[UUID, str, int | None]] = {}
        classes: dict[UUID, tuple[UUID, UUID, str, str, int | None]] = {}
        for person, school, path, group_id, code, level in _placed(chunk, on):
            if group_id is None:
                schools[person] = (school, path, level)
            else:
                classes[person] = (group_id, school, path, code, level)
        for person in {**schools, **classes}:
            home = schools.get(person)
            room = classes.get(person)
            if room is not None and (home is None or home[0] == room[1]):
                level = room[4] if room[4] is not None else (home[2] if home else None)
                found[person] = Placement(person, room[1], room[2], room[0], room[3], level)
            elif home is not None:
                found[person] = Placement(person, home[0], home[1], None, "", home[2])
    return found


def placement(*, person: UUID, on: date) -> Placement | None:
    """A pupil's school and class on that day, or None."""
    return placements(persons=[person], on=on).get(person)


def groups_of(*, persons: Collection[UUID], on: date) -> dict[UUID, tuple[GroupView, ...]]:
    """The groups that pupils are in on that day, classes and teaching groups, in order of code."""
    found: dict[UUID, list[GroupView]] = {person: [] for person in persons}
    if len(found) <= FEW:
        for person, some in _stays(list(found), on).items():
            views = [one.group for one in some if one.group is not None and one.runs(on)]
            found[person] = sorted(views, key=lambda view: (view.code, view.id))
    else:
        for chunk in chunks(found):
            rows = Enrolment.objects.filter(running(on), person__in=chunk, group__isnull=False)
            for row in rows.select_related("group__school_year").order_by("group__code", "group_id"):
                assert row.group is not None
                found[row.person_id].append(group_view(row.group))
    return {person: tuple(dict.fromkeys(views)) for person, views in found.items()}


def enrolled(*, persons: Collection[UUID], until: date) -> dict[UUID, tuple[EnrolmentView, ...]]:
    """The enrolments of pupils that began by that day, ended ones too, in order of time; one query."""
    found: dict[UUID, list[EnrolmentView]] = {person: [] for person in persons}
    if len(found) <= FEW:
        stays = _stays(list(found), until)
        return {person: tuple(one.enrolment for one in stays.get(person, ())) for person in found}
    for chunk in chunks(found):
        rows = Enrolment.objects.filter(person__in=chunk, starts__lte=until).order_by("starts", "id")
        for key, person, school, group, level, starts, ends in rows.values_list(
            "id", "person_id", "school_id", "group_id", "year_level", "starts", "ends"
        ):
            found[person].append(EnrolmentView(key, person, school, group, level, starts, ends))
    return {person: tuple(views) for person, views in found.items()}


Placed = tuple[UUID, UUID, str, UUID | None, Any, int | None]
"""Pupil, school, its path, class, its code, the year level of the enrolment."""


def _placed(persons: Collection[UUID], on: date) -> Iterable[Placed]:
    """The enrolments of that day in a school as such or in a class, in order of time."""
    if len(persons) <= FEW:
        return [
            (one.enrolment.person, one.enrolment.school, one.school_path, one.enrolment.group,
             one.group.code if one.group is not None else None, one.enrolment.year_level)
            for some in _stays(persons, on).values()
            for one in some
            if one.runs(on) and (one.group is None or one.group.kind is GroupKind.CLASS)
        ]  # fmt: skip
    rows = Enrolment.objects.filter(running(on), person__in=persons)
    rows = rows.filter(Q(group__isnull=True) | Q(group__kind=GroupKind.CLASS)).order_by("starts", "id")
    return rows.values_list("person_id", "school_id", "school__path", "group_id", "group__code", "year_level")


def _stays(persons: Collection[UUID], until: date) -> dict[UUID, tuple[_Stay, ...]]:
    """Every enrolment of a few pupils that began by that day, in order of time; recalled within a page."""
    return recall_each(f"schools.stays.{until}", persons, lambda some: _read(some, until))


def _read(persons: Collection[UUID], until: date) -> dict[UUID, tuple[_Stay, ...]]:
    found: dict[UUID, list[_Stay]] = {person: [] for person in persons}
    for row in _rows(persons=persons, until=until):
        key, person, school, group, level, starts, ends, path = row[:8]
        view = None if group is None else group_of(row[8:])
        found[person].append(_Stay(EnrolmentView(key, person, school, group, level, starts, ends), path, view))
    return {person: tuple(some) for person, some in found.items()}


@prepared
def _rows(persons: Collection[UUID], until: date) -> QuerySet[Enrolment, tuple[Any, ...]]:
    rows = Enrolment.objects.filter(person__in=persons, starts__lte=until).order_by("starts", "id")
    return rows.values_list(
        "id", "person_id", "school_id", "group_id", "year_level", "starts", "ends", "school__path",
        *(f"group__{name}" for name in GROUP),
    )  # fmt: skip
