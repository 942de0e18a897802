"""Everything in the roster of a place on a day: ids and codes, with the digest of what would be told of each."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from testamur.exchange.connectors.roster.rules import Kind, activity_id, course_id, duty_id, teacher_id
from testamur.kernel.base.actor import Actor, Grant
from testamur.register.people import queries as people
from testamur.register.people.queries import chunks
from testamur.register.people.rules import ContactView, PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView, Role, UnitView

Key = tuple[Kind, UUID]
_AHEAD = timedelta(days=400)
_PART = 1000
HIDDEN = "hidden"
"""Stands in the refs of a guardian of a protected child: when the mark comes, the guardian is one that changed."""
SEER = UUID(int=8)
"""Who looks when a digest is made: what is told of a person changes for whoever may see it."""


@dataclass(slots=True)
class Whole:
    """What there is: key → (refs, digest)."""

    found: dict[Key, tuple[dict[str, Any], str]] = field(default_factory=dict)

    def put(self, kind: Kind, key: UUID, refs: dict[str, Any], *facts: object) -> None:
        """Add one thing; `facts` is what is told of it beside its refs."""
        meaning = repr((sorted(refs.items()), facts)).encode("utf-8", "surrogatepass")
        self.found[kind, key] = (refs, hashlib.blake2b(meaning, digest_size=16).hexdigest())


@dataclass(slots=True)
class _People:
    """Where persons are: pupils at schools, staff at units."""

    at: dict[UUID, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    duties: dict[UUID, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))

    @property
    def everybody(self) -> list[UUID]:
        return sorted({*self.at, *self.duties})


def look(path: str, *, on: date) -> Whole:
    """Look at a place and all below it. Some tens of queries for each school, and five for a thousand persons."""
    whole, persons = Whole(), _People()
    units = schools.units_under(path)
    above = schools.units_above(path)
    root = above[0] if above else None
    if root is None:
        return whole
    for unit in units:
        told = (unit.code, unit.name, unit.kind.value, unit.form.value)
        whole.put(Kind.UNIT, unit.id, {"parent": str(unit.parent) if unit.parent else None}, *told)
    _sessions(whole, root, on)
    for unit in units:
        _school(whole, persons, unit, root, on)
    _persons(whole, persons, path, on)
    return whole


def _sessions(whole: Whole, root: UnitView, on: date) -> None:
    for year in schools.school_years(root.id):
        if year.ends < on - _AHEAD:
            continue
        told = (year.code, year.starts.isoformat(), year.ends.isoformat())
        whole.put(Kind.SESSION, year.id, {"type": "year", "parent": None, "told": told})
        for term in year.terms:
            told = (term.label, term.starts.isoformat(), term.ends.isoformat())
            whole.put(Kind.SESSION, term.id, {"type": "term", "parent": str(year.id), "told": told})


def _school(whole: Whole, persons: _People, unit: UnitView, root: UnitView, on: date) -> None:
    groups = {one.id: one for one in schools.groups(school=unit.id)}
    years = schools.school_years_of(groups=groups)
    groups = {key: one for key, one in groups.items() if years[key][1] >= on}
    for pupil in schools.pupils_of_school(school=unit.id, on=on):
        persons.at[pupil.person].append([str(unit.id), pupil.year_level, pupil.starts.isoformat()])
    for post in schools.posts_at(unit=unit.id, on=on):
        persons.duties[post.person].add((str(unit.id), _role(post.role)))
    teaching = schools.teachers_of(groups=groups, on=on) if groups else ()
    for one in teaching:
        persons.duties[one.person].add((str(unit.id), Role.TEACHER.value))
    _groups(whole, persons, unit, root, groups, on)
    _teaching(whole, unit, groups, [(one.group, one.person, one.subject, one.role) for one in teaching])


def _role(role: Role) -> str:
    return Role.TEACHER.value if role in {Role.CLASS_TEACHER, Role.EXAMINER} else role.value


def _groups(
    whole: Whole, persons: _People, unit: UnitView, root: UnitView, groups: Mapping[UUID, GroupView], on: date
) -> None:
    stays = schools.stays(groups=groups, first=on, last=on + _AHEAD)
    for key, group in groups.items():
        code = group.course or group.subject
        course = course_id(root.id, code)
        whole.put(Kind.COURSE, course, {"code": code, "authority": str(root.id)})
        members = sorted({str(one.person) for one in stays[key]})
        told = (group.name, group.code, group.kind.value, group.year_level, group.subject)
        refs = {"school": str(unit.id), "year": str(group.school_year), "course": str(course)}
        whole.put(Kind.GROUP, key, refs, *told, members)
        for one in stays[key]:
            if not any(place[0] == str(unit.id) for place in persons.at[one.person]):
                level = one.year_level if one.year_level is not None else group.year_level
                persons.at[one.person].append([str(unit.id), level, one.starts.isoformat()])
            ends = one.ends.isoformat() if one.ends else None
            refs = _membership(one.person, key, unit.id, "student", primary=False)
            whole.put(Kind.ENROLMENT, one.id, {**refs, "starts": one.starts.isoformat(), "ends": ends})


def _membership(person: UUID, group: UUID, school: UUID, role: str, *, primary: bool) -> dict[str, Any]:
    return {"person": str(person), "group": str(group), "school": str(school), "role": role, "primary": primary}


def _teaching(
    whole: Whole, unit: UnitView, groups: Mapping[UUID, GroupView], teaching: Sequence[tuple[UUID, UUID, str, Role]]
) -> None:
    teachers: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    primary: dict[tuple[UUID, UUID], bool] = {}
    for group, person, subject, role in teaching:
        teachers[group, subject or groups[group].course or groups[group].subject].add(person)
        primary[group, person] = primary.get((group, person), False) or role is Role.CLASS_TEACHER
    for key, one in groups.items():
        if one.kind is GroupKind.TEACHING:
            teachers.setdefault((key, one.course or one.subject), set())
    for (group_id, subject), some in teachers.items():
        duties = sorted(str(duty_id(unit.id, person, Role.TEACHER.value)) for person in some)
        refs = {"group": str(group_id), "subject": subject, "school": str(unit.id), "duties": duties}
        whole.put(Kind.ACTIVITY, activity_id(group_id, subject), refs, groups[group_id].name, groups[group_id].code)
    for (group_id, person), first in primary.items():
        refs = _membership(person, group_id, unit.id, "teacher", primary=first)
        whole.put(Kind.ENROLMENT, teacher_id(group_id, person), {**refs, "starts": None, "ends": None})


def _persons(whole: Whole, persons: _People, path: str, on: date) -> None:
    by = seer(path)
    children: dict[UUID, set[UUID]] = defaultdict(set)
    for part in chunks(persons.everybody, _PART):
        pupils = [one for one in part if one in persons.at]
        guardians = people.guardians(by=by, children=pupils, on=on)
        views, contacts = people.people(by=by, ids=part), people.contacts(by=by, persons=part)
        for one in part:
            mine = guardians.get(one, ())
            for view in mine:
                children[view.guardian.id].add(one)
            duties = sorted(persons.duties.get(one, ()))
            refs = {"at": sorted(persons.at.get(one, ()), key=str), "duties": [list(duty) for duty in duties]}
            told = sorted((str(view.guardian.id), view.relation.value) for view in mine)
            whole.put(Kind.PERSON, one, refs, _facts(views[one], contacts[one]), told)
            for unit, role in duties:
                key = duty_id(UUID(unit), one, role)
                whole.put(Kind.DUTY, key, {"person": str(one), "unit": unit, "role": role})
    alone = [one for one in children if (Kind.PERSON, one) not in whole.found]
    hidden = people.protected(persons.everybody)
    for part in chunks(sorted(alone), _PART):
        views, contacts = people.people(by=by, ids=part), people.contacts(by=by, persons=part)
        for one in part:
            wards = sorted(str(child) for child in children[one])
            orgs = sorted({place[0] for child in children[one] for place in persons.at.get(child, ())})
            kin: dict[str, Any] = {"children": wards, "orgs": orgs}
            if not hidden.isdisjoint(children[one]):
                kin[HIDDEN] = True
            whole.put(Kind.GUARDIAN, one, kin, _facts(views[one], contacts[one]))


def seer(path: str) -> Actor:
    """Who sees everybody at a place, for digests alone."""
    verbs = ("people.details.see", "people.protected.see", "people.contact.see", "people.guardianship.see")
    home = "/" + path.split("/")[1] + "/" if path.strip("/") else "/"
    return Actor(id=SEER, identified_by="roster", grants=(Grant("roster", home, verbs),))


def _facts(view: PersonView, contacts: Iterable[ContactView]) -> tuple[object, ...]:
    number = (view.identifier.scheme.value, view.identifier.value) if view.identifier else None
    reached = sorted((one.kind.value, one.value, one.label) for one in contacts if one.kind.value != "address")
    return (
        view.given, view.middle, view.family, view.preferred, str(view.birth_date), view.sex.value, number,
        str(view.protection), reached,
    )  # fmt: skip
