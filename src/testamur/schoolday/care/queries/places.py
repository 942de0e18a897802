"""Where children have care, how it is arranged there, and who works in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.memory import recall_each
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.prepared import prepared
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Form, GroupView, UnitKind, UnitView
from testamur.schoolday.care import models
from testamur.schoolday.care.rules import FORMS, Hours, Setting, default_setting

SEE = "care.presence.see"
"""What the staff of a group may do; a unit's staff are those who may do it in one of its groups."""


@dataclass(frozen=True, slots=True)
class CarePlace:
    """The unit and group in which a child has care."""

    child: UUID
    unit: UUID
    unit_path: str
    unit_name: str
    form: Form
    group: UUID
    group_path: str
    group_code: str


@dataclass(frozen=True, slots=True)
class CareGroup:
    """A group with care, its unit, and how it is arranged."""

    group: GroupView
    unit: UnitView
    setting: Setting


def places(*, children: Collection[UUID], on: date) -> dict[UUID, CarePlace]:
    """Where each child has care on that day; one without is left out. Three queries; for the caller's own check."""
    return recall_each(f"care.place.{on}", children, lambda some: _places(some, on))


def _places(children: Collection[UUID], on: date) -> dict[UUID, CarePlace]:
    groups = schools.groups_of(persons=children, on=on)
    units = schools.units({one.school for some in groups.values() for one in some})
    arranged = _arranged(units)
    found: dict[UUID, CarePlace] = {}
    for child, some in groups.items():
        mine = [(one, units[one.school]) for one in some if one.school in units]
        # a unit that is nothing but care comes first: the school of an after-school child may have set hours too
        ordered = sorted(mine, key=lambda pair: pair[1].form not in FORMS)
        for group, unit in ordered:
            if unit.form in FORMS or unit.id in arranged:
                found[child] = CarePlace(
                    child, unit.id, unit.path, unit.name, unit.form, group.id, group.path, group.code
                )
                break
    return found


def place(*, child: UUID, on: date) -> CarePlace:
    """Where one child has care on that day. Raises NotFound where it has none."""
    found = places(children=[child], on=on).get(child)
    if found is None:
        raise NotFound("The child has no care on that day.", field="child")
    return found


def settings(units: Mapping[UUID, UnitView]) -> dict[UUID, Setting]:
    """How each unit's care is arranged; what is usual for its form where nothing was set."""
    kept = _kept(units)
    return {key: kept.get(key) or default_setting(key, unit.form) for key, unit in units.items()}


def has_care(units: Mapping[UUID, UnitView]) -> frozenset[UUID]:
    """Those of the units that have care: by their form, or since its hours were set."""
    arranged = _arranged(units)
    return frozenset(key for key, unit in units.items() if unit.form in FORMS or key in arranged)


def care_unit(unit: UUID) -> tuple[UnitView, Setting]:
    """A unit with care and how it is arranged. Raises NotFound for every other."""
    found = schools.units([unit])
    if unit not in has_care(found):
        raise NotFound("There is no care at that place.", field="unit")
    return found[unit], settings(found)[unit]


def arrangeable(unit: UUID) -> tuple[UnitView, Setting]:
    """A school, with how its care is arranged or would be: setting hours is how its care begins. Raises NotFound."""
    found = schools.units([unit])
    if unit not in found or found[unit].kind is not UnitKind.SCHOOL:
        raise NotFound("There is no such school.", field="unit")
    return found[unit], settings(found)[unit]


def care_group(group: UUID) -> CareGroup:
    """A group with care. Raises NotFound for every other."""
    found = schools.group(group)
    if found is None:
        raise NotFound("There is no such group.", field="group")
    unit, setting = care_unit(found.school)
    return CareGroup(found, unit, setting)


def groups_at(*, unit: UUID, on: date) -> tuple[GroupView, ...]:
    """The groups of a unit whose school year holds that day."""
    every = schools.groups(school=unit)
    years = schools.school_years_of(groups=[one.id for one in every])
    return tuple(one for one in every if years[one.id][0] <= on <= years[one.id][1])


def groups_of_staff(*, by: Actor, unit: UUID, on: date) -> tuple[GroupView, ...]:
    """The groups of a unit in which `by` works with the children, in order of code."""
    mine = [one for one in groups_at(unit=unit, on=on) if by.may(SEE, one.path, group=one.id)]
    return tuple(sorted(mine, key=lambda one: one.code))


def must_be_staff(by: Actor, unit: UnitView, on: date) -> None:
    """Raise NotAllowed unless `by` leads the unit or works in one of its groups: a fire is everybody's."""
    if by.may(SEE, unit.path):
        return
    if not groups_of_staff(by=by, unit=unit.id, on=on):
        raise NotAllowed("Only the staff of this place may see this.", verb=SEE, path=unit.path)


def children_of(groups: Iterable[UUID], on: date) -> dict[UUID, UUID]:
    """Child → group, of everybody who is in one of the groups on that day."""
    found = schools.members_of(groups=groups, on=on)
    return {one.person: group for group, rows in found.items() for one in rows}


def _arranged(units: Collection[UUID]) -> frozenset[UUID]:
    return frozenset(_kept(units))


def _kept(units: Collection[UUID]) -> dict[UUID, Setting]:
    """What was set for units; one query, none where a page asked already."""
    return recall_each(
        "care.setting", list(units), lambda some: {row.unit: _setting(row) for row in _settings(units=some)}
    )


@prepared
def _settings(units: Collection[UUID]) -> QuerySet[models.Setting]:
    return models.Setting.objects.filter(unit__in=units)


def _setting(row: models.Setting) -> Setting:
    return Setting(
        row.unit,
        {int(day): hours_of(told) for day, told in row.opening.items()},
        row.deadline_days,
        row.deadline_at,
        row.small_per_adult,
        row.big_per_adult,
        row.own_weeks,
    )


def hours_of(told: Iterable[str]) -> Hours:
    """Hours as they are kept in JSON."""
    starts, ends = told
    return Hours(time.fromisoformat(starts), time.fromisoformat(ends))
