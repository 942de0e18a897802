"""Who can get a final grade, by which rule, from which standing grades."""

from __future__ import annotations

from datetime import date
from time import process_time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base.ids import new_id
from testamur.schoolday.reporting.queries import final
from testamur.schoolday.results.models import Decision
from testamur.surfaces.cli import demo_university as demo
from testamur.surfaces.cli.demo_university import Outcome
from tests.schoolday.reporting.university import LAB, RETAKEN, University

pytestmark = pytest.mark.django_db


def decide(u: University, *rows: Outcome, unit: str = "data") -> None:
    examiner = "examiner" if unit == "data" else "economy_examiner"
    demo.decided(u.by, u.campus, rows, unit=unit, examiner=examiner, now=u.now)


@pytest.mark.feature("B17", "B38", "B39")
def test_the_deciding_module_fills_the_grade_of_everybody_who_has_all_modules(university: University):
    u = university
    ready = final.ready(course=u.course("DV1574"), path=u.data)
    told = {name: ready[u.persons[name]][0] for name in ("ready", "ready_too", "graded", "credited")}
    assert {name: (grade.value, grade.reason) for name, grade in told.items()} == {
        "ready": ("B", "deciding_module"),
        "ready_too": ("E", "deciding_module"),
        "graded": ("C", "deciding_module"),
        "credited": ("B", "deciding_module"),
    }
    assert told["ready"].examined_on == RETAKEN
    assert told["graded"].examined_on == LAB  # the lab was the last to be passed
    assert set(ready) == {u.persons[name] for name in told}
    modules = {module.code: module for module in ready[u.persons["credited"]][1]}
    assert modules["1405"].value == "B"
    assert (modules["1415"].credited, modules["1415"].value) == (True, "")


def test_who_was_credited_the_course_or_has_its_grade_is_left_out(university: University):
    u = university
    assert u.persons["course_credited"] not in final.ready(course=u.course("DV1574"), path=u.data)
    decide(u, Outcome(u.persons["ready"], "DV1574", "", "B", RETAKEN))
    assert u.persons["ready"] not in final.ready(course=u.course("DV1574"), path=u.data)
    graded = final.graded(course=u.course("DV1574"), path=u.data, students=[u.persons["ready"]])
    assert graded[u.persons["ready"]].value == "B"


def test_a_failed_final_grade_keeps_nobody_from_another(university: University):
    u = university
    decide(u, Outcome(u.persons["ready"], "DV1574", "", "F", RETAKEN))
    assert u.persons["ready"] in final.ready(course=u.course("DV1574"), path=u.data)


@pytest.mark.feature("B17")
def test_the_best_grade_counts_and_of_equal_ones_the_first_that_passed(university: University):
    u = university
    student = u.students[0]
    days = [date(2026, 9, n) for n in (1, 2, 3, 4)]
    rows = [
        Outcome(student, "DV1574", "1405", value, day) for value, day in zip(("F", "C", "C", "Fx"), days, strict=True)
    ]
    decide(u, *rows)
    _grade, modules = final.standing(course=u.course("DV1574"), path=u.data, students=[student])[student]
    assert [(module.value, module.examined_on) for module in modules if module.code == "1405"] == [("C", days[1])]


def test_a_mean_is_reckoned_for_those_with_all_assignments(university: University):
    u = university
    ready = final.ready(course=u.course("IY1430"), path=u.departments["ekonomi"], students=u.students[:10])
    assert set(ready) == set(u.students[:8])
    assert {grade.value for grade, _modules in ready.values()} == {"B"}  # (5 + 3 + 3) / 3, half up


def test_results_of_a_namesake_course_elsewhere_do_not_count(university: University):
    u = university
    row = Decision.objects.filter(pupil=u.persons["ready"], code="DV1574/1405").get()
    student = u.students[1]
    Decision.objects.bulk_create(
        [
            Decision(**{**_fields(row), "id": new_id(), "pupil": student, "path": "/annan/data/", "unit": new_id()}),
        ]
    )
    assert student not in final.ready(course=u.course("DV1574"), path=u.data)


def _fields(row: Decision) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in Decision._meta.concrete_fields}


@pytest.mark.feature("B38")
def test_two_thousand_students_are_reckoned_with_a_handful_of_queries(university: University):
    u = university
    row = Decision.objects.filter(pupil=u.persons["ready"], code="DV1574/1405").get()
    lab = Decision.objects.filter(pupil=u.persons["ready"], code="DV1574/1415").get()
    students = [new_id() for _ in range(2000)]
    Decision.objects.bulk_create(
        [Decision(**{**_fields(one), "id": new_id(), "pupil": student}) for student in students for one in (row, lab)],
        batch_size=500,
    )
    began = process_time()
    with CaptureQueriesContext(connection) as asked:
        found = final.ready(course=u.course("DV1574"), path=u.data, students=students)
    spent = process_time() - began
    assert len(found) == 2000
    assert len(asked) <= 15
    assert spent < 3, f"{spent:.2f} s"
