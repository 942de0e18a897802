"""The demo's schools that keep a diary today: one in Bulgaria, one in Sweden, one in Vietnam. Nobody in them exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.law.tables import PACKS
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, Protection, Scheme
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
from testamur.surfaces.cli import demo_data, demo_people, trial
from testamur.surfaces.cli.demo_data import Invented

PAST = 75
"""Days of diary before today, at least: a year that has just begun would show little."""
TEACHERS = 8
LESSONS = 5


@dataclass(frozen=True, slots=True)
class Land:
    """What differs from country to country. `classes`: code → year level; `subjects` are taught, in this order."""

    country: str
    authority: tuple[str, str]
    school: tuple[str, str]
    pack: str
    form: Form
    scheme: Scheme
    phone: str
    classes: Mapping[str, int]
    subjects: tuple[str, ...]
    size: int
    family_first: bool = False


LANDS = (
    Land(
        "BG", ("2299", "Община Пример (TEST)"), ("2299001", "99. СУ „Проба“ (пример)"), "bg.school", Form.COMPULSORY,
        Scheme.EGN, "+359880000", {"2а": 2, "5а": 5, "8а": 8, "11а": 11},
        ("BEL", "MAT", "ENG", "IST", "GEO", "BIO", "MUZ", "IZO", "FVS"), 18,
    ),
    Land(
        "SE", ("9998", "Provköpings kommun (TEST)"), ("99980001", "Diktskolan (exempel)"), "se.compulsory",
        Form.COMPULSORY, Scheme.PERSONNUMMER, "", {"4A": 4, "8A": 8}, ("SV", "MA", "EN", "HI", "BI", "BL", "IDH"), 16,
    ),
    Land(
        "VN", ("098", "Tỉnh Thử Nghiệm (TEST)"), ("098001", "Trường Tiểu học Nhật Ký (ví dụ)"), "vn.primary",
        Form.PRIMARY, Scheme.CCCD, "", {"4A": 4}, ("TV", "TOAN", "KH", "LSDL", "AN", "MT"), 16, family_first=True,
    ),
)  # fmt: skip


@dataclass(slots=True)
class Kept:
    """A school whose diary is kept.

    Attributes:
        classes: group → its pupils, in order of class.
        teachers: by subject.
        heads: class → its class teacher.
        guardians: by pupil.
        slots: all weekly lessons as (id, group, subject, weekday).
    """

    land: Land
    authority: UUID
    school: UUID
    path: str
    year: UUID
    starts: date
    ends: date
    principal: UUID
    administrator: UUID
    classes: dict[UUID, list[UUID]] = field(default_factory=dict)
    levels: dict[UUID, int] = field(default_factory=dict)
    teachers: dict[str, UUID] = field(default_factory=dict)
    heads: dict[UUID, UUID] = field(default_factory=dict)
    guardians: dict[UUID, UUID] = field(default_factory=dict)
    slots: list[tuple[UUID, UUID, str, int]] = field(default_factory=list)


def build(by: Actor, land: Land, *, data: Path, public_url: str, now: datetime) -> Kept:
    """The school with everybody in it, its timetable, and the seal of its authority."""
    random = Random(f"{land.country}2299")  # noqa: S311 - invented people, the same each time
    kept = _school(by, land, random, now)
    body = school_queries.units([kept.authority])[kept.authority]
    trial.equip(by, body, data=data, public_url=public_url, now=now)
    _staff(by, kept, random, now)
    for code, level in land.classes.items():
        _class(by, kept, random, code, level, now)
    _timetable(by, kept, now)
    return kept


def _year(today: date) -> tuple[str, date, date, date]:
    """Code, first day, first day of the second term and last day of a year that holds today, with a past to show."""
    begins = today.year if today.month >= 9 else today.year - 1  # noqa: PLR2004 - September
    first = min(date(begins, 9, 1), today - timedelta(days=PAST))
    last = max(date(begins + 1, 6, 30), today + timedelta(days=30))
    return f"{begins}/{begins + 1}", first, date(begins + 1, 2, 1), last


def _school(by: Actor, land: Land, random: Random, now: datetime) -> Kept:
    code, first, middle, last = _year(now.date())
    authority = schools.add_units(
        by=by,
        units=[NewUnit(UnitKind.AUTHORITY, land.authority[0], land.authority[1], country=land.country)],
        now=now,
    )[0]
    unit = NewUnit(UnitKind.SCHOOL, land.school[0], land.school[1], authority, form=land.form, pack=land.pack)
    school = schools.add_units(by=by, units=[unit], now=now)[0]
    path = school_queries.units([school])[school].path
    year = schools.add_school_years(by=by, school_years=[NewSchoolYear(authority, code, first, last)], now=now)[0]
    one, two = PACKS[land.pack].terms
    terms = [NewTerm(year, one, first, middle - timedelta(days=1)), NewTerm(year, two, middle, last)]
    schools.add_terms(by=by, terms=terms, now=now)
    grown = _people(by, land, path, _source(land, random, 1972), 2, now)
    posts = [NewPost(grown[0], school, Role.PRINCIPAL, first), NewPost(grown[1], school, Role.ADMINISTRATOR, first)]
    schools.add_posts(by=by, posts=posts, now=now)
    return Kept(land, authority, school, path, year, first, last, grown[0], grown[1])


def _source(land: Land, random: Random, year: int) -> Iterator[Invented]:
    days = demo_data.days(random, year)
    if land.country == "BG":
        return demo_data.bulgarian(random, days)
    if land.country == "SE":
        return demo_data.swedish(random, days, range(998, 1000))
    return _apart(demo_data.vietnamese(random, days), year)


def _apart(invented: Iterator[Invented], year: int) -> Iterator[Invented]:
    """Vietnamese numbers of this school: province code 098, and serials that do not meet those of other years."""
    for one in invented:
        yield replace(one, number=f"098{one.number[3:6]}{int(one.number[6:]) + 1000 * (year % 100):06d}")


def _people(
    by: Actor,
    land: Land,
    path: str,
    source: Iterator[Invented],
    count: int,
    now: datetime,
    *,
    protect: bool = False,
    phones: Iterator[str] | None = None,
) -> list[UUID]:
    new = []
    for number in range(count):
        one = next(source)
        contacts = [demo_people.address(one, one.number[-5:])]
        phone = next(phones, "") if phones is not None else ""
        if phone:
            contacts.append(NewContact(ContactKind.PHONE, phone, label="mobile"))
        made = demo_people.person(one, land.scheme, family_first=land.family_first)
        hidden = Protection.PROTECTED_REGISTRATION if protect and number == 2 else Protection.NONE  # noqa: PLR2004
        new.append(replace(made, contacts=tuple(contacts), protection=hidden))
    return people.register_persons(by=by, path=path, persons=new, now=now)


def _staff(by: Actor, kept: Kept, random: Random, now: datetime) -> None:
    grown = _people(by, kept.land, kept.path, _source(kept.land, random, 1981), TEACHERS, now)
    kept.teachers = {code: grown[place % TEACHERS] for place, code in enumerate(kept.land.subjects)}


def _class(by: Actor, kept: Kept, random: Random, code: str, level: int, now: datetime) -> None:
    land, place = kept.land, len(kept.classes)
    group = schools.add_groups(
        by=by, groups=[NewGroup(kept.school, kept.year, GroupKind.CLASS, code, year_level=level)], now=now
    )[0]
    born = kept.starts.year - level - 6
    pupils = _people(by, land, kept.path, _source(land, random, born), land.size, now, protect=place == 0)
    schools.add_enrolments(
        by=by,
        enrolments=[NewEnrolment(p, kept.school, kept.starts, group=group, year_level=level) for p in pupils],
        now=now,
    )
    phones = iter([f"{land.phone}{10 * place + n:03}" for n in range(10)] if land.phone else ())
    grown = _people(by, land, kept.path, _source(land, random, 1984 + place), len(pupils), now, phones=phones)
    demo_people.guard(by, list(zip(pupils, grown, strict=True)), now)
    kept.classes[group], kept.levels[group] = pupils, level
    kept.guardians |= dict(zip(pupils, grown, strict=True))
    kept.heads[group] = kept.teachers[land.subjects[place]]
    posts = [NewPost(kept.heads[group], kept.school, Role.CLASS_TEACHER, kept.starts, group=group)]
    posts += [
        NewPost(teacher, kept.school, Role.TEACHER, kept.starts, group=group, subject=subject)
        for subject, teacher in kept.teachers.items()
        if subject in taught(kept, group)
    ]
    schools.add_posts(by=by, posts=posts, now=now)


def taught(kept: Kept, group: UUID) -> Sequence[str]:
    """The subjects of a class."""
    known = {s.code for s in PACKS[kept.land.pack].subjects_for(kept.levels[group], kept.starts)}
    return [code for code in kept.land.subjects if code in known]


def _timetable(by: Actor, kept: Kept, now: datetime) -> None:
    """Five lessons a day; today too, when today is no school day: a demo is looked at on any day."""
    weekdays = sorted({1, 2, 3, 4, 5, now.date().isoweekday()})
    new, told = [], []
    for place, group in enumerate(kept.classes):
        codes = taught(kept, group)
        for weekday in weekdays:
            for number in range(LESSONS):
                subject = codes[(number + weekday * LESSONS + place * 2) % len(codes)]
                begins = time(8 + number * 50 // 60, number * 50 % 60)
                ends = time((8 * 60 + number * 50 + 40) // 60, (8 * 60 + number * 50 + 40) % 60)
                teacher = kept.teachers[subject]
                new.append(NewSlot(group, weekday, begins, ends, subject, teacher, number=number + 1))
                told.append((group, subject, weekday))
    made = schools.add_slots(by=by, slots=new, now=now)
    kept.slots = [(slot, *rest) for slot, rest in zip(made, told, strict=True)]
