"""To whom a form goes on a day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID

from testamur.register.schools import queries as schools
from testamur.schoolday.forms.rules import FormView


def roster(form: FormView, *, on: date, school: UUID | None = None) -> dict[UUID | None, tuple[UUID, ...]]:
    """Group → its pupils that day, whom the form is about; a child of several groups stands in the first.

    The groups of the form, or, where it goes to everybody of `school`, its classes (None: pupils of no class).
    """
    if form.groups:
        members = schools.members_of(groups=form.groups, on=on)
        seen: set[UUID] = set()
        found: dict[UUID | None, tuple[UUID, ...]] = {}
        for group in form.groups:
            found[group] = tuple(one for one in dict.fromkeys(row.person for row in members[group]) if one not in seen)
            seen.update(found[group])
        return found
    return everybody(school or form.unit, on)


def everybody(school: UUID, on: date) -> dict[UUID | None, tuple[UUID, ...]]:
    """The pupils of a school by class."""
    rooms = schools.members_of(groups=[one.id for one in schools.groups(school=school)], on=on)
    rows = (*schools.pupils_of_school(school=school, on=on), *(one for some in rooms.values() for one in some))
    pupils = list(dict.fromkeys(one.person for one in rows))
    placed = schools.placements(persons=pupils, on=on)
    found: dict[UUID | None, list[UUID]] = defaultdict(list)
    for pupil in pupils:
        where = placed.get(pupil)
        found[where.class_group if where is not None and where.school == school else None].append(pupil)
    return {group: tuple(some) for group, some in found.items()}
