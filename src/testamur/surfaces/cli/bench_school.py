"""The school that the mark grid is measured with: ten years of one large school, by the verbs. Nobody in it exists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from random import Random
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, NewPerson, Relation
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import (
    GroupKind,
    GroupView,
    NewEnrolment,
    NewGroup,
    NewPost,
    NewSchoolYear,
    NewSlot,
    NewTerm,
    NewUnit,
    Role,
    SchoolYearView,
    UnitKind,
)
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.rules.history import PastClass, PastColumn, PastLesson
from testamur.surfaces.cli import demo_data

Start = Callable[[str, int], Callable[[int], None]]
CLASS = 25
SUBJECTS = ("MAT", "BEL", "IST", "GEO", "BIO", "FIZ", "HIM", "MUZ", "FVS", "INF")
OF_SUBJECT = 3
"""Lessons of a subject in a week."""
OF_TERM = 5
"""Columns of a subject in a term, besides the one that closes it."""
ABSENT = 0.02
FIRST, LAST = 5, 12
"""Grades with marks from 2 to 6."""
NUMBERS = range(1, 7)


@dataclass(frozen=True, slots=True)
class Large:
    """The school that now stands: its classes of this year, who teaches them what, and its principal."""

    school: UUID
    path: str
    principal: UUID
    classes: Sequence[GroupView]
    teachers: Mapping[tuple[UUID, str], UUID]
    year: SchoolYearView


def code(pupils: int, years: int) -> str:
    """Of the authority: by it a database is known to hold this very school."""
    return f"bench-{pupils}-{years}"


def find(pupils: int, years: int, on: date) -> Large | None:
    """The school that an earlier run made in this database, if its last school year still goes on."""
    authority = school_queries.unit_by_code(code=code(pupils, years))
    if authority is None:
        return None
    year = school_queries.school_years(authority.id)[-1]
    (school,) = school_queries.units_under(authority.path, kind=UnitKind.SCHOOL)
    return _large(school.id, school.path, year, on) if year.starts <= on <= year.ends else None


def build(by: Actor, pupils: int, years: int, now: datetime, start: Start) -> Large:
    """A school of `pupils` with `years` years of lessons, absences and marks, the running one up to today."""
    on, random = now.date(), Random(4)  # noqa: S311 - invented people
    authority = schools.add_units(
        by=by, units=[NewUnit(UnitKind.AUTHORITY, code(pupils, years), "Измислена община", country="BG")], now=now
    )[0]
    new = NewUnit(UnitKind.SCHOOL, "1", "Измислено голямо училище", parent=authority, pack="bg.school")
    school = schools.add_units(by=by, units=[new], now=now)[0]
    path = school_queries.units([school])[school].path
    count = max(1, round(pupils / CLASS))
    staff = _persons(by, path, random, count + 1, 1980, now)
    parts = [_persons(by, path, random, CLASS, 2012, now) for _ in range(count)]
    posts = [NewPost(one, school, Role.TEACHER, date(2000, 1, 1)) for one in staff[1:]]
    schools.add_posts(by=by, posts=[NewPost(staff[0], school, Role.PRINCIPAL, date(2000, 1, 1)), *posts], now=now)
    _guardians(by, path, random, parts, now)
    advance = start("school years", years)
    last = on.year if on.month >= 8 else on.year - 1  # noqa: PLR2004 - here a school year goes from August to July
    for began in range(last - years + 1, last + 1):
        year = _year(by, authority, began, now)
        groups = _classes(by, school, year, parts, began, now)
        teachers = {
            (group.id, subject): staff[1 + (n + at) % count]
            for n, group in enumerate(groups)
            for at, subject in enumerate(SUBJECTS)
        }
        if began == last:
            _timetable(by, groups, teachers, now)
        past = (_past(group, some, teachers, year, on, random) for group, some in zip(groups, parts, strict=True))
        diary.load_history(by=by, history=past, now=now)
        advance(1)
    return _large(school, path, school_queries.school_years(authority)[-1], on)


def _large(school: UUID, path: str, year: SchoolYearView, on: date) -> Large:
    classes = school_queries.groups(school=school, school_year=year.id)
    told = school_queries.teachers_of(groups=[group.id for group in classes], on=on)
    principal = school_queries.holder(role=Role.PRINCIPAL, on=on, unit=school)
    assert principal is not None
    return Large(school, path, principal, classes, {(one.group, one.subject): one.person for one in told}, year)


def _persons(by: Actor, path: str, random: Random, count: int, born: int, now: datetime) -> list[UUID]:
    new = [
        NewPerson(
            given=random.choice(demo_data.SE_GIVEN), family=random.choice(demo_data.SE_FAMILY),
            birth_date=date(born, 1 + n % 12, 1 + n % 28),
        )
        for n in range(count)
    ]  # fmt: skip
    return people.register_persons(by=by, path=path, persons=new, now=now)


def _guardians(by: Actor, path: str, random: Random, parts: Sequence[Sequence[UUID]], now: datetime) -> None:
    children = [pupil for some in parts for pupil in some]
    grown = _persons(by, path, random, len(children), 1985, now)
    pairs = zip(children, grown, strict=True)
    new = [NewGuardianship(child, guardian, Relation.PARENT, date(2012, 1, 1)) for child, guardian in pairs]
    people.add_guardianships(by=by, guardianships=new, now=now)


def _year(by: Actor, authority: UUID, began: int, now: datetime) -> SchoolYearView:
    starts, middle, ends = date(began, 8, 1), date(began + 1, 2, 1), date(began + 1, 7, 31)
    name = f"{began}/{began + 1}"
    (year,) = schools.add_school_years(by=by, school_years=[NewSchoolYear(authority, name, starts, ends)], now=now)
    terms = [NewTerm(year, "I", starts, middle - timedelta(days=1)), NewTerm(year, "II", middle, ends)]
    schools.add_terms(by=by, terms=terms, now=now)
    view = school_queries.school_year(year)
    assert view is not None
    return view


def _classes(
    by: Actor, school: UUID, year: SchoolYearView, parts: Sequence[Sequence[UUID]], began: int, now: datetime
) -> list[GroupView]:
    """The classes of a year in the order of `parts`; the same pupils stay together, a grade higher every year."""
    levels = [FIRST + (n + began) % (LAST - FIRST + 1) for n in range(len(parts))]
    new = [
        NewGroup(school, year.id, GroupKind.CLASS, f"{level}-{n}", year_level=level) for n, level in enumerate(levels)
    ]
    ids = schools.add_groups(by=by, groups=new, now=now)
    enrolments = [
        NewEnrolment(pupil, school, year.starts, group=group, year_level=level, ends=year.ends)
        for group, level, some in zip(ids, levels, parts, strict=True)
        for pupil in some
    ]
    schools.add_enrolments(by=by, enrolments=enrolments, now=now)
    views = school_queries.groups_by_id(ids)
    return [views[group] for group in ids]


def _timetable(
    by: Actor, groups: Sequence[GroupView], teachers: Mapping[tuple[UUID, str], UUID], now: datetime
) -> None:
    slots = []
    for group in groups:
        for n, subject in enumerate(SUBJECTS * OF_SUBJECT):
            weekday, number = 1 + (n + n // len(SUBJECTS)) % 5, 1 + n // 5
            starts, ends = _hours(number)
            slots.append(NewSlot(group.id, weekday, starts, ends, subject, teachers[group.id, subject], number=number))
    schools.add_slots(by=by, slots=slots, now=now)


def _hours(number: int) -> tuple[time, time]:
    return time(7 + number), time(7 + number, 45)


def _past(
    group: GroupView, pupils: Sequence[UUID], teachers: Mapping[tuple[UUID, str], UUID], year: SchoolYearView,
    on: date, random: Random,
) -> PastClass:  # fmt: skip
    lessons = list(_lessons(group, pupils, teachers, year, on, random))
    return PastClass(
        group.school, group.id, group.path, lessons, list(_columns(group, pupils, teachers, year, on, random))
    )


def _lessons(
    group: GroupView, pupils: Sequence[UUID], teachers: Mapping[tuple[UUID, str], UUID], year: SchoolYearView,
    on: date, random: Random,
) -> Iterator[PastLesson]:  # fmt: skip
    """Six lessons a day in term, until a week ago: those of this week are still the timetable's."""
    until = min(year.ends - timedelta(days=45), on - timedelta(days=7))
    days = (year.starts + timedelta(days=45 + n) for n in range((until - year.starts).days - 45))
    at = 0
    for day in islice((day for day in days if day.weekday() < 5), 175):  # noqa: PLR2004 - Monday to Friday
        for number in NUMBERS:
            subject = SUBJECTS[at % len(SUBJECTS)]
            at += 1
            absent = [(pupil, random.random() < 0.7) for pupil in pupils if random.random() < ABSENT]  # noqa: PLR2004 - most bring a note
            yield PastLesson(
                new_id(), subject, teachers[group.id, subject], day, number, *_hours(number), topic="", absent=absent
            )


def _columns(
    group: GroupView, pupils: Sequence[UUID], teachers: Mapping[tuple[UUID, str], UUID], year: SchoolYearView,
    on: date, random: Random,
) -> Iterator[PastColumn]:  # fmt: skip
    for term in year.terms:
        for subject in SUBJECTS:
            teacher = teachers[group.id, subject]
            for n in range(OF_TERM):
                day = min(term.starts + timedelta(days=20 + 25 * n), term.ends)
                if day < on:
                    marks = [(pupil, str(random.randint(2, 6))) for pupil in pupils]
                    kind = "test" if n % 2 else "current"
                    yield PastColumn(new_id(), subject, teacher, term.id, kind, day, marks=marks)
            if term.ends < on:
                marks = [(pupil, str(random.randint(2, 6))) for pupil in pupils]
                yield PastColumn(new_id(), subject, teacher, term.id, "term", term.ends, closes="term", marks=marks)
