"""A small invented world for tests of the web: two Swedish schools and a Vietnamese one, with everybody who visits.

Everything is made by the product's own verbs. Names and numbers are those of the demo, so plainly invented.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from random import Random
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, NewGuardianship, Protection, Relation
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import Form, GroupKind, NewEnrolment, NewGroup, NewPost, Role
from testamur.schoolday.results.actions import record_decisions
from testamur.surfaces.cli import demo_build, demo_data, issuing, trial
from testamur.surfaces.cli.demo_data import Invented
from testamur.trust.sealing.rules import Algorithm

SINCE = date(2025, 7, 1)
TERM = "VT"
YEAR = demo_build.YEAR
ISSUED_ON = date(2026, 6, 10)


@dataclass
class World:
    """Ids by plain names; `numbers` are the personal numbers by the same names."""

    authority: UUID
    authority_path: str
    school: UUID
    school_path: str
    other_school: UUID
    other_path: str
    group: UUID
    persons: dict[str, UUID] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    vn_school: UUID | None = None
    vn_path: str = ""
    vn_group: UUID | None = None

    def hat(self, role: str, *, other: bool = False) -> str:
        """Key of a hat at the first school (or the other one); `guardian` and `self` are their own keys."""
        if role in {"guardian", "self"}:
            return role
        return f"{role}@{self.other_path if other else self.school_path}"


def build(now: datetime, *, vietnamese: bool = False, mark: bool = True) -> World:
    """Authority, schools, class 8A with four pupils (the second one protected), staff, guardians, decisions.

    Persons: authority_administrator, administrator, principal, teacher, other_administrator, other_principal, guardian
    (of pupil), second_guardian (of protected), other_guardian (of other_pupil), pupil, protected, third, fourth,
    other_pupil, adult (an adult former pupil without enrolment); with `vietnamese` also vn_principal, vn_teacher,
    vn_pupil, vn_second, vn_guardian.
    """
    by, random = operator(), Random(7)
    land = demo_build._land(by, "se", now)
    authority = school_queries.units([land.authority])[land.authority]
    place = (("municipality", "Exempelkommun"),)
    school, path = demo_build._school(by, land, "99990001", "Solbackaskolan (exempel)", Form.COMPULSORY, place, now)
    other, other_path = demo_build._school(by, land, "99990002", "Strandskolan (exempel)", Form.COMPULSORY, place, now)
    world = World(authority.id, authority.path, school, path, other, other_path, group=UUID(int=0))
    grown = demo_data.swedish(random, demo_data.days(random, 1979))
    young = demo_data.swedish(random, demo_data.days(random, 2011))

    def add(name: str, at: str, source: Iterator[Invented], protection: Protection = Protection.NONE) -> UUID:
        one = next(source)
        contacts = (NewContact(ContactKind.EMAIL, f"{name.replace('_', '.')}@example.org"),)
        new = replace(demo_build._person(land, one), protection=protection, contacts=contacts)
        world.persons[name] = people.register_persons(by=by, path=at, persons=[new], now=now)[0]
        world.numbers[name] = one.number
        world.names[name] = f"{one.given} {one.family}"
        return world.persons[name]

    posts: list[NewPost] = []
    for name, at, unit, role in (
        ("authority_administrator", authority.path, authority.id, Role.ADMINISTRATOR),
        ("administrator", path, school, Role.ADMINISTRATOR),
        ("principal", path, school, Role.PRINCIPAL),
        ("teacher", path, school, Role.TEACHER),
        ("other_administrator", other_path, other, Role.ADMINISTRATOR),
        ("other_principal", other_path, other, Role.PRINCIPAL),
    ):
        posts.append(NewPost(add(name, at, grown), unit, role, SINCE))
    schools.add_posts(by=by, posts=posts, now=now)
    new_groups = [
        NewGroup(school, land.year, GroupKind.CLASS, "8A", year_level=8),
        NewGroup(other, land.year, GroupKind.CLASS, "8B", year_level=8),
    ]
    groups = schools.add_groups(by=by, groups=new_groups, now=now)
    world.group = groups[0]
    pupils = {
        "pupil": Protection.NONE,
        "protected": Protection.PROTECTED_REGISTRATION,
        "third": Protection.NONE,
        "fourth": Protection.NONE,
    }
    for name, protection in pupils.items():
        add(name, path, young, protection)
    add("other_pupil", other_path, young)
    add("adult", path, grown)
    places = [(name, school, groups[0]) for name in pupils] + [("other_pupil", other, groups[1])]
    enrolments = [NewEnrolment(world.persons[n], s, date(2025, 8, 18), group=g, year_level=8) for n, s, g in places]
    schools.add_enrolments(by=by, enrolments=enrolments, now=now)
    for name, child in (("guardian", "pupil"), ("second_guardian", "protected"), ("other_guardian", "other_pupil")):
        guardian = add(name, other_path if name == "other_guardian" else path, grown)
        _guard(world.persons[child], guardian, now)
    if mark:
        for name, unit, _group in places:
            at = path if unit == school else other_path
            decide(land, unit, at, world.persons[name], world.persons["teacher"], now)
    if vietnamese:
        _vietnamese(world, now)
    return world


def decide(land: demo_build._Land, unit: UUID, path: str, pupil: UUID, teacher: UUID, now: datetime) -> None:
    """One pupil's decisions of the spring term of year 8, the same each time."""
    random = Random(3)  # mathematics C: there is a higher and a lower grade to correct it to
    rows = [
        demo_build._decision(land, unit, path, pupil, kind, code, value, 8, (teacher,), now)
        for kind, code, value in demo_data.swedish_marks(random, 8)
    ]
    record_decisions(by=operator(), decisions=rows, now=now)


def _guard(child: UUID, guardian: UUID, now: datetime) -> None:
    people.add_guardianships(
        by=operator(),
        guardianships=[NewGuardianship(child, guardian, Relation.PARENT, date(2015, 1, 1))],
        now=now,
    )


def _vietnamese(world: World, now: datetime) -> None:
    by, random = operator(), Random(11)
    land = demo_build._land(by, "vn", now)
    parts = (("province", "Tỉnh Ví Dụ"), ("district", "Phường Thử Nghiệm"))
    school, path = demo_build._school(by, land, "099001", "Trường Tiểu học Ví Dụ 1", Form.PRIMARY, parts, now)
    world.vn_school, world.vn_path = school, path
    grown = demo_data.vietnamese(random, demo_data.days(random, 1985))
    young = demo_build._renumbered(demo_data.vietnamese(random, demo_data.days(random, 2017)), 1, 1)
    for name, source in (
        ("vn_principal", grown), ("vn_teacher", grown), ("vn_guardian", grown),
        ("vn_pupil", young), ("vn_second", young),
    ):  # fmt: skip
        one = next(source)
        contacts = (NewContact(ContactKind.EMAIL, f"{name.replace('_', '.')}@example.org"),)
        new = replace(demo_build._person(land, one), contacts=contacts)
        world.persons[name] = people.register_persons(by=by, path=path, persons=[new], now=now)[0]
        world.numbers[name] = one.number
        world.names[name] = f"{one.family} {one.middle} {one.given}"
    group = schools.add_groups(
        by=by, groups=[NewGroup(school, land.year, GroupKind.CLASS, "3A", year_level=3)], now=now
    )[0]
    world.vn_group = group
    posts = [
        NewPost(world.persons["vn_principal"], school, Role.PRINCIPAL, SINCE),
        NewPost(world.persons["vn_teacher"], school, Role.CLASS_TEACHER, SINCE, group=group),
    ]
    schools.add_posts(by=by, posts=posts, now=now)
    pupils = [world.persons["vn_pupil"], world.persons["vn_second"]]
    demo_build._enrol(by, school, group, pupils, 3, now)
    _guard(world.persons["vn_pupil"], world.persons["vn_guardian"], now)
    rows = [
        replace(
            demo_build._decision(
                land, school, path, pupil, d.kind, d.code, d.value, 3, (world.persons["vn_teacher"],), now
            ),
            comment=d.comment,
        )
        for pupil in pupils
        for d in demo_data.vietnamese_year(random, 3, land.term)
    ]
    record_decisions(by=by, decisions=rows, now=now)


def equip(world: World, now: datetime) -> None:
    """Give every authority of the world a TEST seal and a log: what issuing needs."""
    for unit in school_queries.units_under("/"):
        if unit.parent is None:
            trial.equip(
                operator(),
                unit,
                data=Path(settings.DATA),
                public_url=settings.PUBLIC_URL,
                now=now,
                algorithm=Algorithm.P256,
            )


def issue(world: World, school: UUID | None = None, documents: Sequence[str] = (), term: str = TERM) -> list[UUID]:
    """The whole main line for one school with the simulated e-ID; returns the published records."""
    plan = issuing.plan(operator(), school or world.school, YEAR, term, documents, ISSUED_ON)
    how = issuing.How(Path(settings.DATA), "demo", settings.PUBLIC_URL)
    issuing.run(
        operator(), plan.records, how, lambda _what, _count: lambda _n: None, unfinished=plan.unfinished,
        outdated=plan.outdated, word=True,
    )  # fmt: skip
    return [new.record for new in plan.records]
