"""Subjects, courses and modules, and which pack governs where."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.register.curriculum import actions, models, queries
from testamur.register.curriculum.rules import (
    CourseInvalid,
    FinalRule,
    NewCourse,
    NewModule,
    NewPackInForce,
    NewSubject,
    prefixes,
)
from tests.register.conftest import DAY, actor

pytestmark = pytest.mark.django_db

HP = Decimal("7.5")


def two_modules(*, deciding: bool, rule: FinalRule = FinalRule.DECIDING_MODULE) -> NewCourse:
    """An invented course of 7.5 hp with an exam and a laboratory."""
    return NewCourse(
        "PR1001",
        "Provämne A",
        HP,
        "/prov-hogskolan/",
        final_rule=rule,
        modules=(
            NewModule("2505", "Tentamen", Decimal("5.0"), "AF", deciding=deciding),
            NewModule("2515", "Laboration", Decimal("2.5"), "UG"),
        ),
    )


@pytest.mark.feature("B29")
@pytest.mark.feature("B38")
def test_a_course_is_found_by_code_with_its_modules_in_order(by: Actor, now: datetime):
    (id_,) = actions.add_courses(by=by, courses=[two_modules(deciding=True)], now=now)
    course = queries.course(code="PR1001", path="/prov-hogskolan/institution-1/")
    assert course is not None
    assert (course.id, course.credits, [m.code for m in course.modules]) == (id_, HP, ["2505", "2515"])
    assert queries.courses([id_, new_id()]) == {id_: course}
    assert queries.courses_by_code(codes=["PR1001", "X"], path="/prov-hogskolan/") == {"PR1001": course}
    assert queries.course(code="PR1001", path="/annan-hogskola/") is None
    assert queries.courses_at("/prov-hogskolan/") == (course,)
    assert Entry.objects.get().refs["modules"] == 2


@pytest.mark.feature("B17")
def test_the_syllabus_may_name_the_module_that_decides(by: Actor, now: datetime):
    single = NewCourse("PR1002", "Prov", HP, modules=(NewModule("1", "Allt", HP),), final_rule=FinalRule.SINGLE_MODULE)
    actions.add_courses(by=by, courses=[two_modules(deciding=True), single], now=now)
    found = queries.courses_by_code(codes=["PR1001", "PR1002"], path="/prov-hogskolan/")
    deciding = [found[code].deciding_module for code in ("PR1001", "PR1002")]
    assert [m.code for m in deciding if m] == ["2505", "1"]


@pytest.mark.parametrize(
    ("course", "why"),
    [
        (two_modules(deciding=False), "rule"),
        (two_modules(deciding=True, rule=FinalRule.MANUAL), "rule"),
        (two_modules(deciding=False, rule=FinalRule.SINGLE_MODULE), "rule"),
        (NewCourse("X", "x", Decimal(-1)), "credits"),
        (NewCourse("X", "x", Decimal("7.25")), "credits"),
        (NewCourse("X", "x", HP, modules=(NewModule("1", "a", Decimal(5)),)), "sum"),
        (
            NewCourse("X", "x", HP, modules=(NewModule("1", "a", Decimal(5)), NewModule("1", "b", Decimal("2.5")))),
            "module",
        ),
    ],
)
def test_a_course_that_contradicts_itself_is_refused(by: Actor, now: datetime, course: NewCourse, why: str):
    with pytest.raises(CourseInvalid) as no:
        actions.add_courses(by=by, courses=[course], now=now)
    assert (no.value.found["why"], no.value.found["index"]) == (why, 0)


@pytest.mark.feature("B6")
def test_a_discontinued_course_says_so_from_that_day(by: Actor, now: datetime):
    (id_,) = actions.add_courses(by=by, courses=[two_modules(deciding=True)], now=now)
    actions.discontinue_course(by=by, course=id_, on=DAY, now=now)
    course = queries.courses([id_])[id_]
    assert (course.discontinued(date(2026, 5, 3)), course.discontinued(DAY)) == (False, True)
    with pytest.raises(NotAllowed):
        actions.discontinue_course(by=actor("curriculum.*"), course=id_, on=None, now=now)
    with pytest.raises(NotFound):
        actions.discontinue_course(by=by, course=new_id(), on=None, now=now)


def test_a_code_is_taken_once_at_a_place(by: Actor, now: datetime):
    actions.add_courses(by=by, courses=[two_modules(deciding=True)], now=now)
    with pytest.raises(actions.CodeTaken) as no:
        actions.add_courses(by=by, courses=[two_modules(deciding=True)], now=now)
    assert no.value.found["index"] == 0
    actions.add_subjects(by=by, subjects=[NewSubject("MA", "Matematik", pack="se.compulsory")], now=now)
    with pytest.raises(actions.CodeTaken):
        actions.add_subjects(by=by, subjects=[NewSubject("MA", "Matematik", pack="se.compulsory")], now=now)


@pytest.mark.feature("E13")
def test_an_authoritys_own_subject_goes_before_the_packs(by: Actor, now: datetime):
    actions.add_subjects(
        by=by,
        subjects=[
            NewSubject("MA", "Matematik", pack="se.compulsory"),
            NewSubject("SCH", "Schack", "/testkoping/", valid_from=date(2025, 7, 1)),
            NewSubject("MA", "Matematik med schack", "/testkoping/skolan-1/"),
            NewSubject("MA", "Математика", pack="bg.school"),
        ],
        now=now,
    )

    def name(path: str) -> str:
        found = queries.subject(code="MA", path=path, pack="se.compulsory")
        return found.name if found else ""

    assert (name("/testkoping/skolan-1/"), name("/testkoping/")) == ("Matematik med schack", "Matematik")
    codes = [s.code for s in queries.subjects(path="/testkoping/", pack="se.compulsory", on=date(2025, 1, 1))]
    assert codes == ["MA"]
    assert queries.subject(code="SCH", path="/annan/", on=DAY) is None


@pytest.mark.feature("B24")
def test_the_pack_in_force_is_the_deepest_of_that_day(by: Actor, now: datetime):
    actions.put_in_force(
        by=by,
        packs=[
            NewPackInForce("/testkoping/", "se.upper.gy11", date(2011, 7, 1), form="upper_secondary"),
            NewPackInForce("/testkoping/", "se.compulsory", date(2011, 7, 1)),
            NewPackInForce("/testkoping/", "se.upper.gy25", date(2025, 7, 1), form="upper_secondary", scale="AF"),
            NewPackInForce("/testkoping/forsok/", "se.trial", date(2026, 1, 1), date(2026, 6, 30)),
        ],
        now=now,
    )

    def pack(path: str, on: date, form: str = "") -> str:
        found = queries.pack_in_force(path=path, on=on, form=form)
        return found.pack if found else ""

    assert pack("/testkoping/skolan-1/", date(2025, 6, 30), "upper_secondary") == "se.upper.gy11"
    assert pack("/testkoping/skolan-1/", date(2025, 7, 1), "upper_secondary") == "se.upper.gy25"
    assert pack("/testkoping/skolan-1/", DAY, "compulsory") == "se.compulsory"
    assert pack("/testkoping/forsok/", DAY, "upper_secondary") == "se.trial"
    assert pack("/testkoping/forsok/", date(2026, 7, 1)) == "se.compulsory"
    assert pack("/annan/", DAY) == ""
    assert [p.ends for p in queries.packs_of("/testkoping/")] == [None, date(2025, 6, 30), None]


def test_two_packs_never_govern_one_place_on_one_day(by: Actor, now: datetime):
    first = NewPackInForce("/testkoping/", "a", date(2025, 1, 1), date(2025, 12, 31))
    actions.put_in_force(by=by, packs=[first], now=now)
    for starts, ends in ((date(2025, 12, 31), None), (date(2024, 1, 1), date(2025, 1, 1)), (DAY, date(2026, 1, 1))):
        with pytest.raises(actions.PackOverlaps):
            actions.put_in_force(by=by, packs=[NewPackInForce("/testkoping/", "b", starts, ends)], now=now)
    with pytest.raises(NotAllowed):
        actions.put_in_force(by=actor("curriculum.*"), packs=[first], now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.PackInForce.objects.create(path="/x/", pack="a", starts=DAY, ends=date(2026, 1, 1))
    actions.put_in_force(by=by, packs=[NewPackInForce("/testkoping/", "b", date(2026, 1, 1))], now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        models.PackInForce.objects.create(path="/testkoping/", pack="c", starts=DAY)


def test_paths_above_a_path_come_deepest_first():
    assert prefixes("/a/b/") == ("/a/b/", "/a/", "")
    assert prefixes("/") == prefixes("") == ("",)
