"""Grades as SS 12000 has them: of university courses, and of a compulsory school."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from testamur.access.accounts.rules.clients import GRADES
from testamur.register.people import queries as people
from testamur.schoolday.results.models import Decision
from tests.schoolday.reporting.university import University
from tests.surfaces.api.conftest import Program, program
from tests.surfaces.api.shapes import GRADE, SYLLABUS, faults
from tests.surfaces.api.test_oneroster import replace
from tests.surfaces.web import world as worlds

pytestmark = pytest.mark.django_db
BASE = "/ss12000/v2"


def pages(reader: Program, name: str, limit: int, **query: str) -> list[dict[str, Any]]:
    """A whole list, by its page tokens."""
    found: list[dict[str, Any]] = []
    told = reader.read(f"{BASE}/{name}", limit=str(limit), **query)
    while True:
        assert len(told["data"]) <= limit
        found += told["data"]
        if told["pageToken"] is None:
            return found
        told = reader.read(f"{BASE}/{name}", limit=str(limit), pageToken=told["pageToken"])


def public(samples: Path) -> dict[str, Any]:
    """Schemas of the public OpenAPI: of what it shares with grades."""
    told = yaml.safe_load((samples / "ss12000" / "expose-openapi.yml").read_text())
    schemas: dict[str, Any] = told["components"]["schemas"]
    return schemas


def test_every_grade_that_stands_is_told_once_whatever_the_order(
    university: University, reader: Program, samples: Path
):
    u = university
    replace(Decision.objects.get(pupil=u.persons["graded"], code="DV1574/1405"))
    grades = pages(reader, "grades", 9)
    assert [fault for one in grades for fault in faults(one, GRADE, {})] == []
    assert [fault for one in grades for fault in faults(one["meta"], public(samples)["Meta"], {})] == []
    wanted = Decision.objects.exclude(pupil=u.persons["protected"]).filter(replaced_by__isnull=True)
    expected = sorted(str(key) for key in wanted.values_list("id", flat=True))
    for key in ("ModifiedDesc", "registeredDateAsc", "registeredDateDesc"):
        assert sorted(one["id"] for one in pages(reader, "grades", 9, sortkey=key)) == expected
    assert [one["meta"]["modified"] for one in grades] == sorted((o["meta"]["modified"] for o in grades), reverse=True)
    mine = {one["gradeValue"]: one for one in pages(reader, "grades", 9, student=str(u.persons["graded"]))}
    assert mine["B"]["correctionType"] == "Rättelse"
    assert "correctionType" not in mine["G"]
    syllabuses = {one["id"]: one for one in pages(reader, "syllabuses", 10)}
    assert [fault for one in syllabuses.values() for fault in faults(one, SYLLABUS, {})] == []
    assert {one["syllabus"]["id"] for one in grades} <= set(syllabuses)
    course = syllabuses[mine["B"]["syllabus"]["id"]]
    assert (course["courseCode"], course["courseName"], course["schoolType"]) == ("DV1574/1405", "Salstentamen", "HS")


def test_a_grade_that_was_replaced_is_gone_and_told_as_deleted(university: University, reader: Program):
    former = Decision.objects.get(pupil=university.persons["graded"], code="DV1574/1405")
    assert reader.read(f"{BASE}/grades/{former.id}")["gradeValue"] == "C"
    replace(former)
    assert reader.get(f"{BASE}/grades/{former.id}").status_code == 404
    gone = reader.read(f"{BASE}/deletedEntities", after="2026-11-01T00:00:00Z")
    assert gone == {"data": {"grades": [str(former.id)]}, "pageToken": None}
    assert reader.read(f"{BASE}/deletedEntities", after="2026-12-24T00:00:00Z")["data"]["grades"] == []


def test_a_protected_person_and_places_beyond_reach_are_not_there_by_any_way(university: University, reader: Program):
    u = university
    hidden = Decision.objects.filter(pupil=u.persons["protected"]).first()
    seen = Decision.objects.filter(pupil=u.students[0], path=u.data).first()
    assert hidden is not None
    assert seen is not None
    assert reader.read(f"{BASE}/grades", student=str(u.persons["protected"]))["data"] == []
    assert reader.get(f"{BASE}/grades/{hidden.id}").status_code == 404
    told = json.loads(reader.post(f"{BASE}/grades/lookup", {"ids": [str(hidden.id), str(seen.id)]}).content)
    assert [one["id"] for one in told] == [str(seen.id)]
    economy = program(u.departments["ekonomi"], GRADES)
    assert economy.get(f"{BASE}/grades/{seen.id}").status_code == 404
    assert json.loads(economy.post(f"{BASE}/grades/lookup", {"ids": [str(seen.id)]}).content) == []


def test_names_stand_beside_references_where_they_are_asked_for_and_never_of_a_student(
    university: University, reader: Program
):
    u = university
    plain = json.dumps(pages(reader, "grades", 100))
    assert "displayName" not in plain
    grades = reader.read(f"{BASE}/grades", expandReferenceNames="true")["data"]
    assert {one["gradingTeacher"]["displayName"] for one in grades} <= {
        u.names["examiner"], u.names["economy_examiner"],
    }  # fmt: skip
    assert {"displayName"} & {name for one in grades for name in one["student"]} == set()


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"sortkey": "Student"},
        {"student": "somebody"},
        {"meta.modified.after": "yesterday"},
        {"registeredDate.onOrAfter": "2026-02-30"},
        {"pageToken": "guessed"},
        {"pageToken": "guessed", "sortkey": "ModifiedDesc"},
        {"expandReferenceNames": "perhaps"},
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_standards_error(
    university: University, reader: Program, samples: Path, query: dict[str, str]
):
    answer = reader.get(f"{BASE}/grades", **query)
    told = json.loads(answer.content)
    assert answer.status_code == 400
    assert faults(told, public(samples)["Error"], {}) == []


def test_grades_of_a_compulsory_school_are_told_with_the_subjects_of_the_law(db: None):
    world = worlds.build(worlds_day())
    path = Decision.objects.values_list("path", flat=True)[0]
    reader = program("/" + path.split("/")[1] + "/", GRADES)
    grades = pages(reader, "grades", 500)
    assert [fault for one in grades for fault in faults(one, GRADE, {})] == []
    decided = Decision.objects.filter(kind="grade", pack="se.compulsory")
    hidden = people.protected(decided.values_list("pupil", flat=True))
    assert hidden  # one of the class
    assert sorted(one["id"] for one in grades) == sorted(
        str(key) for key in decided.exclude(pupil__in=hidden).values_list("id", flat=True)
    )
    subjects = {one["id"]: one for one in pages(reader, "syllabuses", 500)}
    named = {subjects[one["syllabus"]["id"]]["subjectName"] for one in grades if one["syllabus"]["id"] in subjects}
    assert "Matematik" in named
    assert {subjects[one["syllabus"]["id"]]["schoolType"] for one in grades if one["syllabus"]["id"] in subjects} == {
        "GR"
    }
    assert world is not None


def worlds_day() -> Any:
    """The end of a spring term."""
    from tests.surfaces.web.conftest import TODAY

    return TODAY
