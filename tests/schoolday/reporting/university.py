"""A small invented university: two departments, five courses, their staff and some thirty students.

Everything is made by the product's own verbs; names and numbers are plainly invented. The day is `TODAY`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from django.conf import settings

from testamur.access.accounts.queries.hats import actor as actor_of
from testamur.access.accounts.queries.hats import hats
from testamur.kernel.base.actor import Actor, operator
from testamur.register.curriculum.rules import CourseView
from testamur.register.people import actions as people
from testamur.register.people.rules import NewIdentifier, NewPerson, Protection, Scheme
from testamur.register.studies import actions as studies
from testamur.register.studies.rules import (
    Ended,
    NewCredit,
    NewExam,
    NewOccasion,
    NewRegistration,
    NewSignUp,
    RegistrationEnd,
)
from testamur.surfaces.cli import demo_university as demo
from testamur.surfaces.cli import trial
from testamur.surfaces.cli.demo_university import Campus, Outcome
from testamur.trust.sealing.rules import Algorithm

TODAY = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
BEGAN = date(2026, 8, 31)
EXAM, MATHS_EXAM, LAB, RETAKEN = date(2026, 10, 28), date(2026, 11, 20), date(2026, 10, 9), date(2026, 6, 3)
ASSIGNMENTS = (date(2026, 9, 18), date(2026, 10, 16), date(2026, 11, 13))
ORDINARY = 18
"""Students of whom nothing is special: registered for DV1574 in the autumn, signed up for its exam, lab passed."""

SPECIAL = (
    "protected", "temporary", "unregistered", "unregistered_too", "late", "interrupted", "withdrawn", "credited",
    "course_credited", "graded", "ready", "ready_too", "author", "coauthor",
)  # fmt: skip
"""What is special about the others.

protected (protected registration) and temporary (a number of the university's own) are ordinary otherwise.
unregistered and unregistered_too are signed up for the exam of DV1574 and registered for nothing; late was registered
after the exam, interrupted before it, withdrawn as if never. credited has module 1415 credited and B in 1405;
course_credited the whole course. graded has C in 1405 from June and the lab since October; ready and ready_too have
both modules of DV1574 since June (B and E). author and coauthor write a degree project (PA2534) together.
"""


@dataclass(frozen=True, slots=True)
class University:
    """Ids by plain names.

    Attributes:
        by: the operator, who may do everything.
        departments: path by slug (``data``, ``ekonomi``); `units` their ids.
        occasions: by course code, those of autumn 2026; DV1574 has ``DV1574 VT`` too, DV9999 that of autumn 2025.
        exams: ``DV1574`` (1405, EXAM), ``DV1574 retake`` (January 2027, nobody yet), ``MA1441`` (anonymous).
        students: the ordinary ones, in order; `persons` has the special ones and the staff by name.
        numbers, names: personal number and full name of each of `persons`.
    """

    by: Actor
    now: datetime
    campus: Campus
    authority: UUID
    path: str
    units: Mapping[str, UUID]
    departments: Mapping[str, str]
    courses: Mapping[str, CourseView]
    occasions: Mapping[str, UUID]
    exams: Mapping[str, UUID]
    students: tuple[UUID, ...]
    persons: Mapping[str, UUID]
    numbers: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def data(self) -> str:
        """Path of the department of data."""
        return self.departments["data"]

    def course(self, code: str) -> UUID:
        """Id of a course."""
        return self.courses[code].id

    def module(self, course: str, module: str) -> UUID:
        """Id of a module by the codes of the course and its own."""
        return self.campus.module(course, module)

    def actor(self, name: str, *, admin_mode: bool = False, identified_by: str = "simulated") -> Actor:
        """Somebody of the staff under his or her hat at the university; a student as him- or herself."""
        person = self.persons[name]
        worn = next(iter(hats(person=person, on=self.now.date())))
        return actor_of(worn, person=person, identified_by=identified_by, admin_mode=admin_mode)

    def hat(self, name: str) -> str:
        """Key of that hat, as the web knows it."""
        return next(iter(hats(person=self.persons[name], on=self.now.date()))).key


def build(now: datetime = TODAY, *, equip: bool = False) -> University:
    """The university. With `equip` it has a TEST seal and a log: what signing needs."""
    by = operator()
    campus = demo.found(by, now)
    if equip:
        trial.equip(
            by, campus.authority, data=Path(settings.DATA), public_url=settings.PUBLIC_URL, now=now,
            algorithm=Algorithm.P256,
        )  # fmt: skip
    source = demo.invented_students(1574)
    drawn = [next(source) for _ in range(ORDINARY + len(SPECIAL))]
    special = dict(zip(SPECIAL, drawn[ORDINARY:], strict=True))
    new = [demo.student(one) for one in drawn[:ORDINARY]]
    new += [_special(name, demo.student(one)) for name, one in special.items()]
    ids = people.register_persons(by=by, path=campus.authority.path, persons=new, now=now)
    persons = dict(zip(SPECIAL, ids[ORDINARY:], strict=True))
    staff = {name: f"{demo.STAFF[name].given} {demo.STAFF[name].family}" for name in campus.staff}
    made = University(
        by=by,
        now=now,
        campus=campus,
        authority=campus.authority.id,
        path=campus.authority.path,
        units={slug: unit.id for slug, unit in campus.departments.items()},
        departments={slug: unit.path for slug, unit in campus.departments.items()},
        courses=campus.courses,
        occasions=_occasions(by, campus, now),
        exams=_exams(by, campus, now),
        students=tuple(ids[:ORDINARY]),
        persons={**persons, **campus.staff},
        numbers={**{name: one.number for name, one in special.items()}, **campus.numbers},
        names={**{name: f"{one.given} {one.family}" for name, one in special.items()}, **staff},
    )
    _register(made)
    _sign_up(made)
    _decide(made)
    return made


def _special(name: str, new: NewPerson) -> NewPerson:
    if name == "protected":
        return replace(new, protection=Protection.PROTECTED_REGISTRATION)
    if name == "temporary" and new.birth_date is not None:
        number = NewIdentifier(Scheme.TEMPORARY, f"{new.birth_date:%Y%m%d}TF01")
        return replace(new, identifiers=(number,))
    return new


def _occasions(by: Actor, campus: Campus, now: datetime) -> dict[str, UUID]:
    data, economy = campus.departments["data"].id, campus.departments["ekonomi"].id
    autumn, spring = (BEGAN, date(2027, 1, 17)), (date(2026, 1, 19), date(2026, 6, 7))
    rows = {
        "DV1574": (data, "DV1574", "H4501", "2026 HT", autumn),
        "DV1574 VT": (data, "DV1574", "V4501", "2026 VT", spring),
        "MA1441": (data, "MA1441", "H4502", "2026 HT", autumn),
        "IY1430": (economy, "IY1430", "H4503", "2026 HT", autumn),
        "PA2534": (data, "PA2534", "H4504", "2026 HT", autumn),
        "DV9999": (data, "DV9999", "H4505", "2025 HT", (date(2025, 9, 1), date(2026, 1, 18))),
    }
    new = [
        NewOccasion(unit, campus.courses[course].id, code, term, starts, ends, pace=50)
        for unit, course, code, term, (starts, ends) in rows.values()
    ]
    return dict(zip(rows, studies.add_occasions(by=by, occasions=new, now=now), strict=True))


def _exams(by: Actor, campus: Campus, now: datetime) -> dict[str, UUID]:
    data, database, maths = campus.departments["data"].id, campus.courses["DV1574"], campus.courses["MA1441"]
    written = campus.module("DV1574", "1405")
    new = {
        "DV1574": NewExam(data, database.id, written, "T1405", "Salstentamen i databasteknik", EXAM),
        "DV1574 retake": NewExam(data, database.id, written, "T1405", "Omtentamen", date(2027, 1, 13)),
        "MA1441": NewExam(
            data, maths.id, campus.module("MA1441", "2205"), "T2205", "Salstentamen", MATHS_EXAM, anonymous=True
        ),
    }
    return dict(zip(new, studies.add_exams(by=by, exams=list(new.values()), now=now), strict=True))


def _register(u: University) -> None:
    p, autumn, spring = u.persons, u.occasions["DV1574"], u.occasions["DV1574 VT"]
    plain = [*u.students, p["protected"], p["temporary"], p["interrupted"], p["withdrawn"], p["credited"]]
    rows = [NewRegistration(person, autumn, BEGAN) for person in [*plain, p["course_credited"]]]
    rows.append(NewRegistration(p["late"], autumn, date(2026, 11, 10)))
    rows += [NewRegistration(p[name], spring, date(2026, 1, 19)) for name in ("graded", "ready", "ready_too")]
    rows += [NewRegistration(person, u.occasions["MA1441"], BEGAN) for person in u.students[:10]]
    rows += [NewRegistration(person, u.occasions["IY1430"], BEGAN) for person in u.students[:10]]
    rows += [NewRegistration(p[name], u.occasions["PA2534"], BEGAN) for name in ("author", "coauthor")]
    rows += [NewRegistration(person, u.occasions["DV9999"], date(2025, 9, 1)) for person in u.students[:2]]
    studies.register_students(by=u.by, registrations=rows, now=u.now)
    ends = [
        RegistrationEnd(p["interrupted"], autumn, date(2026, 10, 1), Ended.INTERRUPTED),
        RegistrationEnd(p["withdrawn"], autumn, date(2026, 9, 10), Ended.WITHDRAWN),
    ]
    studies.end_registration(by=u.by, ends=ends, now=u.now)


def _sign_up(u: University) -> None:
    p = u.persons
    names = ("protected", "temporary", "unregistered", "unregistered_too", "late", "interrupted")
    rows = [NewSignUp(u.exams["DV1574"], person) for person in [*u.students, *(p[name] for name in names)]]
    rows += [NewSignUp(u.exams["MA1441"], one, f"MA-{n:03}") for n, one in enumerate(u.students[:10], start=101)]
    studies.sign_up(by=u.by, signups=rows, now=u.now)


def _decide(u: University) -> None:
    p, course = u.persons, u.courses["DV1574"]
    lab = [*u.students, p["protected"], p["temporary"], p["graded"]]
    rows = [Outcome(one, "DV1574", "1415", "G", LAB) for one in lab]
    rows.append(Outcome(p["graded"], "DV1574", "1405", "C", RETAKEN))
    for name, value in (("ready", "B"), ("ready_too", "E")):
        rows.append(Outcome(p[name], "DV1574", "1405", value, RETAKEN))
        rows.append(Outcome(p[name], "DV1574", "1415", "G", date(2026, 4, 24)))
    rows.append(Outcome(p["credited"], "DV1574", "1405", "B", RETAKEN))
    demo.decided(u.by, u.campus, rows, unit="data", examiner="examiner", now=u.now)
    essays = [
        Outcome(student, "IY1430", f"300{n}", value, day)
        for student in u.students[:10]
        for n, (value, day) in enumerate(zip(("A", "C", "C"), ASSIGNMENTS, strict=True), start=1)
        if not (student in u.students[8:10] and n == 3)
    ]
    demo.decided(u.by, u.campus, essays, unit="ekonomi", examiner="economy_examiner", now=u.now)
    module = u.module("DV1574", "1415")
    credits_ = [
        NewCredit(p["credited"], course.id, module, Decimal("3.5"), date(2026, 9, 1)),
        NewCredit(p["course_credited"], course.id, None, Decimal("7.5"), date(2026, 9, 1)),
    ]
    studies.note_credits(by=u.by, credits=credits_, now=u.now)
