"""Reports: what is counted, what the law lets be averaged, and what is not told of small groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from testamur.access.accounts.rules import hats
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.law.diary import MarkFact
from testamur.law.tables import PACKS
from testamur.register.people import actions as people
from testamur.register.people.rules import NewPerson
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup
from testamur.schoolday.diary.actions import add_task, enter_marks, write_remark
from testamur.schoolday.diary.models import Absence, Lesson
from testamur.schoolday.diary.queries import reporting as reports
from testamur.schoolday.diary.queries.reporting import Choice
from testamur.schoolday.diary.rules.marks import Entry
from testamur.schoolday.diary.rules.reports import (
    FEWEST,
    Figures,
    Marks,
    Material,
    Missed,
    Scale,
    Sign,
    Sort,
    figures,
    risks,
    veil,
)
from tests.schoolday.diary.school import BEGINS, NOW, TODAY, School, build

ALL = Choice()


def mark(school: School, values: dict[int, str], *, subject: int = 0, kind: str = "current", on: date = TODAY) -> UUID:
    task = add_task(by=operator(), group=school.group, subject=school.subjects[subject], kind=kind, on=on, now=NOW)
    enter_marks(by=operator(), task=task, entries=[Entry(school.pupils[n], v) for n, v in values.items()], now=NOW)
    return task


def missing(school: School, pupil: int, **changes: Any) -> None:
    values: dict[str, Any] = {"kind": "absent", "weight": Decimal(1), "excused": None, **changes}
    one = Lesson.objects.create(
        school_id=school.school, path=school.group_path, group_id=school.group, subject=school.subjects[0],
        teacher=school.persons["teacher"], on=TODAY, starts="09:00", ends="09:45", state="taken", taken_at=NOW,
        taken_by=school.persons["teacher"],
    )  # fmt: skip
    Absence.objects.create(
        lesson=one, pupil_id=school.pupils[pupil], school_id=school.school, group_id=school.group, subject=one.subject,
        on=one.on, made_at=NOW, made_by=school.persons["teacher"], changed_at=NOW, **values,
    )  # fmt: skip


def of_class(school: School, name: str = "principal", choice: Choice = ALL, role: str = "") -> reports.ClassReport:
    return reports.class_report(by=school.actor(name, role), group=school.group, on=TODAY, choice=choice)


def of_school(school: School, by: Actor | None = None, choice: Choice = ALL) -> reports.SchoolReport:
    return reports.school_report(by=by or school.actor("principal"), school=school.school, on=TODAY, choice=choice)


@pytest.mark.feature("E17", "E28")
def test_success_in_a_report_is_what_the_law_reckons_pupil_by_pupil(bulgarian: School) -> None:
    heavy = mark(bulgarian, {0: "6", 1: "3"})
    add = Decimal("2.5")
    with_weight = add_task(
        by=operator(), group=bulgarian.group, subject="MAT", kind="test", on=TODAY, weight=add, now=NOW
    )
    enter_marks(by=operator(), task=with_weight, entries=[Entry(bulgarian.pupils[0], "4")], now=NOW)
    mark(bulgarian, {0: "5", 1: "4"}, subject=1, on=date(2025, 10, 1))
    first = enter_marks(by=operator(), task=heavy, entries=[Entry(bulgarian.pupils[1], "3")], now=NOW)[0].mark
    enter_marks(by=operator(), task=heavy, entries=[Entry(bulgarian.pupils[1], "2", seen=first)], now=NOW)
    found = of_class(bulgarian)
    told = {line.pupil.id: line.figures for line in found.pupils}
    facts = [
        MarkFact("MAT", "current", "6", "II", TODAY),
        MarkFact("MAT", "test", "4", "II", TODAY, add),
        MarkFact("BEL", "current", "5", "I", date(2025, 10, 1)),
    ]
    assert told[bulgarian.pupils[0]].average == PACKS["bg.school"].diary.success(facts) == Decimal("4.79")
    assert told[bulgarian.pupils[1]].average == Decimal("3.00"), "the corrected 2 counts, the former 3 does not"
    assert found.total.average == Decimal("3.89")
    assert dict(zip(found.frame.scale.values, found.total.counts, strict=True))["2"] == found.total.failing == 1
    assert of_school(bulgarian).total == replace(found.total), "a school of one class is that class"
    one = reports.pupil_report(by=bulgarian.actor("principal"), pupil=bulgarian.pupils[0], on=TODAY, choice=ALL)
    assert one.success == told[bulgarian.pupils[0]].average
    term = of_class(bulgarian, choice=Choice(term="I"))
    assert term.total.marks == 2


@pytest.mark.feature("E17", "E27")
def test_absences_and_remarks_are_counted_as_the_law_counts_them(bulgarian: School) -> None:
    missing(bulgarian, 0, excused=True)
    missing(bulgarian, 0, excused=False, kind="late", minutes=10, weight=Decimal("0.5"))
    missing(bulgarian, 0, excused=False, kind="late", minutes=12, weight=Decimal("0.5"))
    missing(bulgarian, 1)
    missing(bulgarian, 1, void=True)
    rules = PACKS["bg.school"].diary.remarks
    for kind in (next(k for k in rules if k.positive), next(k for k in rules if not k.positive)):
        write_remark(
            by=bulgarian.actor("teacher"), group=bulgarian.group, pupils=[bulgarian.pupils[0]], kind=kind.code,
            text="Измислено.", now=NOW, on=TODAY,
        )  # fmt: skip
    total = of_class(bulgarian).total
    assert [total.excused, total.unexcused, total.undecided] == [Decimal(1)] * 3
    assert total.late == 2
    assert (total.remarks, total.praise) == (1, 1)


@pytest.mark.parametrize(("fixture", "values"), [("swedish", {0: "A", 1: "F"}), ("vietnamese", {0: "T", 1: "C"})])
def test_where_the_law_knows_no_average_there_is_none(
    request: pytest.FixtureRequest, fixture: str, values: dict[int, str]
) -> None:
    school: School = request.getfixturevalue(fixture)
    kind = next(k.code for k in PACKS[school.pack].diary.mark_kinds(8 if fixture == "swedish" else 3, TODAY)
                if not k.closes and k.scale.find(values[0]))  # fmt: skip
    mark(school, values, kind=kind)
    found = of_class(school)
    assert (found.total.average, found.total.marks) == (None, 2)
    assert not found.frame.scale.averages
    assert of_school(school).total.average is None


@pytest.mark.feature("E17")
def test_a_teacher_is_told_of_the_own_subject_and_a_class_teacher_of_the_class(bulgarian: School) -> None:
    mark(bulgarian, {0: "6"})
    mark(bulgarian, {0: "2"}, subject=1)
    missing(bulgarian, 0)
    assert [code for code, _ in of_class(bulgarian, "teacher").by_subject] == ["MAT"]
    assert {code for code, _ in of_class(bulgarian, "class_teacher").by_subject} == {"MAT", "BEL"}
    pupil = bulgarian.pupils[0]
    lines = reports.pupil_report(by=bulgarian.actor("teacher"), pupil=pupil, on=TODAY, choice=ALL).lines
    assert [line.subject for line in lines] == ["MAT"]
    for name in ("stranger", "guardian"):
        with pytest.raises(NotAllowed):
            of_class(bulgarian, name)
        with pytest.raises(NotAllowed):
            reports.pupil_report(by=bulgarian.actor(name), pupil=pupil, on=TODAY, choice=ALL)
    for name in ("teacher", "class_teacher", "stranger", "guardian"):
        with pytest.raises(NotAllowed):
            of_school(bulgarian, bulgarian.actor(name))
        with pytest.raises(NotAllowed):
            reports.risk_report(by=bulgarian.actor(name), school=bulgarian.school, on=TODAY, choice=ALL)


def authority(school: School) -> Actor:
    """An administrator of the body responsible."""
    hat = hats.Hat("a", "administrator", school.authority_path, school.authority, school.authority_path, ())
    return hats.actor_of(hat, person=school.persons["administrator"], identified_by="simulated", authority=True)


def test_the_body_responsible_is_told_totals_and_nothing_of_fewer_than_five(bulgarian: School) -> None:
    by = authority(bulgarian)
    small = _second_class(bulgarian, 3)
    mark(bulgarian, dict.fromkeys(range(5), "5"))
    task = add_task(by=operator(), group=small[0], subject="MAT", kind="current", on=TODAY, now=NOW)
    enter_marks(by=operator(), task=task, entries=[Entry(one, "2") for one in small[1]], now=NOW)
    found = of_school(bulgarian, by, Choice(term="II"))
    assert found.frame.term is None, "a term could be subtracted from another view"
    assert [of.hidden for _group, of in found.by_class] == [True, True], "the larger one would tell the smaller"
    assert (found.total.hidden, found.total.marks) == (False, 8)
    assert [of.hidden for _g, of in of_school(bulgarian).by_class] == [False, False], "the principal sees the pupils"
    (line,) = reports.schools_report(by=by, path=bulgarian.authority_path, on=TODAY)
    assert (line.marks, line.failing, line.hidden) == (8, 3, False)
    for refused in (
        lambda: reports.class_report(by=by, group=bulgarian.group, on=TODAY, choice=ALL),
        lambda: reports.pupil_report(by=by, pupil=bulgarian.pupils[0], on=TODAY, choice=ALL),
        lambda: reports.risk_report(by=by, school=bulgarian.school, on=TODAY, choice=ALL),
        lambda: reports.teachers_report(by=by, school=bulgarian.school, on=TODAY, choice=ALL),
        lambda: reports.school_report(by=by, school=bulgarian.school, on=TODAY, choice=ALL, subject="MAT"),
    ):
        with pytest.raises(NotAllowed):
            refused()


def _second_class(school: School, count: int) -> tuple[UUID, list[UUID]]:
    by = operator()
    group = schools.add_groups(
        by=by, groups=[NewGroup(school.school, school.year, GroupKind.CLASS, "8Б", year_level=8)], now=NOW
    )[0]
    new = [NewPerson(given=f"Друг{n}", family="Примерен", birth_date=date(2011, 2, 1)) for n in range(count)]
    pupils = people.register_persons(by=by, path=school.path, persons=new, now=NOW)
    schools.add_enrolments(
        by=by, enrolments=[NewEnrolment(p, school.school, BEGINS, group=group, year_level=8) for p in pupils], now=NOW
    )
    return group, pupils


def test_whoever_may_not_see_a_protected_pupil_finds_none_in_a_list(bulgarian: School) -> None:
    mark(bulgarian, dict.fromkeys(range(5), "2"))
    grants = (Grant("teacher", bulgarian.path, ("diary.report.*", "diary.class.*", "people.details.see")),)
    found = reports.class_report(
        by=Actor(bulgarian.persons["stranger"], "simulated", grants), group=bulgarian.group, on=TODAY, choice=ALL
    )
    assert len(found.pupils) == 5
    assert "Ученик2" not in str([line.pupil for line in found.pupils])
    assert len(found.risks) == 4
    assert len(of_class(bulgarian).risks) == 5


@pytest.mark.feature("E17")
def test_teachers_terms_and_years(bulgarian: School) -> None:
    mark(bulgarian, {0: "6", 1: "2"})
    mark(bulgarian, {0: "4"}, subject=1, on=date(2025, 10, 1))
    found = reports.teachers_report(by=bulgarian.actor("principal"), school=bulgarian.school, on=TODAY, choice=ALL)
    told = {line.subject: (line.teacher.id if line.teacher else None, line.marks, line.mean) for line in found.lines}
    persons = bulgarian.persons
    assert told == {
        "MAT": (persons["teacher"], 2, Decimal("4.00")),
        "BEL": (persons["class_teacher"], 1, Decimal("4.00")),
    }
    by = bulgarian.actor("principal")
    _frame, lines = reports.years_report(by=by, school=bulgarian.school, on=TODAY, choice=ALL)
    assert [(line.term.code, line.marks, line.failing) for line in lines] == [("I", 1, 0), ("II", 2, 1)]
    _frame, few = reports.years_report(by=authority(bulgarian), school=bulgarian.school, on=TODAY, choice=ALL)
    assert all(line.hidden for line in few)


@pytest.mark.parametrize("pupils", [5, 30])
def test_the_same_number_of_queries_whatever_the_size(db: None, pupils: int) -> None:
    school = build("bg.school", pupils=pupils)
    by = school.actor("principal")
    for n in range(3):
        mark(school, dict.fromkeys(range(pupils), "2"), on=TODAY - timedelta(days=n))
    counted = {}
    asked: dict[str, Callable[[], object]] = {
        "school": lambda: of_school(school, by),
        "class": lambda: reports.class_report(by=by, group=school.group, on=TODAY, choice=ALL),
        "risk": lambda: reports.risk_report(by=by, school=school.school, on=TODAY, choice=ALL),
        "years": lambda: reports.years_report(by=by, school=school.school, on=TODAY, choice=ALL),
        "teachers": lambda: reports.teachers_report(by=by, school=school.school, on=TODAY, choice=ALL),
        "pupil": lambda: reports.pupil_report(by=by, pupil=school.pupils[0], on=TODAY, choice=ALL),
    }
    for name, ask in asked.items():
        with CaptureQueriesContext(connection) as queries:
            ask()
        counted[name] = len(queries)
    assert counted == {"school": 10, "class": 13, "risk": 12, "years": 8, "teachers": 11, "pupil": 11}


SIX = Scale(("6", "5", "4", "3", "2"), {str(n): Decimal(n) for n in range(2, 7)}, frozenset({"2"}))
ONE, TWO, THREE = UUID(int=1), UUID(int=2), UUID(int=3)


def test_signs_weigh_as_their_table_says() -> None:
    bad = Marks(ONE, "MAT", (0, 0, 0, 1, 3), Decimal(4), Decimal(9))
    falling = Marks(TWO, "MAT", (2, 0, 0, 2, 0), Decimal(4), Decimal(18), Decimal(2), Decimal(6))
    good = Marks(THREE, "MAT", (2, 0, 0, 0, 0), Decimal(2), Decimal(12))
    diary = PACKS["bg.school"].diary
    missed = {TWO: Missed(unexcused=diary.alarm[0]), THREE: Missed(excused=Decimal(200))}
    stuff = Material(SIX, diary, {ONE: [bad], TWO: [falling], THREE: [good]}, missed, {})
    found = risks(stuff, {ONE: ["BEL"]}, [ONE, TWO, THREE])
    assert [(one.pupil, dict(one.signs)) for one in found] == [
        (ONE, {Sign.CLOSED_FAILED: 1, Sign.FAILING: 1}),
        (TWO, {Sign.UNEXCUSED: 1, Sign.FALLING: 1}),
    ]
    assert found[1].fall == Decimal("3.00")
    assert [one.weight for one in found] == [7, 5]
    assert figures(stuff, [ONE, TWO], subject="BEL").marks == 0


def test_a_small_figure_takes_the_next_larger_one_with_it() -> None:
    some = {name: Figures(pupils=n, marked=n, marks=n) for name, n in {"a": 3, "b": 25, "c": 7, "d": 0}.items()}
    found = veil(some, sees=False)
    assert [name for name, one in found.items() if one.hidden] == ["a", "c"]
    assert found["a"].marks == 0
    assert veil({"b": some["b"]}, sees=False) == {"b": some["b"]}
    assert veil(some, sees=True) == some
    assert FEWEST == 5
    assert Sort("") is Sort.DAY
