"""A school with one class, its timetable, its teachers and its families, under the rules of one pack. All invented."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from testamur.access.accounts import queries as accounts
from testamur.kernel.base.actor import Actor, operator
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, NewPerson, Protection, Relation
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import (
    Form,
    GroupKind,
    NewEnrolment,
    NewGroup,
    NewPost,
    NewSchoolYear,
    NewSlot,
    NewTerm,
    NewUnit,
    Role,
    UnitKind,
)

NOW = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
TODAY = NOW.date()
"""A Wednesday in the second term."""
BEGINS, ENDS = date(2025, 9, 15), date(2026, 6, 30)


@dataclass(frozen=True)
class Kind:
    """What differs between the packs."""

    country: str
    form: Form
    terms: tuple[str, str]
    group: str
    level: int
    subjects: tuple[str, str]


KINDS = {
    "bg.school": Kind("BG", Form.NONE, ("I", "II"), "8А", 8, ("MAT", "BEL")),
    "se.compulsory": Kind("SE", Form.COMPULSORY, ("HT", "VT"), "8A", 8, ("MA", "SV")),
    "vn.primary": Kind("VN", Form.PRIMARY, ("HK1", "HK2"), "3A", 3, ("TOAN", "TV")),
}


@dataclass
class School:
    """Ids by plain names.

    Persons: principal, administrator, class_teacher (also teaches the second subject), teacher (of the first subject),
    stranger (teaches at the school, not this class), pupils 0-4 (number 2 protected), guardian (of 0 and 1),
    other_guardian (of 0), far_guardian (of 3).
    """

    pack: str
    authority: UUID
    authority_path: str
    school: UUID
    path: str
    year: UUID
    terms: tuple[UUID, UUID]
    group: UUID
    group_path: str
    subjects: tuple[str, str]
    persons: dict[str, UUID] = field(default_factory=dict)
    pupils: list[UUID] = field(default_factory=list)
    slots: list[UUID] = field(default_factory=list)

    def actor(self, name: str, role: str = "", *, on: date = TODAY) -> Actor:
        """Somebody under the hat of that role (else of the same name), as the register gives it."""
        person = self.pupils[int(name)] if name.isdecimal() else self.persons[name]
        wanted = role or self.role_of(name)
        hat = next(hat for hat in accounts.hats(person=person, on=on) if hat.role == wanted)
        return accounts.actor(hat, person=person, identified_by="simulated")

    @staticmethod
    def role_of(name: str) -> str:
        """The role that somebody is known for."""
        if name.isdecimal():
            return "self"
        return {"stranger": "teacher", "other_guardian": "guardian", "far_guardian": "guardian"}.get(name, name)


def build(pack: str = "bg.school", *, level: int | None = None, now: datetime = NOW, pupils: int = 5) -> School:
    """The school in the second term of 2025/2026."""
    by, kind = operator(), KINDS[pack]
    authority = schools.add_units(
        by=by,
        units=[NewUnit(UnitKind.AUTHORITY, f"987{list(KINDS).index(pack)}", "Измислена община", country=kind.country)],
        now=now,
    )[0]
    new = NewUnit(
        UnitKind.SCHOOL,
        f"9876500{list(KINDS).index(pack)}",
        "Измислено училище",
        parent=authority,
        form=kind.form,
        pack=pack,
    )
    one = schools.add_units(by=by, units=[new], now=now)[0]
    units = school_queries.units([authority, one])
    year = schools.add_school_years(by=by, school_years=[NewSchoolYear(authority, "2025/2026", BEGINS, ENDS)], now=now)[
        0
    ]
    first, second = kind.terms
    terms = schools.add_terms(
        by=by,
        terms=[NewTerm(year, first, BEGINS, date(2026, 2, 3)), NewTerm(year, second, date(2026, 2, 4), ENDS)],
        now=now,
    )
    group = schools.add_groups(
        by=by, groups=[NewGroup(one, year, GroupKind.CLASS, kind.group, year_level=level or kind.level)], now=now
    )[0]
    view = school_queries.group(group)
    assert view is not None
    made = School(
        pack, authority, units[authority].path, one, units[one].path, year, (terms[0], terms[1]), group, view.path,
        kind.subjects,
    )  # fmt: skip
    _staff(made, now)
    _pupils(made, pupils, level or kind.level, now)
    return made


def _staff(made: School, now: datetime) -> None:
    names = ("principal", "administrator", "class_teacher", "teacher", "stranger")
    new = [NewPerson(given=name.title(), family="Измислен", birth_date=date(1980, 1, 1)) for name in names]
    made.persons |= dict(
        zip(names, people.register_persons(by=operator(), path=made.path, persons=new, now=now), strict=True)
    )
    since = date(2025, 7, 1)
    posts = [
        NewPost(made.persons["principal"], made.school, Role.PRINCIPAL, since),
        NewPost(made.persons["administrator"], made.school, Role.ADMINISTRATOR, since),
        NewPost(made.persons["class_teacher"], made.school, Role.CLASS_TEACHER, since, group=made.group),
        NewPost(
            made.persons["teacher"], made.school, Role.TEACHER, since, group=made.group, subject=made.subjects[0]
        ),
        NewPost(made.persons["stranger"], made.school, Role.TEACHER, since),
    ]  # fmt: skip
    schools.add_posts(by=operator(), posts=posts, now=now)
    slots = [
        NewSlot(made.group, weekday, time(9), time(9, 45), made.subjects[0], made.persons["teacher"], number=1)
        for weekday in (1, 3, 5)
    ]
    slots.append(
        NewSlot(made.group, 3, time(10), time(10, 45), made.subjects[1], made.persons["class_teacher"], number=2)
    )
    made.slots = schools.add_slots(by=operator(), slots=slots, now=now)


def _pupils(made: School, count: int, level: int, now: datetime) -> None:
    by = operator()
    new = [
        NewPerson(
            given=f"Ученик{n}",
            family="Примерен",
            birth_date=date(2025 - level - 6, 1, 1 + n % 28),
            protection=Protection.PROTECTED_REGISTRATION if n == 2 else Protection.NONE,
        )
        for n in range(count)
    ]
    made.pupils = people.register_persons(by=by, path=made.path, persons=new, now=now)
    schools.add_enrolments(
        by=by,
        enrolments=[NewEnrolment(p, made.school, BEGINS, group=made.group, year_level=level) for p in made.pupils],
        now=now,
    )
    names = ("guardian", "other_guardian", "far_guardian")
    grown = [NewPerson(given=name.title(), family="Примерен", birth_date=date(1985, 1, 1)) for name in names]
    made.persons |= dict(
        zip(names, people.register_persons(by=by, path=made.path, persons=grown, now=now), strict=True)
    )
    pairs = [("guardian", 0), ("guardian", 1), ("other_guardian", 0), ("far_guardian", 3)]
    people.add_guardianships(
        by=by,
        guardianships=[
            NewGuardianship(made.pupils[child], made.persons[name], Relation.PARENT, date(2015, 1, 1))
            for name, child in pairs
            if child < count
        ],
        now=now,
    )
