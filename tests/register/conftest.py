"""A small invented authority with a school, a class and a few invented people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.ids import new_id
from testamur.register.people import actions as people
from testamur.register.people import queries
from testamur.register.people.rules import NewIdentifier, NewPerson, PersonView, Protection, Scheme, Sex
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import (
    Form,
    GroupKind,
    NewEnrolment,
    NewGroup,
    NewSchoolYear,
    NewTerm,
    NewUnit,
    UnitKind,
)

DAY = date(2026, 5, 4)
"""A day in the spring term of the invented school year."""


@dataclass(frozen=True, slots=True)
class House:
    """Ids of the invented authority."""

    authority: UUID
    school: UUID
    other_school: UUID
    year: UUID
    autumn: UUID
    spring: UUID
    class_9a: UUID


@pytest.fixture
def by() -> Actor:
    """The operator, who may do everything."""
    return operator()


@pytest.fixture
def house(db: None, by: Actor, now: datetime) -> House:
    """Testköping with two schools, one school year, two terms and class 9A."""
    (authority,) = schools.add_units(
        by=by,
        units=[NewUnit(UnitKind.AUTHORITY, "9901", "Testköpings kommun", slug="testkoping", country="SE")],
        now=now,
    )
    school, other = schools.add_units(
        by=by,
        units=[
            NewUnit(UnitKind.SCHOOL, "Skolan 1", "Provskolan", authority, form=Form.COMPULSORY, pack="se.compulsory"),
            NewUnit(UnitKind.SCHOOL, "Skolan 2", "Låtsasskolan", authority, form=Form.COMPULSORY),
        ],
        now=now,
    )
    (year,) = schools.add_school_years(
        by=by, school_years=[NewSchoolYear(authority, "2025/2026", date(2025, 7, 1), date(2026, 6, 30))], now=now
    )
    autumn, spring = schools.add_terms(
        by=by,
        terms=[
            NewTerm(year, "HT", date(2025, 8, 18), date(2025, 12, 19)),
            NewTerm(year, "VT", date(2026, 1, 8), date(2026, 6, 12)),
        ],
        now=now,
    )
    (class_9a,) = schools.add_groups(
        by=by, groups=[NewGroup(school, year, GroupKind.CLASS, "9A", year_level=9)], now=now
    )
    return House(authority, school, other, year, autumn, spring, class_9a)


def personnummer(born: date, serial: int) -> str:
    """A number from the test series 980-989, with its check digit; Skatteverket gives these to nobody."""
    body = f"{born:%y%m%d}{serial:03d}"
    total = sum(sum(divmod(int(c) * (2 - n % 2), 10)) for n, c in enumerate(body))
    return f"{born.year // 100}{body}{-total % 10}"


def invented(given: str, family: str, *, serial: int = 980, protection: Protection = Protection.NONE) -> NewPerson:
    """An invented pupil of class 9 with a test number."""
    born = date(2010, 3, 4)
    return NewPerson(
        given,
        family,
        birth_date=born,
        sex=Sex.MALE if serial % 2 else Sex.FEMALE,
        protection=protection,
        identifiers=(NewIdentifier(Scheme.PERSONNUMMER, personnummer(born, serial)),),
        id=new_id(),
    )


def enrol(house: House, ids: list[UUID], now: datetime) -> list[UUID]:
    """Enrol pupils in the school and in class 9A from August."""
    starts = date(2025, 8, 18)
    return schools.add_enrolments(
        by=operator(),
        enrolments=[NewEnrolment(one, house.school, starts, group) for group in (None, house.class_9a) for one in ids],
        now=now,
    )


def register(by: Actor, now: datetime, *persons: NewPerson, path: str = "/testkoping/skolan-1/") -> list[UUID]:
    """Register persons at the school."""
    return people.register_persons(by=by, path=path, persons=persons, now=now)


def seen(by: Actor, person: UUID) -> PersonView:
    """One person who exists, as `by` may see him or her."""
    return queries.people(by=by, ids=[person])[person]


def actor(*verbs: str, path: str = "/testkoping/skolan-1/", id: UUID | None = None, **limits: frozenset[UUID]) -> Actor:  # noqa: A002
    """Somebody with these verbs at the school."""
    return Actor(id or new_id(), "test", (Grant("test", path, verbs, **limits),))
