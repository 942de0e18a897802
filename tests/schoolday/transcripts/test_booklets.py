"""One booklet for each pupil over all years and schools; corrections that are struck out, signed for and confirmed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.law.contract import Period
from testamur.register.people import actions as people
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
    Role,
)
from testamur.schoolday.results import queries as results
from testamur.schoolday.results.actions import correct_decision, record_decisions
from testamur.schoolday.results.rules import Amendment, Reason
from testamur.schoolday.results.steps import Plan, plan
from testamur.surfaces.cli import demo_build, issuing, trial
from testamur.trust.records import queries as records
from testamur.trust.records import steps
from testamur.trust.records.models import Record
from testamur.trust.records.render import Renderer
from testamur.trust.records.rules import State
from testamur.trust.sealing.rules import Algorithm
from tests.schoolday.transcripts import classes
from tests.schoolday.transcripts.classes import School

pytestmark = pytest.mark.django_db

YEAR = "2025/2026"
FORMER = Period("2024/2025", "HK2", date(2025, 1, 13), date(2025, 5, 30))


def planned(school: School, short: str, year: str = YEAR, on: date = date(2026, 5, 29)) -> Plan:
    return plan(
        by=operator(), school=school.school, school_year=year, term="HK2", documents=[short], issued_on=on,
        now=clock.now(),
    )  # fmt: skip


def issue(made: Plan) -> list[UUID]:
    how = issuing.How(Path(settings.DATA), "demo", settings.PUBLIC_URL)
    issuing.run(
        operator(), made.records, how, lambda _what, _count: lambda _n: None, unfinished=made.unfinished,
        outdated=made.outdated, word=True,
    )  # fmt: skip
    return [one.record for one in made.records]


def equip(school: School) -> None:
    unit = school_queries.units([school.land.authority])[school.land.authority]
    trial.equip(
        operator(), unit, data=Path(settings.DATA), public_url=settings.PUBLIC_URL, now=clock.now(),
        algorithm=Algorithm.P256,
    )  # fmt: skip


def content(made: Plan, pupil: UUID) -> Any:
    return next(one.content for one in made.records if one.subject.id == pupil)


def former_school(school: School) -> tuple[UUID, UUID]:
    """Another school of the body at which the first pupil was in class 2B the year before; its school year."""
    by, now = operator(), clock.now()
    unit, path = demo_build._school(
        by, school.land, "099002", "Trường Tiểu học Ví Dụ 2", Form.PRIMARY, classes.PARTS, now
    )
    year = schools.add_school_years(
        by=by, school_years=[NewSchoolYear(school.land.authority, "2024/2025", date(2024, 9, 5), FORMER.ends)], now=now
    )[0]
    schools.add_terms(
        by=by,
        terms=[
            NewTerm(year, "HK1", date(2024, 9, 5), date(2025, 1, 11)),
            NewTerm(year, "HK2", FORMER.starts, FORMER.ends),
        ],
        now=now,
    )
    group = schools.add_groups(by=by, groups=[NewGroup(unit, year, GroupKind.CLASS, "2B", year_level=2)], now=now)[0]
    schools.add_enrolments(
        by=by,
        enrolments=[
            NewEnrolment(school.pupils[0], unit, date(2024, 9, 5), ends=FORMER.ends, group=group, year_level=2)
        ],
        now=now,
    )
    rows = [
        replace(one, unit=unit, path=path, period=FORMER, decided_on=FORMER.ends)
        for one in school.year(school.pupils[0], 9, level=2)
    ]
    told = record_decisions(by=by, decisions=rows, now=now)
    assert not told.rejected, told.rejected
    return unit, group


@pytest.mark.feature("D13")
def test_the_booklet_shows_the_years_at_all_schools_of_the_installation(school: School) -> None:
    former_school(school)
    years = content(planned(school, "hoc_ba"), school.pupils[0])["years"]
    assert [(y["school_year"], y["class"], y["school"]) for y in years] == [
        ("2024/2025", "2B", "Trường Tiểu học Ví Dụ 2"),
        (YEAR, "3A", "Trường Tiểu học Ví Dụ 1"),
    ]
    assert years[0]["principal"] == ""
    other = content(planned(school, "hoc_ba"), school.pupils[1])["years"]
    assert [y["school_year"] for y in other] == [YEAR]


@pytest.mark.feature("D13", "D15")
def test_each_year_s_booklet_takes_the_place_of_the_former_one_at_whatever_school(school: School) -> None:
    former, group = former_school(school)
    by, now = operator(), clock.now()
    path = school_queries.units([former])[former].path
    staff = people.register_persons(
        by=by, path=path, persons=[demo_build._person(school.land, next(classes.numbers(5, 1980)))], now=now
    )
    schools.add_posts(by=by, posts=[NewPost(staff[0], former, Role.PRINCIPAL, date(2024, 7, 1))], now=now)
    equip(school)
    there = replace(school, school=former)
    first = issue(planned(there, "hoc_ba", "2024/2025", FORMER.ends))
    assert len(first) == 1
    second = issue(planned(school, "hoc_ba"))
    grown = Record.objects.get(subject=school.pupils[0], state=State.PUBLISHED)
    assert grown.id in second
    assert (grown.version, grown.replaces_id, grown.replaced_because) == (2, first[0], "new_version")
    old = Record.objects.get(id=first[0])
    assert old.state == State.SUPERSEDED
    told = records.by_code(old.code)
    assert told is not None
    assert not planned(school, "hoc_ba").records
    assert group is not None


def test_a_booklet_under_way_at_another_school_is_not_overtaken(school: School) -> None:
    former, _group = former_school(school)
    by, now = operator(), clock.now()
    path = school_queries.units([former])[former].path
    staff = people.register_persons(
        by=by, path=path, persons=[demo_build._person(school.land, next(classes.numbers(5, 1980)))], now=now
    )
    schools.add_posts(by=by, posts=[NewPost(staff[0], former, Role.PRINCIPAL, date(2024, 7, 1))], now=now)
    there = planned(replace(school, school=former), "hoc_ba", "2024/2025", FORMER.ends)
    steps.prepare(by=by, new=there.records, renderer=Renderer(), public_url="https://x.example", test=True, now=now)
    made = planned(school, "hoc_ba")
    assert {one.subject.id for one in made.records} == set(school.pupils[1:])
    assert [one.code for one in made.skipped] == ["results.documents.grows_later"]


def correct(school: School, *, kind: str = "test", code: str = "TV", by: UUID | None = None) -> tuple[str, str]:
    """Put a value of the first pupil right; returns the former and the new one."""
    rows = results.standing(
        by=operator(), path=school.path, unit=school.school, school_year=YEAR, pupils=[school.pupils[0]]
    )[school.pupils[0]]
    row = next(one for one in rows if (one.facts.kind, one.facts.code) == (kind, code))
    value = (
        {"9": "10", "10": "9"}.get(row.facts.value, "9") if kind == "test" else {"T": "Đ", "Đ": "T"}[row.facts.value]
    )
    correct_decision(
        by=operator(), decision=row.id, now=clock.now(),
        amendment=Amendment(
            value=value, reason=Reason.RECTIFICATION, role="teacher", decided_by=(by or school.teacher,),
            decided_on=clock.now().date(), grounds=frozenset({"slip"}), explanation="Ghi nhầm cột.",
        ),
    )  # fmt: skip
    return row.facts.value, value


@pytest.mark.feature("D12", "D17")
def test_a_correction_is_struck_out_and_signed_and_names_the_former_record(school: School) -> None:
    equip(school)
    first = issue(planned(school, "hoc_ba_year"))
    was, now = correct(school)
    made = planned(school, "hoc_ba_year")
    assert len(made.records) == 1
    new = made.records[0]
    row = next(one for one in new.content["year"]["subjects"] if one["code"] == "TV")
    assert (row["former_mark"], row["mark"]) == (was, now)
    assert "Người sửa: " in row["comment"]
    assert new.replaces in first
    assert new.replaced_because == "rectification"
    assert [one.role for one in new.signers] == ["class_teacher", "principal"]
    issue(made)
    assert Record.objects.get(id=new.replaces).state == State.RECTIFIED
    assert Record.objects.get(id=new.record).state == State.PUBLISHED


@pytest.mark.feature("D12")
def test_a_teacher_who_corrects_signs_before_the_class_teacher_and_the_principal_confirms(school: School) -> None:
    by, now = operator(), clock.now()
    other = people.register_persons(
        by=by, path=school.path, persons=[demo_build._person(school.land, next(classes.numbers(7, 1980)))], now=now
    )[0]
    schools.add_posts(by=by, posts=[NewPost(other, school.school, Role.TEACHER, classes.SINCE)], now=now)
    child = people.register_persons(
        by=by, path=school.path, persons=[demo_build._person(school.land, next(classes.numbers(8, 2017)))], now=now
    )[0]
    demo_build._enrol(by, school.school, school.group, [child], 3, now)
    rows = [replace(one, decided_by=(other,)) if one.code == "TA" else one for one in school.year(child, 3)]
    rows = [replace(one, decided_by=(other,)) if (one.kind, one.code) == ("test", "TV") else one for one in rows]
    record_decisions(by=by, decisions=rows, now=now)
    correct(replace(school, pupils=[child]), by=other)
    made = planned(school, "hoc_ba_year")
    signers = {one.subject.id: [(s.role, s.title, s.person) for s in one.signers] for one in made.records}
    assert signers[child] == [
        ("corrector", "Người sửa chữa", other),
        ("class_teacher", "Giáo viên chủ nhiệm", school.teacher),
        ("principal", "Hiệu trưởng", school.principal),
    ]
    assert [role for role, _title, _person in signers[school.pupils[0]]] == ["class_teacher", "principal"]
