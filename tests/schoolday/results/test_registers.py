"""The class register: what the diary holds of a year becomes a signed document, and stays as it was signed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.law.tables import PACKS
from testamur.register.people import actions as people_actions
from testamur.register.people.rules import NewIdentifier, Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools.queries import enrolments_of, units
from testamur.schoolday.diary.actions import add_task, enter_marks, write_remark
from testamur.schoolday.diary.models import Absence, Lesson
from testamur.schoolday.diary.queries.register import of_classes
from testamur.schoolday.diary.rules.marks import Entry
from testamur.schoolday.results.steps import Plan, plan
from testamur.surfaces.cli import issuing, trial
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State
from tests.schoolday.diary.school import ENDS, NOW, TODAY, School, build

LATER = NOW.replace(month=7)
URL = "https://test.testamur.example"
GOOD_AND_WEAK = {"bg.school": ("6", "2"), "se.compulsory": ("B", "E"), "vn.primary": ("T", "H")}


def short(school: School) -> str:
    rule = PACKS[school.pack].diary.register
    assert rule is not None
    return rule.document


def planned(school: School, by: Actor | None = None) -> Plan:
    made = plan(
        by=by or operator(), school=school.school, school_year="2025/2026", term="", documents=[short(school)],
        issued_on=date(2026, 7, 1), now=LATER,
    )  # fmt: skip
    assert made.skipped == []
    return made


def lesson(school: School, on: date = TODAY, topic: str = "Триъгълници") -> Lesson:
    return Lesson.objects.create(
        school_id=school.school, path=school.group_path, group_id=school.group, subject=school.subjects[0],
        teacher=school.persons["teacher"], on=on, number=1, starts=time(9), ends=time(9, 45), topic=topic,
        state="taken", taken_at=NOW, taken_by=school.persons["teacher"],
    )  # fmt: skip


def absent(school: School, one: Lesson, pupil: int, **changes: Any) -> None:
    values: dict[str, Any] = {"kind": "absent", "weight": Decimal(1), "excused": None, **changes}
    Absence.objects.create(
        lesson=one, pupil_id=school.pupils[pupil], school_id=school.school, group_id=school.group, subject=one.subject,
        on=one.on, made_at=NOW, made_by=school.persons["teacher"], changed_at=NOW, **values,
    )  # fmt: skip


def mark(school: School, values: dict[int, str], now: datetime = NOW) -> UUID:
    kinds = PACKS[school.pack].diary.mark_kinds(8 if school.pack != "vn.primary" else 3, TODAY)
    kind = next(k.code for k in kinds if not k.closes)
    by = school.actor("teacher")
    task = add_task(by=by, group=school.group, subject=school.subjects[0], kind=kind, on=TODAY, now=now)
    enter_marks(by=by, task=task, entries=[Entry(school.pupils[n], v) for n, v in values.items()], now=now)
    return task


def equipped(pack: str) -> School:
    """A school whose signers have numbers to be recognised by."""
    made = build(pack)
    items = [
        (made.persons[name], NewIdentifier(Scheme.EGN, f"{body}{_check(body)}"))
        for name, body in (("class_teacher", "800101998"), ("principal", "800101999"))
    ]
    people_actions.add_identifiers(by=operator(), items=items, now=NOW)
    return made


def _check(body: str) -> int:
    return sum(int(d) * w for d, w in zip(body, (2, 4, 8, 5, 10, 9, 7, 3, 6), strict=True)) % 11 % 10


@pytest.fixture(params=sorted(GOOD_AND_WEAK))
def school(request: pytest.FixtureRequest, db: None) -> School:
    return equipped(request.param)


@pytest.mark.feature("E15")
def test_the_register_of_a_class_holds_its_lessons_marks_absences_and_remarks(school: School) -> None:
    values = GOOD_AND_WEAK[school.pack]
    mark(school, {0: values[0], 2: values[1]})
    one = lesson(school)
    absent(school, one, 0)
    absent(school, one, 1, kind="late", minutes=10, weight=Decimal("0.5"), excused=True)
    absent(school, one, 3, void=True)
    kind = PACKS[school.pack].diary.remarks[0].code
    write_remark(
        by=school.actor("teacher"), group=school.group, pupils=[school.pupils[1]], kind=kind, text="Носи учебник.",
        now=NOW, on=TODAY,
    )  # fmt: skip
    (record,) = planned(school).records
    text = str(record.content)
    assert "Триъгълници" in text
    assert "Носи учебник." in text
    assert record.subject.kind == "group"
    assert "Ученик2" in text, "the sealed register names the protected pupil as the law does"
    assert planned(school).records[0].content == record.content, "the same diary gives the same register"


def test_it_is_for_the_office_and_not_for_whoever_teaches(school: School) -> None:
    grants = (Grant("office", "/", ("results.decision.read", "records.record.read", "people.*")),)
    with pytest.raises(NotAllowed, match=r"diary\.register\.read"):
        planned(school, Actor(school.persons["administrator"], "simulated", grants))


def test_who_left_during_the_year_stands_in_it_and_who_came_another_year_does_not(school: School) -> None:
    gone = school.pupils[4]
    one = lesson(school, on=date(2025, 10, 8))
    absent(school, one, 4)
    rows = [row for row in enrolments_of(person=gone) if row.group == school.group]
    schools.end_enrolments(by=operator(), ends={row.id: date(2025, 12, 1) for row in rows}, now=NOW)
    assert "Ученик4" in str(planned(school).records[0].content)


def test_what_was_taken_back_or_corrected_stands_as_it_is_now(school: School) -> None:
    values = GOOD_AND_WEAK[school.pack]
    task = mark(school, {0: values[0], 1: values[0]})
    found = _diary(school)
    seen = {m.pupil: m for m in found.marks}
    assert {m.value for m in seen.values()} == {values[0]}
    by = school.actor("teacher")
    first = enter_marks(by=by, task=task, entries=[Entry(school.pupils[0], values[0])], now=NOW)[0].mark
    enter_marks(by=by, task=task, entries=[Entry(school.pupils[0], values[1], seen=first)], now=NOW)
    second = enter_marks(by=by, task=task, entries=[Entry(school.pupils[1], values[0])], now=NOW)[0].mark
    enter_marks(by=by, task=task, entries=[Entry(school.pupils[1], "", seen=second)], now=NOW)
    assert [(m.pupil, m.value) for m in _diary(school).marks] == [(school.pupils[0], values[1])]


def _diary(school: School) -> Any:
    return of_classes(
        by=operator(), path=school.path, groups={school.group: school.pupils}, first=date(2025, 9, 1), last=ENDS
    )[school.group]


@pytest.mark.parametrize("pupils", [5, 30])
def test_the_diary_of_a_class_takes_the_same_queries_whatever_its_size(
    db: None, pupils: int, django_assert_num_queries: Any
) -> None:
    made = build("bg.school", pupils=pupils)
    mark(made, dict.fromkeys(range(pupils), "5"))
    for day in range(3):
        one = lesson(made, on=TODAY - timedelta(days=day))
        for pupil in range(pupils):
            absent(made, one, pupil)
    with django_assert_num_queries(5):
        _diary(made)


def test_a_signed_register_is_sealed_and_stays_as_it_was_whatever_the_diary_says_later(
    transactional_db: None, tmp_path: Path, settings: Any
) -> None:
    settings.DATA, settings.MODE = tmp_path, "demo"
    school = equipped("bg.school")
    body = units([school.authority])[school.authority]
    trial.equip(operator(), body, data=tmp_path, public_url=URL, now=NOW)
    mark(school, {0: "6"})
    first = planned(school)
    run(first, tmp_path)
    (record,) = Record.objects.filter(id__in=[r.record for r in first.records])
    assert record.state == State.PUBLISHED
    mark(school, {1: "2"}, now=NOW + timedelta(days=1))
    again = planned(school)
    assert Record.objects.get(id=record.id).content_sha256 == record.content_sha256
    (second,) = again.records
    assert (second.replaces, second.version) == (record.id, 2)


def run(made: Plan, data: Path) -> None:
    how = issuing.How(data, "demo", URL)
    issuing.run(operator(), made.records, how, lambda _title, _total: lambda _count: None)
