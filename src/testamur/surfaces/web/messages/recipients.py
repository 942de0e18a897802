"""Whom a visitor may write to, as the choices of a form."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.tables import PACKS
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, Placement, Role, UnitKind, UnitView
from testamur.schoolday.conversations.rules import Circle, To
from testamur.surfaces.web.diary.about import subject_names, today
from testamur.surfaces.web.messages.words import DESKS
from testamur.surfaces.web.requests import Visitor

FAMILIES = "conversations.family.write"
COLLEAGUES = "conversations.staff.write"
Choice = tuple[str, str | Promise]
Grouped = tuple[str, Sequence[tuple[str, str]]]
_SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a choice means. `talk` can be allowed in it."""

    circle: Circle
    group: UUID | None = None
    child: UUID | None = None
    to: tuple[To, ...] = ()


@dataclass
class Desk:
    """The place from which one of the staff writes: the unit of the hat with its groups, pupils and colleagues.

    Attributes:
        sights: protected persons whose true names stand among the choices, with the place.
    """

    visitor: Visitor
    unit: UnitView
    sights: dict[UUID, PersonView] = field(default_factory=dict)

    @property
    def by(self) -> Actor:
        """Who writes."""
        return self.visitor.actor

    @cached_property
    def on(self) -> date:
        """Today."""
        return today(self.visitor)

    @cached_property
    def leads(self) -> bool:
        """Whether the visitor may write to everybody of the school."""
        return self.by.may(FAMILIES, self.unit.path)

    @cached_property
    def groups(self) -> dict[UUID, GroupView]:
        """One's own groups, or all of the school's running year, in order of code."""
        if self.leads:
            year = self._year()
            found = schools.groups(school=self.unit.id, school_year=year) if year is not None else ()
        else:
            taught = self.visitor.hat.taught if self.visitor.hat is not None else ()
            known = schools.groups_by_id(taught).values()
            found = tuple(one for one in known if self.by.may(FAMILIES, one.path, group=one.id))
        return {one.id: one for one in sorted(found, key=lambda one: one.code)}

    @cached_property
    def colleagues(self) -> dict[UUID, str]:
        """Everybody else who holds a post at the school, by name."""
        posts = schools.posts_at(unit=self.unit.id, on=self.on)
        ids = {post.person for post in posts} - {self.by.id}
        found = people.people(by=self.by, ids=sorted(ids), numbers=False)
        return {key: one.name for key, one in sorted(found.items(), key=lambda pair: pair[1].sort_key)}

    @cached_property
    def pupils(self) -> dict[UUID, list[PersonView]]:
        """Group → its pupils as the visitor may see them, in the order of the class list."""
        rooms = schools.members_of(groups=list(self.groups), on=self.on)
        ids = {row.person for some in rooms.values() for row in some}
        self.sights = people.people(by=self.by, ids=sorted(ids), numbers=False)
        return {
            group: sorted((self.sights[row.person] for row in some), key=lambda one: (one.sort_key, one.id))
            for group, some in rooms.items()
        }

    def choices(self) -> list[Choice | Grouped]:
        """Everything that can be chosen."""
        found: list[Choice | Grouped] = [("", _("Choose"))]
        if self.leads:
            found.append((self.unit.name, [
                ("guardians", _("All guardians of the school")), ("pupils", _("All pupils of the school")),
                ("staff", _("All staff of the school")),
            ]))  # fmt: skip
        groups = self.groups.values()
        found.append((_("Guardians"), [(f"guardians:{one.id}", one.code) for one in groups]))
        found.append((_("Pupils"), [(f"pupils:{one.id}", one.code) for one in groups]))
        found += [
            (
                _("Guardians of one pupil in %(group)s") % {"group": one.code},
                [(f"child:{one.id}:{pupil.id}", pupil.name) for pupil in self.pupils[one.id]],
            )
            for one in groups
        ]
        found.append((_("Colleagues"), [(f"person:{key}", name) for key, name in self.colleagues.items()]))
        return [one for one in found if one[1]]

    def chosen(self, value: str) -> Chosen:
        """What a value of `choices` means."""
        kind, _colon, rest = value.partition(":")
        group, _colon, child = rest.partition(":")
        if kind == "staff":
            return Chosen(Circle.STAFF)
        if kind == "person":
            return Chosen(Circle.COLLEAGUES, to=(To(person=UUID(rest)),))
        if kind == "child":
            return Chosen(Circle.CHILD, UUID(group), UUID(child))
        return Chosen(Circle(kind), UUID(group) if group else None)

    def _year(self) -> UUID | None:
        ways = schools.units_above(self.unit.path)
        years = [year for unit in ways for year in schools.school_years(unit.id)]
        return next((year.id for year in reversed(years) if year.starts <= self.on + _SOON), None)


def desk_of(visitor: Visitor, school: str = "") -> Desk:
    """The desk of one of the staff, at the school of the hat, else at the `school` below it that is named by its id.

    Raises NotFound for a role that belongs to no school and a school that is none of its, NotAllowed for others.
    """
    unit = _unit(visitor)
    if unit is not None and unit.kind is not UnitKind.SCHOOL:
        unit = next((one for one in schools_of(visitor) if str(one.id) == school), None)
    if unit is None:
        raise NotFound("This role belongs to no school.")
    visitor.actor.must(COLLEAGUES, unit.path)
    return Desk(visitor, unit)


def unit_of(visitor: Visitor) -> UnitView:
    """The unit of one of the staff. Raises NotFound for a role without schools, NotAllowed for one that writes not."""
    unit = _unit(visitor)
    if unit is None:
        raise NotFound("This role belongs to no school.")
    visitor.actor.must(COLLEAGUES, unit.path)
    return unit


def has_desk(visitor: Visitor) -> bool:
    """Whether the hat is one of a school's staff, who can be away and stand in for one another."""
    unit = _unit(visitor)
    return unit is not None and unit.kind is UnitKind.SCHOOL and visitor.actor.may(COLLEAGUES, unit.path)


def schools_of(visitor: Visitor) -> tuple[UnitView, ...]:
    """The schools below the body or office of the hat to which the visitor may write; none for a hat of a school."""
    unit = _unit(visitor)
    if unit is None or unit.kind is UnitKind.SCHOOL or not visitor.actor.may(COLLEAGUES, unit.path):
        return ()
    return schools.units_under(unit.path, kind=UnitKind.SCHOOL)


def may_write(visitor: Visitor) -> bool:
    """Whether there is somebody whom the visitor may write to."""
    hat = visitor.hat
    if hat is not None and hat.unit is None:
        return any(visitor.actor.may("conversations.school.write", "/", person=ward) for ward in hat.wards)
    unit = _unit(visitor)
    return unit is not None and visitor.actor.may(COLLEAGUES, unit.path)


def _unit(visitor: Visitor) -> UnitView | None:
    """The unit of the hat, where it has one with schools in it; a university has none."""
    hat = visitor.hat
    unit = visitor.units.get(hat.unit) if hat is not None and hat.unit is not None and not hat.university else None
    return unit if unit is not None and unit.kind is not UnitKind.DEPARTMENT else None


def placed(visitor: Visitor) -> Mapping[UUID, Placement]:
    """The children of the hat, or oneself, who go to a school today."""
    wards = visitor.hat.wards if visitor.hat is not None else ()
    found = schools.placements(persons=wards, on=visitor.now.date())
    return {ward: found[ward] for ward in wards if ward in found}


def staff_of(visitor: Visitor, place: Placement) -> list[Choice]:
    """Whom of the school's staff a family may write to: posts, and the teachers of the child's groups."""
    on = visitor.now.date()
    groups = [one.id for one in schools.groups_of(persons=[place.person], on=on)[place.person]]
    taught: dict[UUID, set[str]] = defaultdict(set)
    pack = PACKS.get(schools.pack_of(place.school, on=on))
    called = subject_names(pack) if pack is not None else {}
    for one in schools.teachers_of(groups=groups, on=on):
        taught[one.person] |= {called.get(one.subject, one.subject)} if one.subject else set()
    names = people.people(by=visitor.actor, ids=sorted(taught), numbers=False)
    found: list[Choice] = []
    if place.class_group is not None and schools.holders(role=Role.CLASS_TEACHER, on=on, group=place.class_group):
        found.append((f"desk:{Role.CLASS_TEACHER.value}", DESKS[Role.CLASS_TEACHER]))
    for key, view in sorted(names.items(), key=lambda pair: pair[1].sort_key):
        subjects = ", ".join(sorted(taught[key]))
        found.append((f"person:{key}", f"{view.name} ({subjects})" if subjects else view.name))
    return found + [
        (f"desk:{role.value}", DESKS[role])
        for role in (Role.PRINCIPAL, Role.ADMINISTRATOR)
        if schools.holders(role=role, on=on, unit=place.school)
    ]


def member(value: str) -> To:
    """What a value of `staff_of` means."""
    kind, _colon, rest = value.partition(":")
    return To(desk=Role(rest)) if kind == "desk" else To(person=UUID(rest))
