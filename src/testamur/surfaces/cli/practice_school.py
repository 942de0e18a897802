"""A practice province and its schools: invented, small, the same at every beginning (row D4).

A school has two classes: in the first everything is decided and waits to be verified, signed and sealed; in the second
some pupils lack what a transcript must show, so that entering can be practised too.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor, operator
from testamur.law.contract import Period
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, Relation, Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools import queries
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
from testamur.schoolday.rollout import actions as rollout
from testamur.schoolday.rollout.rules import PILOT, Mark, NewPlan, Reach, Stage
from testamur.surfaces.cli import demo_data, demo_people, demo_province, trial
from testamur.trust.sealing.rules import Algorithm

CODE = "096"
"""Province code that is not in use [M]."""
NAME = "Tỉnh Thực Hành (BẢN THỰC HÀNH)"
"""The documents' watermark follows from these words."""
PUPILS = 10
CLASSES = (("1A", 1), ("2A", 2))
UNDECIDED = 3
"""Pupils of the second class of whom nothing is decided yet."""
SERIALS = 1000
"""Numbers of persons that one school may use."""


def build(by: Actor, *, data: Path, public_url: str, now: datetime) -> UUID:
    """The province with its TEST seal and log, somebody who administers it, a plan in force, and the first school."""
    unit = NewUnit(UnitKind.AUTHORITY, CODE, NAME, country="VN", slug="thuc-hanh")
    body = schools.add_units(by=by, units=[unit], now=now)[0]
    view = queries.units([body])[body]
    code, terms = _year(now.date())
    year = schools.add_school_years(
        by=by, school_years=[NewSchoolYear(body, code, terms[0][1], terms[1][2])], now=now
    )[0]  # fmt: skip
    schools.add_terms(by=by, terms=[NewTerm(year, *term) for term in terms], now=now)
    trial.equip(by, view, data=data, public_url=public_url, algorithm=Algorithm.P256, now=now)
    officer = demo_province._Numbers(0).next("practice office", 1972)  # noqa: SLF001 - the same invented people
    demo_people.add_administrator(by, body, view.path, officer, Scheme.CCCD, now, family_first=True)
    _plan(by, body, code, now)
    return make(now=now)


@transaction.atomic
def make(*, now: datetime) -> UUID:
    """One more school of the practice province, in its first state; returns its id."""
    by = operator()
    body = queries.unit_by_code(code=CODE)
    assert body is not None  # `build` comes first
    number = len(queries.units_under(body.path, kind=UnitKind.SCHOOL)) + 1
    parts = (("province", "Tỉnh Thực Hành"), ("district", "Phường Thử Nghiệm"))
    name = f"Trường Tiểu học Thực Hành {number}"
    new = NewUnit(
        UnitKind.SCHOOL, f"{CODE}{number:04d}", name, parent=body.id, form=Form.PRIMARY, pack=demo_province.PACK,
        parts=parts,
    )  # fmt: skip
    school = queries.units([schools.add_units(by=by, units=[new], now=now)[0]])
    _fill(by, next(iter(school.values())), queries.school_years(body.id)[0].id, number, now)
    return next(iter(school))


def _fill(by: Actor, school: UnitView, year: UUID, number: int, now: datetime) -> None:
    numbers = demo_province._Numbers(number * SERIALS)  # noqa: SLF001 - the same invented people
    code, terms = _year(now.date())
    since = terms[0][1] - timedelta(days=14)
    groups = schools.add_groups(
        by=by, groups=[NewGroup(school.id, year, GroupKind.CLASS, n, year_level=g) for n, g in CLASSES], now=now
    )
    staff = people.register_persons(
        by=by, path=school.path, persons=numbers.some("practice staff", 1984, 2 + len(CLASSES)), now=now
    )
    posts = [
        NewPost(staff[0], school.id, Role.PRINCIPAL, since),
        NewPost(staff[1], school.id, Role.ADMINISTRATOR, since),
    ]
    posts += [
        NewPost(teacher, school.id, Role.CLASS_TEACHER, since, group=group)
        for teacher, group in zip(staff[2:], groups, strict=True)
    ]
    schools.add_posts(by=by, posts=posts, now=now)
    for (_name, level), group, teacher in zip(CLASSES, groups, staff[2:], strict=True):
        born = terms[0][1].year - 5 - level
        pupils = people.register_persons(
            by=by, path=school.path, persons=numbers.some("practice pupil", born, PUPILS), now=now
        )
        enrolments = [NewEnrolment(one, school.id, since, group=group, year_level=level) for one in pupils]
        schools.add_enrolments(by=by, enrolments=enrolments, now=now)
        guardians = people.register_persons(
            by=by, path=school.path, persons=numbers.some("practice guardian", 1988, len(pupils)), now=now
        )
        guarded = [
            NewGuardianship(child, parent, Relation.PARENT, since)
            for child, parent in zip(pupils, guardians, strict=True)
        ]
        people.add_guardianships(by=by, guardianships=guarded, now=now)
        decided = pupils if level == 1 else pupils[UNDECIDED:]
        _decide(by, school, Period(code, *terms[1]), level, teacher, decided, now)


def _decide(
    by: Actor, school: UnitView, period: Period, level: int, teacher: UUID, pupils: list[UUID], now: datetime
) -> None:
    random = Random(level)  # noqa: S311 - invented marks, the same each time
    decisions = [
        NewDecision(
            pupil=pupil, unit=school.id, path=school.path, pack=demo_province.PACK, kind=one.kind, code=one.code,
            value=one.value, period=period, year_level=level, decided_on=period.ends, decided_by=(teacher,),
            comment=one.comment,
        )
        for pupil in pupils
        for one in demo_data.vietnamese_year(random, level, period)
    ]  # fmt: skip
    record_decisions(by=by, decisions=decisions, now=now)


def _plan(by: Actor, body: UUID, code: str, now: datetime) -> None:
    today = now.date()
    days = {
        Mark.TRAINING_FROM: 0, Mark.TRAINING_TO: 14, Mark.ENTRY: 21, Mark.VERIFICATION: 24, Mark.SIGNING: 31,
        Mark.DELIVERY: 38, Mark.SUMMING_UP: 45,
    }  # fmt: skip
    dates = {mark: today + timedelta(days=n) for mark, n in days.items()}
    stage = Stage("Thực hành", PILOT, Reach.ALL, dates)
    plan = NewPlan("Học bạ số: thực hành", "Kế hoạch thực hành", code, (stage,))
    made = rollout.draft_plan(by=by, authority=body, new=plan, now=now)
    rollout.put_in_force(by=by, plan=made, now=now)


def _year(today: date) -> tuple[str, tuple[tuple[str, date, date], tuple[str, date, date]]]:
    """The latest school year whose second term is over, with its terms: transcripts of it can be made today."""
    ends = today.year if today >= date(today.year, 5, 29) else today.year - 1
    first = ("HK1", date(ends - 1, 9, 5), date(ends, 1, 10))
    return f"{ends - 1}/{ends}", (first, ("HK2", date(ends, 1, 12), date(ends, 5, 29)))
