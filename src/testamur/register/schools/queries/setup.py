"""How complete the data of a school is before it begins: class by class, counts alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.law.contract import Pack, Subject
from testamur.law.tables import PACKS
from testamur.register.people.gaps import Gap, gaps
from testamur.register.people.queries import chunks
from testamur.register.schools.models import Enrolment
from testamur.register.schools.queries.organisation import groups, members_of
from testamur.register.schools.queries.timetable import slots, teachers_of
from testamur.register.schools.queries.units import pack_of
from testamur.register.schools.rules import GroupKind, GroupView, Role, Teaching, UnitView


@dataclass(frozen=True, slots=True)
class ClassSetup:
    """What a class has and lacks.

    Attributes:
        pupils: how many are in it.
        class_teacher: it has one.
        untaught: codes of the programme's subjects that nobody teaches here, in the law's order.
        lessons: of its own in the weekly timetable.
        gaps: how many of its pupils have which gap.
    """

    group: GroupView
    pupils: int
    class_teacher: bool
    untaught: tuple[str, ...]
    lessons: int
    gaps: Counter[Gap]


def setup(*, by: Actor, school: UnitView, school_year: UUID, on: date) -> tuple[ClassSetup, ...]:
    """The classes of a school in a school year on a day of it, in order of code. Needs ``schools.group.see``."""
    by.must("schools.group.see", school.path)
    all_groups = groups(school=school.id, school_year=school_year)
    classes = [one for one in all_groups if one.kind is GroupKind.CLASS]
    pack = PACKS.get(pack_of(school.id, on=on))
    inside = {
        group: {row.person for row in rows}
        for group, rows in members_of(groups=[g.id for g in all_groups], on=on).items()
    }
    teaching: dict[UUID, list[Teaching]] = defaultdict(list)
    for row in teachers_of(groups=[group.id for group in all_groups], on=on):
        teaching[row.group].append(row)
    lessons = Counter(one.group for one in slots(on=(on, on + timedelta(days=6)), school=school.id))
    lacks = gaps(pupils={pupil for one in classes for pupil in inside[one.id]}, on=on)
    found = []
    for one in classes:
        others = {
            other.subject for other in all_groups if other.subject and not inside[one.id].isdisjoint(inside[other.id])
        }
        found.append(
            ClassSetup(
                group=one,
                pupils=len(inside[one.id]),
                class_teacher=any(t.role is Role.CLASS_TEACHER for t in teaching[one.id]),
                untaught=untaught(programme(pack, one.year_level, on), taught(teaching[one.id]) | others),
                lessons=lessons[one.id],
                gaps=Counter(gap for pupil in inside[one.id] for gap in lacks[pupil]),
            )
        )
    return tuple(found)


def programme(pack: Pack | None, level: int | None, on: date) -> tuple[Subject, ...]:
    """The subjects that the law's programme has in that year level, electives too; none without a pack or level."""
    return () if pack is None or level is None else pack.subjects_for(level, on)


def taught(rows: Iterable[Teaching]) -> set[str]:
    """Which subjects a class is taught by somebody; an empty code is all of them.

    A class teacher has all subjects, unless some are named as his or hers: then those alone.
    """
    some = list(rows)
    named = {one.person for one in some if one.subject}
    leading = {one.person for one in some if one.role is Role.CLASS_TEACHER}
    return {one.subject for one in some if one.subject or one.person not in named & leading}


def untaught(subjects: Iterable[Subject], taught: Collection[str]) -> tuple[str, ...]:
    """Which subjects nobody teaches: a block stands for its parts, and whoever teaches everything leaves none."""
    some = tuple(subjects)
    if "" in taught:
        return ()
    covered = {code for one in some if one.code in taught for code in one.covers}
    return tuple(
        one.code
        for one in some
        if not one.covers and not one.elective and one.code not in taught and one.code not in covered
    )


def pupils_ever(*, persons: Collection[UUID], path: str) -> frozenset[UUID]:
    """Those of the persons who are or were pupils of a school at or below `path`."""
    rows = Enrolment.objects.filter(school__path__startswith=path)
    found = (rows.filter(person__in=chunk).values_list("person_id", flat=True) for chunk in chunks(persons))
    return frozenset(person for some in found for person in some)


def left_by(*, persons: Collection[UUID], path: str, day: date) -> frozenset[UUID]:
    """Those who were pupils of a school at or below `path` and are pupils of no school anywhere from `day` on."""
    found: set[UUID] = set()
    for chunk in chunks(persons):
        rows = Enrolment.objects.filter(person__in=chunk)
        here = set(rows.filter(school__path__startswith=path).values_list("person_id", flat=True))
        still = rows.filter(Q(ends__isnull=True) | Q(ends__gte=day))
        found |= here - set(still.values_list("person_id", flat=True))
    return frozenset(found)
