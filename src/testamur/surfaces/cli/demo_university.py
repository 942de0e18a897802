"""The demo's university: departments, courses, staff and students, made by the product's own verbs. Nobody exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from random import Random
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.law.contract import Period
from testamur.register.curriculum import actions as curriculum
from testamur.register.curriculum import queries as courses_read
from testamur.register.curriculum.rules import CourseView, FinalRule, NewCourse, NewModule, NewPackInForce
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, NewPerson, Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import Form, NewPost, NewSchoolYear, NewTerm, NewUnit, Role, UnitKind, UnitView
from testamur.schoolday.results.actions import record_decisions
from testamur.schoolday.results.rules import NewDecision
from testamur.surfaces.cli import demo_data, demo_people
from testamur.surfaces.cli.demo_data import Invented

PACK = "se.university"
SLUG = "provhogskolan"
DEPARTMENTS: Mapping[str, str] = {"data": "Institutionen för data (exempel)", "ekonomi": "Ekonomi (exempel)"}
"""Slug → name."""


def _module(code: str, name: str, name_en: str, credits_: str, scale: str, *, deciding: bool = False) -> NewModule:
    return NewModule(code, name, Decimal(credits_), scale, deciding=deciding, name_en=name_en)


COURSES: tuple[NewCourse, ...] = (
    NewCourse(
        "DV1574", "Databasteknik", Decimal("7.5"), name_en="Database Technology", scale="AF",
        final_rule=FinalRule.DECIDING_MODULE,
        modules=(
            _module("1405", "Salstentamen", "Written examination", "4", "AF", deciding=True),
            _module("1415", "Laborationer", "Laboratory work", "3.5", "UG"),
        ),
    ),
    NewCourse(
        "MA1441", "Flervariabelanalys", Decimal(6), name_en="Multivariable Calculus", scale="TH",
        final_rule=FinalRule.SINGLE_MODULE,
        modules=(_module("2205", "Salstentamen", "Written examination", "6", "TH"),),
    ),
    NewCourse(
        "IY1430", "Industriell ekonomi", Decimal("7.5"), name_en="Industrial Economics", scale="AF",
        final_rule=FinalRule.MEAN_ROUNDED,
        modules=tuple(
            _module(f"300{n}", f"Inlämningsuppgift {n}", f"Assignment {n}", "2.5", "AF") for n in (1, 2, 3)
        ),
    ),
    NewCourse(
        "PA2534", "Examensarbete i programvaruteknik", Decimal(15), scale="UG", degree_project=True,
        name_en="Degree Project in Software Engineering", final_rule=FinalRule.SINGLE_MODULE,
        modules=(replace(_module("4001", "Examensarbete", "Degree project", "15", "UG"), titled=True),),
    ),
    NewCourse(
        "DV9999", "Programmering av hålkort", Decimal("7.5"), name_en="Punched Card Programming", scale="UG",
        final_rule=FinalRule.SINGLE_MODULE, discontinued_on=date(2026, 7, 1),
        modules=(_module("9001", "Inlämningsuppgift", "Assignment", "7.5", "UG"),),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Official:
    """Somebody who works at the university. `unit`: slug of the department, or empty; `courses`: of an examiner."""

    given: str
    family: str
    role: Role
    unit: str = ""
    courses: tuple[str, ...] = ("",)


STAFF: Mapping[str, Official] = {
    "teacher": Official("Tage", "Lärarexempel", Role.TEACHER, "data"),
    "colleague": Official("Tuva", "Kollegexempel", Role.TEACHER, "data"),
    "examiner": Official("Eva", "Examinatorexempel", Role.EXAMINER, "data", ("DV1574", "PA2534", "DV9999")),
    "other_examiner": Official("Ossian", "Examinatorprov", Role.EXAMINER, "data", ("MA1441",)),
    "administrator": Official("Karin", "Kansliexempel", Role.ADMINISTRATOR, "data"),
    "economy_teacher": Official("Ture", "Lärarprov", Role.TEACHER, "ekonomi"),
    "economy_examiner": Official("Elsa", "Examinatorskiss", Role.EXAMINER, "ekonomi", ("IY1430",)),
    "university_administrator": Official("Klas", "Kansliprov", Role.ADMINISTRATOR),
    "rector": Official("Rut", "Rektorexempel", Role.PRINCIPAL),
    "registrar": Official("Arvid", "Arkivexempel", Role.ARCHIVIST),
}
"""By the name under which tests and the demo speak of them."""


@dataclass(frozen=True, slots=True)
class Campus:
    """A university with its departments (by slug), courses (by code) and staff (by the names of `STAFF`)."""

    authority: UnitView
    departments: Mapping[str, UnitView]
    courses: Mapping[str, CourseView]
    staff: Mapping[str, UUID]
    numbers: Mapping[str, str]

    def module(self, course: str, module: str) -> UUID:
        """Id of a module by the codes of the course and its own."""
        return next(part.id for part in self.courses[course].modules if part.code == module)


def found(by: Actor, now: datetime, *, departments: Sequence[str] = tuple(DEPARTMENTS)) -> Campus:
    """The university without students. Of departments that are left out there is nobody on the staff."""
    since = date(now.year - 2, 7, 1)
    root = new_id()
    units = [NewUnit(UnitKind.AUTHORITY, "9997", "Provhögskolan (TEST)", country="SE", slug=SLUG, id=root,
                     form=Form.UNIVERSITY, pack=PACK)]  # fmt: skip
    units += [
        NewUnit(UnitKind.SCHOOL, f"9997-{slug}", DEPARTMENTS[slug], root, slug=slug, form=Form.UNIVERSITY, pack=PACK)
        for slug in departments
    ]
    schools.add_units(by=by, units=units, now=now)
    here = {unit.path.strip("/").split("/")[-1]: unit for unit in school_queries.units_under(f"/{SLUG}/")}
    authority = here.pop(SLUG)
    curriculum.put_in_force(by=by, packs=[NewPackInForce(authority.path, PACK, since)], now=now)
    _years(by, authority, now)
    made = curriculum.add_courses(by=by, courses=[replace(one, path=authority.path) for one in COURSES], now=now)
    known = {view.code: view for view in courses_read.courses(made).values()}
    chosen = {name: one for name, one in STAFF.items() if not one.unit or one.unit in here}
    persons, numbers = _staff(by, authority, chosen, now)
    posts = [
        NewPost(persons[name], here[one.unit].id if one.unit else authority.id, one.role, since, subject=code)
        for name, one in chosen.items()
        for code in one.courses
    ]
    schools.add_posts(by=by, posts=posts, now=now)
    return Campus(authority, here, known, persons, numbers)


def _years(by: Actor, authority: UnitView, now: datetime) -> None:
    """The study year that holds today and the one before, with both terms."""
    first = now.year if now.month >= 7 else now.year - 1  # noqa: PLR2004 - a study year begins in the summer
    for begins in (first - 1, first):
        code = f"{begins}/{begins + 1}"
        year = schools.add_school_years(
            by=by,
            school_years=[NewSchoolYear(authority.id, code, date(begins, 7, 1), date(begins + 1, 6, 30))],
            now=now,
        )[0]
        terms = [
            NewTerm(year, "HT", date(begins, 8, 31), date(begins + 1, 1, 17)),
            NewTerm(year, "VT", date(begins + 1, 1, 18), date(begins + 1, 6, 6)),
        ]
        schools.add_terms(by=by, terms=terms, now=now)


def _staff(
    by: Actor, authority: UnitView, staff: Mapping[str, Official], now: datetime
) -> tuple[dict[str, UUID], dict[str, str]]:
    """Persons and personal numbers by name; each with e-mail address and telephone at work."""
    random = Random(9997)  # noqa: S311 - invented people, the same each time
    drawn = demo_data.swedish(random, demo_data.days(random, 1965), range(980, 998))
    new, numbers = [], {}
    for (name, one), phone in zip(staff.items(), demo_people.WORK_PHONES, strict=False):
        invented = replace(next(drawn), given=one.given, family=one.family)
        numbers[name] = invented.number
        mail = replace(demo_people.address(invented, "prov"), label="work")
        contacts = (mail, NewContact(ContactKind.PHONE, phone, label="work"))
        new.append(replace(demo_people.person(invented, Scheme.PERSONNUMMER), contacts=contacts))
    made = people.register_persons(by=by, path=authority.path, persons=new, now=now)
    return dict(zip(staff, made, strict=True)), numbers


def invented_students(seed: int) -> Iterator[Invented]:
    """Grown-up people of some years of birth, the same each time; no two with one number."""
    random = Random(seed)  # noqa: S311 - invented people, the same each time
    some = [demo_data.swedish(random, demo_data.days(random, year), range(980, 998)) for year in (2001, 2003, 2004)]
    while True:
        for one in some:
            yield next(one)


def student(one: Invented) -> NewPerson:
    """A student as the register takes him or her, with an address that leads nowhere."""
    mail = demo_people.address(one, one.number[-4:])
    return replace(demo_people.person(one, Scheme.PERSONNUMMER), contacts=(mail,))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A module's or course's grade as decided in the past. `module` is empty for a whole course."""

    student: UUID
    course: str
    module: str
    value: str
    examined_on: date


def decided(by: Actor, campus: Campus, outcomes: Sequence[Outcome], *, unit: str, examiner: str, now: datetime) -> int:
    """Record results that an examiner decided before there were lists here; returns how many stand."""
    place = campus.departments[unit]
    rows = [
        NewDecision(
            pupil=one.student, unit=place.id, path=place.path, pack=PACK, kind="module" if one.module else "course",
            code=f"{one.course}/{one.module}" if one.module else one.course, value=one.value,
            period=period(one.examined_on), year_level=0, decided_on=one.examined_on,
            decided_by=(campus.staff[examiner],), occasion=one.examined_on.isoformat(),
            scale=_scale(campus.courses[one.course], one.module),
            flags=frozenset({f"hp:{_credits(campus.courses[one.course], one.module).normalize():f}"}),
        )
        for one in outcomes
    ]  # fmt: skip
    recorded = record_decisions(by=by, decisions=rows, now=now)
    if recorded.rejected:
        raise ValueError(f"The demo decides what the law refuses: {recorded.rejected[0].message}")
    return len(rows)


def period(on: date) -> Period:
    """The term of an examination: the day is its first and its last."""
    autumn = on.month >= 7  # noqa: PLR2004 - from July on results belong to the autumn
    begins = on.year if autumn else on.year - 1
    return Period(f"{begins}/{begins + 1}", "HT" if autumn else "VT", on, on)


def _credits(course: CourseView, module: str) -> Decimal:
    return next((part.credits for part in course.modules if part.code == module), course.credits)


def _scale(course: CourseView, module: str) -> str:
    return next((part.scale for part in course.modules if part.code == module), course.scale)
