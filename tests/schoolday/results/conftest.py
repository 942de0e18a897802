"""A school with one class, its teachers and its principal, and a term of grades. Everybody is plainly invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor, operator
from testamur.law.contract import Period
from testamur.register.people import actions as people
from testamur.register.people.rules import NewIdentifier, NewPerson, Scheme
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
from testamur.schoolday.results.actions import record_decisions
from testamur.schoolday.results.queries import DecisionRow, standing
from testamur.schoolday.results.rules import Amendment, NewDecision, Reason, Recorded
from testamur.schoolday.results.steps import Plan, plan
from tests.journeys.schools import valid

NOW = datetime(2026, 6, 20, 8, 0, tzinfo=UTC)
VT = Period("2025/2026", "VT", date(2026, 1, 8), date(2026, 6, 12))
SLIP = "Skrivfel: B i stället för A."


@dataclass
class Class:
    """What the tests use."""

    by: Actor
    authority: UUID
    school: UUID
    path: str
    group: UUID
    pupils: list[UUID]
    teacher: UUID
    other: UUID
    principal: UUID

    def new(self, pupil: int = 0, code: str = "MA", value: str = "B", **changes: Any) -> NewDecision:
        """A grade."""
        values: dict[str, Any] = {
            "pupil": self.pupils[pupil], "unit": self.school, "path": self.path, "pack": "se.compulsory",
            "kind": "grade", "code": code, "value": value, "period": VT, "year_level": 8,
            "decided_on": date(2026, 6, 10), "decided_by": (self.teacher,),
        }  # fmt: skip
        return NewDecision(**{**values, **changes})

    def record(self, *new: NewDecision) -> Recorded:
        """Record them."""
        return record_decisions(by=self.by, decisions=new, now=NOW)

    def graded(self) -> None:
        """Both pupils have a grade in two subjects, and their hours of absence."""
        for n in range(len(self.pupils)):
            self.record(
                self.new(n), self.new(n, "SV", "C"),
                self.new(n, "unexcused_hours", "0", kind="fact", decided_by=()),
            )  # fmt: skip

    def grade(self, pupil: int = 0, code: str = "MA") -> DecisionRow:
        """The standing grade."""
        rows = standing(by=self.by, path=self.path, unit=self.school, school_year=VT.school_year, term="VT")
        return next(r for r in rows[self.pupils[pupil]] if r.facts.code == code)

    def slip(self, **changes: Any) -> Amendment:
        """A lawful rectification by the principal."""
        values: dict[str, Any] = {
            "value": "A", "reason": Reason.RECTIFICATION, "role": "principal", "decided_by": (self.principal,),
            "decided_on": date(2026, 6, 15), "grounds": frozenset({"slip"}), "explanation": SLIP,
            "heard": frozenset({"pupil", "guardian"}),
        }  # fmt: skip
        return Amendment(**{**values, **changes})

    def plan(self, *documents: str, issued_on: date = VT.ends) -> Plan:
        """The documents of the term."""
        return plan(
            by=self.by, school=self.school, school_year=VT.school_year, term="VT", documents=documents,
            issued_on=issued_on, now=NOW,
        )  # fmt: skip


def person(given: str, number: str) -> NewPerson:
    """A person with a number."""
    return NewPerson(given=given, family="Påhittad", identifiers=(NewIdentifier(Scheme.PERSONNUMMER, valid(number)),))


@pytest.fixture
def school(db: None) -> Class:
    """Class 8A with two pupils, two teachers and a principal; the school itself names no rule pack."""
    by = operator()
    authority = schools.add_units(
        by=by, units=[NewUnit(UnitKind.AUTHORITY, "9876", "Påhittade kommunen", country="SE")], now=NOW
    )[0]
    unit = NewUnit(UnitKind.SCHOOL, "98765001", "Påhittade skolan", parent=authority, form=Form.NONE)
    one = schools.add_units(by=by, units=[unit], now=NOW)[0]
    path = school_queries.units([one])[one].path
    year = schools.add_school_years(
        by=by, school_years=[NewSchoolYear(authority, "2025/2026", date(2025, 8, 18), VT.ends)], now=NOW
    )[0]
    schools.add_terms(by=by, terms=[NewTerm(year, "VT", VT.starts, VT.ends)], now=NOW)
    group = schools.add_groups(by=by, groups=[NewGroup(one, year, GroupKind.CLASS, "8A", year_level=8)], now=NOW)[0]
    alva, bror, teacher, other, principal = people.register_persons(
        by=by,
        path=path,
        persons=[
            person("Alva", "20120304980"), person("Bror", "20120405980"), person("Lärare", "19790101980"),
            person("Annan", "19790202980"), person("Rektor", "19690101980"),
        ],
        now=NOW,
    )  # fmt: skip
    schools.add_enrolments(
        by=by,
        enrolments=[NewEnrolment(p, one, date(2025, 8, 18), group=group, year_level=8) for p in (alva, bror)],
        now=NOW,
    )
    schools.add_posts(
        by=by,
        posts=[
            NewPost(teacher, one, Role.TEACHER, date(2025, 7, 1)),
            NewPost(other, one, Role.TEACHER, date(2025, 7, 1)),
            NewPost(principal, one, Role.PRINCIPAL, date(2025, 7, 1)),
        ],
        now=NOW,
    )
    return Class(by, authority, one, path, group, [alva, bror], teacher, other, principal)
