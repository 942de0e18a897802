"""Build the demo's invented municipality and province with the product's own verbs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from random import Random
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.law.contract import Period
from testamur.register.people import actions as people
from testamur.register.people.rules import NewPerson, Protection, Scheme
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
    UnitView,
)
from testamur.schoolday.results.actions import record_decisions
from testamur.schoolday.results.rules import NewDecision
from testamur.surfaces.cli import demo_data, demo_people, trial
from testamur.surfaces.cli.demo_data import Invented, Size
from testamur.surfaces.cli.demo_people import Pool
from testamur.trust.sealing.rules import Algorithm

YEAR = "2025/2026"


@dataclass(frozen=True, slots=True)
class Built:
    """A school to issue for."""

    school: UUID
    code: str
    name: str
    school_year: str
    term: str
    issued_on: date
    stage: str = "issued"
    """How far its documents are taken: ``issued``, ``ready`` (waiting to be signed) or ``open`` (nothing made yet)."""


STAGES = {"se": ("issued", "ready", "open"), "vn": ("issued", "ready")}
"""Of the first schools of each half; all further ones are issued."""


@dataclass(frozen=True, slots=True)
class _Land:
    """What differs between the two halves of the demo."""

    authority: UUID
    path: str
    pack: str
    scheme: Scheme
    family_first: bool
    term: Period
    year: UUID


def build(
    by: Actor,
    size: Size,
    *,
    data: Path,
    public_url: str,
    algorithm: Algorithm,
    now: datetime,
    told: Callable[[str, int], None],
) -> list[Built]:
    """Make authorities, seals, logs, schools, people and last term's decisions; returns the schools."""
    random = Random(20260612)  # noqa: S311 - invented people, the same each time
    swedish = _land(by, "se", now)
    vietnamese = _land(by, "vn", now)
    for authority in school_queries.units([swedish.authority, vietnamese.authority]).values():
        trial.equip(by, authority, data=data, public_url=public_url, algorithm=algorithm, now=now)
    pool = Pool(random)
    demo_people.add_administrator(by, swedish.authority, swedish.path, next(pool.swedish(1970)), swedish.scheme, now)
    officials = demo_data.vietnamese(random, demo_data.days(random, 1972))
    demo_people.add_administrator(
        by, vietnamese.authority, vietnamese.path, next(officials), vietnamese.scheme, now, family_first=True
    )
    built = [_swedish_school(by, random, pool, swedish, n, size, now, told) for n in range(size.swedish_schools)]
    built += [_vietnamese_school(by, random, vietnamese, n, size, now, told) for n in range(size.vietnamese_schools)]
    return [replace(one, stage=stage) for one, stage in zip(built, _stages(size), strict=True)]


def _stages(size: Size) -> list[str]:
    """How far each school is taken: a small demo has work waiting, a large one shows results."""
    stages: list[str] = []
    for land, count in (("se", size.swedish_schools), ("vn", size.vietnamese_schools)):
        stages += [STAGES[land][n] if n < len(STAGES[land]) else "issued" for n in range(count)]
    return stages


@dataclass(frozen=True, slots=True)
class Someone:
    """A person who signs."""

    person: UUID
    name: str
    number: str


def bare_school(
    by: Actor, *, data: Path, public_url: str, algorithm: Algorithm, now: datetime
) -> tuple[UnitView, UnitView, Someone]:
    """An authority with seal and log, one school and its principal; nobody else (for measuring)."""
    random = Random(1)  # noqa: S311 - invented people
    land = _land(by, "se", now)
    authority = school_queries.units([land.authority])[land.authority]
    trial.equip(by, authority, data=data, public_url=public_url, algorithm=algorithm, now=now)
    school, path = _school(by, land, "99990001", "Solbackaskolan (exempel)", Form.COMPULSORY, (), now)
    one = next(demo_data.swedish(random, demo_data.days(random, 1975)))
    person = people.register_persons(by=by, path=path, persons=[_person(land, one)], now=now)[0]
    schools.add_posts(by=by, posts=[NewPost(person, school, Role.PRINCIPAL, date(2025, 7, 1))], now=now)
    units = school_queries.units([land.authority, school])
    return units[land.authority], units[school], Someone(person, f"{one.given} {one.family}", one.number)


def _land(by: Actor, which: str, now: datetime) -> _Land:
    if which == "se":
        unit = NewUnit(UnitKind.AUTHORITY, "9999", "Exempelkommun", country="SE", slug="exempelkommun")
        terms = [("HT", date(2025, 8, 18), date(2025, 12, 19)), ("VT", date(2026, 1, 8), date(2026, 6, 12))]
        pack, scheme, first = "se.compulsory", Scheme.PERSONNUMMER, False
    else:
        unit = NewUnit(UnitKind.AUTHORITY, "099", "Tỉnh Ví Dụ (TEST)", country="VN", slug="vi-du")
        terms = [("HK1", date(2025, 9, 5), date(2026, 1, 10)), ("HK2", date(2026, 1, 12), date(2026, 5, 29))]
        pack, scheme, first = "vn.primary", Scheme.CCCD, True
    authority = schools.add_units(by=by, units=[unit], now=now)[0]
    path = school_queries.units([authority])[authority].path
    year = schools.add_school_years(
        by=by, school_years=[NewSchoolYear(authority, YEAR, terms[0][1], terms[1][2])], now=now
    )[0]
    schools.add_terms(by=by, terms=[NewTerm(year, code, starts, ends) for code, starts, ends in terms], now=now)
    code, starts, ends = terms[1]
    return _Land(authority, path, pack, scheme, first, Period(YEAR, code, starts, ends), year)


def _school(
    by: Actor, land: _Land, code: str, name: str, form: Form, parts: tuple[tuple[str, str], ...], now: datetime
) -> tuple[UUID, str]:
    unit = NewUnit(UnitKind.SCHOOL, code, name, parent=land.authority, form=form, pack=land.pack, parts=parts)
    school = schools.add_units(by=by, units=[unit], now=now)[0]
    return school, school_queries.units([school])[school].path


def _people(
    by: Actor, land: _Land, path: str, invented: Iterator[Invented], count: int, now: datetime, *, protect: bool = False
) -> list[UUID]:
    drawn = [next(invented) for _ in range(count)]
    new = [replace(_person(land, one), contacts=(demo_people.address(one, one.number[-4:]),)) for one in drawn]
    if protect and count > 3:  # noqa: PLR2004 - one of each level in a class large enough
        new[1] = replace(new[1], protection=Protection.CONFIDENTIALITY_MARK)
        new[2] = replace(new[2], protection=Protection.PROTECTED_REGISTRATION)
    return people.register_persons(by=by, path=path, persons=new, now=now)


def _person(land: _Land, one: Invented) -> NewPerson:
    return demo_people.person(one, land.scheme, family_first=land.family_first)


def _swedish_school(
    by: Actor,
    random: Random,
    pool: Pool,
    land: _Land,
    number: int,
    size: Size,
    now: datetime,
    told: Callable[[str, int], None],
) -> Built:
    names = ("Solbackaskolan", "Björkhagsskolan", "Ängsskolan", "Strandskolan")
    school, path = _school(
        by,
        land,
        f"9999000{number + 1}",
        f"{names[number]} (exempel)",
        Form.COMPULSORY,
        (("municipality", "Exempelkommun"),),
        now,
    )
    staff = _people(by, land, path, pool.swedish(1979 - number), 9, now)
    demo_people.add_administrator(by, school, path, next(pool.swedish(1968)), land.scheme, now)
    first: UUID | None = None
    schools.add_posts(by=by, posts=[NewPost(staff[0], school, Role.PRINCIPAL, date(2025, 7, 1))], now=now)
    schools.add_posts(by=by, posts=[NewPost(p, school, Role.TEACHER, date(2025, 7, 1)) for p in staff[1:]], now=now)
    for level in (6, 7, 8, 9):
        for letter in "ABCDEF"[: size.classes_per_level]:
            group = schools.add_groups(
                by=by,
                groups=[NewGroup(school, land.year, GroupKind.CLASS, f"{level}{letter}", year_level=level)],
                now=now,
            )[0]
            pupils = _people(by, land, path, pool.swedish(2019 - level), size.class_size, now, protect=letter == "A")
            _enrol(by, school, group, pupils, level, now)
            guardians = demo_people.add_guardians(by, path, pupils, pool.swedish(1983), land.scheme, now, pool)
            if level == 8 and first is None and number == 0:  # noqa: PLR2004 - two children at one school
                first = guardians[0]
                demo_people.guard(by, [(pupils[3], first)], now)
            decisions = [
                _decision(land, school, path, pupil, kind, code, value, level, _teachers(staff, code, kind), now)
                for pupil in pupils
                for kind, code, value in demo_data.swedish_marks(random, level)
                if not (level == 9 and kind == "fact")  # noqa: PLR2004 - a slutbetyg never shows absence
            ]
            record_decisions(by=by, decisions=decisions, now=now)
            told("pupils", len(pupils))
    return Built(school, f"9999000{number + 1}", names[number], YEAR, land.term.term, date(2026, 6, 12))


def _teachers(staff: list[UUID], code: str, kind: str) -> tuple[UUID, ...]:
    """The teacher of a subject; one of them is unlicensed and sets grades together with a licensed colleague."""
    if kind != "grade":
        return (staff[1],)
    first = staff[1 + sum(map(ord, code)) % 8]
    return (first, staff[1]) if code == "SL" and first != staff[1] else (first,)


def _vietnamese_school(
    by: Actor, random: Random, land: _Land, number: int, size: Size, now: datetime, told: Callable[[str, int], None]
) -> Built:
    code = f"09900{number + 1}"
    school, path = _school(
        by,
        land,
        code,
        f"Trường Tiểu học Ví Dụ {number + 1}",
        Form.PRIMARY,
        (("province", "Tỉnh Ví Dụ"), ("district", "Phường Thử Nghiệm")),
        now,
    )
    grown = _renumbered(demo_data.vietnamese(random, demo_data.days(random, 1985)), number, 19)
    staff = _people(by, land, path, grown, 1 + size.vietnamese_classes, now)
    schools.add_posts(by=by, posts=[NewPost(staff[0], school, Role.PRINCIPAL, date(2025, 7, 1))], now=now)
    clerks = demo_data.vietnamese(Random(77 + number), demo_data.days(random, 1975))  # noqa: S311 - invented people
    demo_people.add_administrator(
        by, school, path, next(_renumbered(clerks, number, 0)), land.scheme, now, family_first=True
    )
    for place in range(size.vietnamese_classes):
        level = 1 + place % 5
        group = schools.add_groups(
            by=by,
            groups=[NewGroup(school, land.year, GroupKind.CLASS, f"{level}{'ABCD'[place // 5]}", year_level=level)],
            now=now,
        )[0]
        teacher = staff[1 + place]
        schools.add_posts(
            by=by, posts=[NewPost(teacher, school, Role.CLASS_TEACHER, date(2025, 7, 1), group=group)], now=now
        )
        invented = demo_data.vietnamese(Random(1000 * number + place), demo_data.days(random, 2020 - level))  # noqa: S311 - invented people
        pupils = _people(
            by, land, path, _renumbered(invented, number, place), size.vietnamese_size, now, protect=place == 0
        )
        _enrol(by, school, group, pupils, level, now)
        parents = demo_data.vietnamese(Random(5000 + 100 * number + place), demo_data.days(random, 1990))  # noqa: S311 - invented people
        demo_people.add_guardians(
            by, path, pupils, _renumbered(parents, number, place), land.scheme, now, family_first=True
        )
        decisions = [
            replace(
                _decision(land, school, path, pupil, d.kind, d.code, d.value, level, (teacher,), now), comment=d.comment
            )
            for pupil in pupils
            for d in demo_data.vietnamese_year(random, level, land.term)
        ]
        record_decisions(by=by, decisions=decisions, now=now)
        told("pupils", len(pupils))
    return Built(school, code, f"Ví Dụ {number + 1}", YEAR, land.term.term, date(2026, 5, 29))


def _renumbered(invented: Iterator[Invented], school: int, place: int) -> Iterator[Invented]:
    """Serial numbers that do not meet those of other classes."""
    for one in invented:
        serial = int(one.number[6:]) + 10_000 * (1 + school * 20 + place)
        yield replace(one, number=f"{one.number[:6]}{serial:06d}")


def _enrol(by: Actor, school: UUID, group: UUID, pupils: list[UUID], level: int, now: datetime) -> None:
    schools.add_enrolments(
        by=by,
        enrolments=[NewEnrolment(p, school, date(2025, 8, 18), group=group, year_level=level) for p in pupils],
        now=now,
    )


def _decision(
    land: _Land,
    school: UUID,
    path: str,
    pupil: UUID,
    kind: str,
    code: str,
    value: str,
    level: int,
    decided_by: tuple[UUID, ...],
    now: datetime,
) -> NewDecision:
    return NewDecision(
        pupil=pupil, unit=school, path=path, pack=land.pack, kind=kind, code=code, value=value, period=land.term,
        year_level=level, decided_on=min(land.term.ends, now.date()), decided_by=decided_by,
    )  # fmt: skip
