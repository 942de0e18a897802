"""A preschool with two departments, its staff and its families, and the after-school care beside it. All invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.access.accounts import queries as accounts
from testamur.kernel.base.actor import Actor, operator
from testamur.register.people import actions as people
from testamur.register.people.rules import (
    ContactKind,
    NewContact,
    NewGuardianship,
    NewPerson,
    Protection,
    Relation,
)
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import (
    Form,
    GroupKind,
    NewEnrolment,
    NewGroup,
    NewPost,
    NewSchoolYear,
    NewTerm,
    NewUnit,
    Role,
    UnitKind,
)
from testamur.schoolday.care.rules import Hours

NOW = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
"""A Wednesday, nine in the morning where the preschool is."""
TODAY = NOW.date()
ZONE = ZoneInfo("Europe/Stockholm")
THIS, NEXT = date(2026, 3, 9), date(2026, 3, 16)
"""Mondays of this week, which is locked, and of the next, which is locked on Thursday at noon."""
DAY = Hours(time(8), time(16))
SINCE = date(2025, 8, 1)


@dataclass
class Nursery:
    """Ids by plain names.

    Persons: principal, administrator, teacher (of the first department), other_teacher (of the second), school_teacher
    (of the school's class), guardian (of children 0, 1 and the pupil), second_guardian (of 0), other_guardian (of 3).
    Children 0-3 are in the first department (2 is protected), 4 in the second; the pupil is in class 2B and in
    after-school care.
    """

    unit: UUID
    path: str
    group: UUID
    other_group: UUID
    after: UUID
    after_group: UUID
    school: UUID
    children: list[UUID] = field(default_factory=list)
    persons: dict[str, UUID] = field(default_factory=dict)

    def actor(self, name: str, role: str = "", *, at: UUID | None = None) -> Actor:
        """Somebody under the hat of that role, as the register gives it."""
        wanted = role or {"other_teacher": "teacher", "school_teacher": "teacher", "pupil": "self"}.get(
            name, name.removeprefix("second_").removeprefix("other_")
        )
        hats = accounts.hats(person=self.persons[name], on=TODAY)
        place = at or (self.unit if name == "teacher" else None)
        hat = next(hat for hat in hats if hat.role == wanted and (place is None or hat.unit == place))
        return accounts.actor(hat, person=self.persons[name], identified_by="simulated")


def build(now: datetime = NOW) -> Nursery:
    """Everything, in the second term of 2025/2026."""
    by = operator()

    def unit(code: str, name: str, kind: UnitKind, form: Form, parent: UUID | None = None, pack: str = "") -> UUID:
        new = NewUnit(kind, code, name, parent, form=form, pack=pack, country="SE" if parent is None else "")
        return schools.add_units(by=by, units=[new], now=now)[0]

    body = unit("9861", "Lekköpings kommun", UnitKind.AUTHORITY, Form.NONE)
    nursery = unit("98610001", "Lekens förskola", UnitKind.SCHOOL, Form.PRESCHOOL, body)
    school = unit("98610002", "Lekskolan", UnitKind.SCHOOL, Form.COMPULSORY, body, "se.compulsory")
    after = unit("98610003", "Lekens fritidshem", UnitKind.SCHOOL, Form.AFTER_SCHOOL, body)
    year = schools.add_school_years(
        by=by, school_years=[NewSchoolYear(body, "2025/2026", SINCE, date(2026, 7, 31))], now=now
    )[0]
    terms = [NewTerm(year, "HT", SINCE, date(2025, 12, 31)), NewTerm(year, "VT", date(2026, 1, 1), date(2026, 7, 31))]
    schools.add_terms(by=by, terms=terms, now=now)
    new = [
        NewGroup(nursery, year, GroupKind.CLASS, "Myran"),
        NewGroup(nursery, year, GroupKind.CLASS, "Humlan"),
        NewGroup(school, year, GroupKind.CLASS, "2B", year_level=2),
        NewGroup(after, year, GroupKind.TEACHING, "Kometen"),
    ]
    one, two, room, club = schools.add_groups(by=by, groups=new, now=now)
    path = school_queries.units([nursery])[nursery].path
    made = Nursery(nursery, path, one, two, after, club, school)
    _staff(made, room, now)
    _children(made, room, now)
    return made


def _staff(made: Nursery, room: UUID, now: datetime) -> None:
    names = ("principal", "administrator", "teacher", "other_teacher", "school_teacher")
    new = [NewPerson(given=name.title(), family="Påhittad", birth_date=date(1980, 1, 1)) for name in names]
    by = operator()
    ids = people.register_persons(by=by, path=made.path, persons=new, now=now)
    made.persons |= dict(zip(names, ids, strict=True))
    who = made.persons
    posts = [
        NewPost(who["principal"], made.unit, Role.PRINCIPAL, SINCE),
        NewPost(who["administrator"], made.unit, Role.ADMINISTRATOR, SINCE),
        NewPost(who["teacher"], made.unit, Role.TEACHER, SINCE, group=made.group),
        NewPost(who["other_teacher"], made.unit, Role.TEACHER, SINCE, group=made.other_group),
        NewPost(who["school_teacher"], made.school, Role.TEACHER, SINCE, group=room),
        NewPost(who["teacher"], made.after, Role.TEACHER, SINCE, group=made.after_group),
    ]
    schools.add_posts(by=by, posts=posts, now=now)


def _children(made: Nursery, room: UUID, now: datetime) -> None:
    by = operator()
    born = [2024, 2021, 2022, 2023, 2020]
    new = [
        NewPerson(
            given=f"Barn{n}",
            family="Påhittad",
            birth_date=date(year, 1, 10),
            protection=Protection.PROTECTED_REGISTRATION if n == 2 else Protection.NONE,
        )
        for n, year in enumerate(born)
    ]
    new.append(NewPerson(given="Elev", family="Påhittad", birth_date=date(2017, 5, 1)))
    *made.children, made.persons["pupil"] = people.register_persons(by=by, path=made.path, persons=new, now=now)
    rows = [
        NewEnrolment(child, made.unit, SINCE, group=made.group if n < 4 else made.other_group)
        for n, child in enumerate(made.children)
    ]
    rows += [
        NewEnrolment(made.persons["pupil"], made.school, SINCE, group=room, year_level=2),
        NewEnrolment(made.persons["pupil"], made.after, SINCE, group=made.after_group),
    ]
    schools.add_enrolments(by=by, enrolments=rows, now=now)
    names = ("guardian", "second_guardian", "other_guardian", "hidden_guardian")
    grown = [
        NewPerson(
            given=name.title().replace("_", ""),
            family="Påhittad",
            birth_date=date(1990, 1, 1),
            contacts=(NewContact(ContactKind.PHONE, f"+4640628040{n}"),),
        )
        for n, name in enumerate(names)
    ]
    ids = people.register_persons(by=by, path=made.path, persons=grown, now=now)
    made.persons |= dict(zip(names, ids, strict=True))
    pairs = [
        ("guardian", made.children[0]), ("guardian", made.children[1]), ("guardian", made.persons["pupil"]),
        ("second_guardian", made.children[0]), ("hidden_guardian", made.children[2]),
        ("other_guardian", made.children[3]),
    ]  # fmt: skip
    people.add_guardianships(
        by=by,
        guardianships=[
            NewGuardianship(child, made.persons[name], Relation.PARENT, date(2020, 1, 1)) for name, child in pairs
        ],
        now=now,
    )
