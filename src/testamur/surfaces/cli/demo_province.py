"""An invented province of real size: 245 primary schools under twelve offices, 170,000 pupils. Nobody in it exists.

Names and numbers are plainly invented (province code 097 is not in use [M]). Every school has its classes, pupils,
class teachers, a principal and somebody in the office. How far it has come with the year's transcripts differs from
school to school, so that the board of the province has something to show: `STAGES` says for how many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.law.contract import Period
from testamur.register.people import actions as people
from testamur.register.people.rules import NewPerson, Scheme
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
from testamur.schoolday.results.rules import NewDecision
from testamur.surfaces.cli import demo_data, demo_people, trial
from testamur.surfaces.cli.demo_data import Invented
from testamur.trust.sealing.rules import Algorithm

YEAR = "2025/2026"
PACK = "vn.primary"
SINCE = date(2025, 8, 18)
TERMS = (("HK1", date(2025, 9, 5), date(2026, 1, 10)), ("HK2", date(2026, 1, 12), date(2026, 5, 29)))
PERIOD = Period(YEAR, *TERMS[1])
ISSUED_ON = date(2026, 5, 29)

Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a province is. A school has 4 to `classes` times two less 4 classes, `classes` on average."""

    schools: int = 245
    offices: int = 12
    classes: int = 20
    pupils: int = 35
    even: bool = False
    """Every school has just as many classes."""


@dataclass(frozen=True, slots=True)
class School:
    """A school of the province and how far its transcripts are taken.

    `stage`: ``issued``, ``ready`` (they wait for their signers), ``decided`` (everything is decided), ``partly`` (some
    classes are), ``empty`` (nothing yet).
    """

    unit: UUID
    path: str
    code: str
    name: str
    stage: str
    classes: int
    pupils: int


STAGES = (("issued", 2), ("ready", 2), ("decided", 14), ("partly", 24))
"""Stage → number of schools; all further ones are ``empty``."""


def count(extent: Extent) -> int:
    """Pupils of a province of that extent."""
    return sum(_classes(extent, number) for number in range(extent.schools)) * extent.pupils


def build(
    by: Actor,
    extent: Extent,
    *,
    data: Path,
    public_url: str,
    now: datetime,
    told: Told,
    stages: Sequence[tuple[str, int]] = STAGES,
) -> tuple[UUID, list[School]]:
    """The province with its seal and log; returns its body and its schools in order."""
    body, path, year = _body(by, now)
    authority = school_queries.units([body])[body]
    trial.equip(by, authority, data=data, public_url=public_url, algorithm=Algorithm.P256, now=now)
    people_of = _Numbers()
    demo_people.add_administrator(by, body, path, people_of.next("office", 1972), Scheme.CCCD, now, family_first=True)
    offices = _offices(by, body, extent, people_of, now)
    ways = [stage for stage, many in stages for _ in range(many)]
    made = []
    for number in range(extent.schools):
        stage = ways[number] if number < len(ways) else "empty"
        made.append(_school(by, offices[number % len(offices)], number, stage, extent, year, people_of, now))
        told(made[-1].pupils)
    return body, made


@dataclass(slots=True)
class _Numbers:
    """Invented people, each with a number that nobody else has."""

    serial: int = 0

    def next(self, kind: str, born: int) -> Invented:
        """One more."""
        self.serial += 1
        random = Random(f"{kind}{self.serial}")  # noqa: S311 - invented people, the same each time
        day = date(born, 1, 1) + timedelta(days=random.randrange(365))
        female = random.random() < 0.5  # noqa: PLR2004 - a coin
        century = 2 * (day.year >= 2000)  # noqa: PLR2004 - the number tells the century
        number = f"097{century + female}{day:%y}{self.serial:06d}"
        given, middle = random.choice(demo_data.VN_GIVEN), random.choice(demo_data.VN_MIDDLE)
        return Invented(given, middle, random.choice(demo_data.VN_FAMILY), number, day, female)

    def some(self, kind: str, born: int, many: int) -> list[NewPerson]:
        """As many as that, as the register takes them."""
        drawn = (self.next(kind, born) for _ in range(many))
        return [demo_people.person(one, Scheme.CCCD, family_first=True) for one in drawn]


def _body(by: Actor, now: datetime) -> tuple[UUID, str, UUID]:
    unit = NewUnit(UnitKind.AUTHORITY, "097", "Tỉnh Giả Định (TEST)", country="VN", slug="gia-dinh")
    body = schools.add_units(by=by, units=[unit], now=now)[0]
    year = NewSchoolYear(body, YEAR, TERMS[0][1], TERMS[1][2])
    made = schools.add_school_years(by=by, school_years=[year], now=now)[0]
    schools.add_terms(by=by, terms=[NewTerm(made, *term) for term in TERMS], now=now)
    return body, school_queries.units([body])[body].path, made


def _offices(by: Actor, body: UUID, extent: Extent, numbers: _Numbers, now: datetime) -> list[UUID]:
    new = [
        NewUnit(UnitKind.OFFICE, f"097K{n + 1:02d}", f"Khu vực Giả Định {n + 1}", parent=body)
        for n in range(extent.offices)
    ]
    made = schools.add_units(by=by, units=new, now=now)
    for office, unit in school_queries.units(made).items():
        one = numbers.next("office", 1975)
        demo_people.add_administrator(by, office, unit.path, one, Scheme.CCCD, now, family_first=True)
    return made


def _classes(extent: Extent, number: int) -> int:
    """From a hamlet's school to a town's: the sum over 245 schools is 245 times the average."""
    spread = 0 if extent.even else extent.classes - 4
    return extent.classes + (number * 7 % (2 * spread + 1)) - spread


def _school(
    by: Actor, office: UUID, number: int, stage: str, extent: Extent, year: UUID, numbers: _Numbers, now: datetime
) -> School:
    code, name = f"097{number + 1:03d}", f"Trường Tiểu học Giả Định {number + 1}"
    parts = (("province", "Tỉnh Giả Định"), ("district", f"Phường Thử Nghiệm {number % 97 + 1}"))
    unit = NewUnit(UnitKind.SCHOOL, code, name, parent=office, form=Form.PRIMARY, pack=PACK, parts=parts)
    school = schools.add_units(by=by, units=[unit], now=now)[0]
    path = school_queries.units([school])[school].path
    classes = 10 if stage == "issued" else _classes(extent, number)
    levels = [1 + place * 5 // classes for place in range(classes)]
    new = [
        NewGroup(school, year, GroupKind.CLASS, f"{level}{_letter(levels, place)}", year_level=level)
        for place, level in enumerate(levels)
    ]
    groups = schools.add_groups(by=by, groups=new, now=now)
    staff = people.register_persons(by=by, path=path, persons=numbers.some("staff", 1984, classes + 2), now=now)
    posts = [NewPost(staff[0], school, Role.PRINCIPAL, SINCE), NewPost(staff[1], school, Role.ADMINISTRATOR, SINCE)]
    posts += [
        NewPost(teacher, school, Role.CLASS_TEACHER, SINCE, group=group)
        for teacher, group in zip(staff[2:], groups, strict=True)
    ]
    schools.add_posts(by=by, posts=posts, now=now)
    pupils = _pupils(by, school, path, levels, groups, extent, numbers, now)
    if stage != "empty":
        share = classes if stage != "partly" else max(1, classes // 3)
        _decide(by, school, path, list(zip(levels, staff[2:], pupils, strict=True))[:share], now)
    return School(school, path, code, name, stage, classes, sum(map(len, pupils)))


def _letter(levels: Sequence[int], place: int) -> str:
    return "ABCDEFGHIKLMN"[place - levels.index(levels[place])]


def _pupils(
    by: Actor, school: UUID, path: str, levels: Sequence[int], groups: Sequence[UUID], extent: Extent,
    numbers: _Numbers, now: datetime,
) -> list[list[UUID]]:  # fmt: skip
    new = [one for level in levels for one in numbers.some("pupil", 2019 - level, extent.pupils)]
    made = people.register_persons(by=by, path=path, persons=new, now=now)
    rows = [made[start : start + extent.pupils] for start in range(0, len(made), extent.pupils)]
    schools.add_enrolments(
        by=by,
        enrolments=[
            NewEnrolment(pupil, school, SINCE, group=group, year_level=level)
            for level, group, some in zip(levels, groups, rows, strict=True)
            for pupil in some
        ],
        now=now,
    )
    return rows


def _decide(
    by: Actor, school: UUID, path: str, classes: Sequence[tuple[int, UUID, Sequence[UUID]]], now: datetime
) -> None:
    random = Random(path)  # noqa: S311 - invented marks, the same each time
    for level, teacher, pupils in classes:
        decisions = [decision for pupil in pupils for decision in _year(random, school, path, pupil, level, teacher)]
        record_decisions(by=by, decisions=decisions, now=now)


def _year(random: Random, school: UUID, path: str, pupil: UUID, level: int, teacher: UUID) -> Iterator[NewDecision]:
    for one in demo_data.vietnamese_year(random, level, PERIOD):
        new = NewDecision(
            pupil=pupil, unit=school, path=path, pack=PACK, kind=one.kind, code=one.code, value=one.value,
            period=PERIOD, year_level=level, decided_on=ISSUED_ON, decided_by=(teacher,),
        )  # fmt: skip
        yield replace(new, comment=one.comment)
