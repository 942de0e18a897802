"""The OneRoster gradebook as a program reads it."""

from __future__ import annotations

import json
import random
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from testamur.access.accounts.rules.clients import GRADEBOOK
from testamur.kernel.base import clock
from testamur.kernel.base.ids import new_id
from testamur.schoolday.results import queries as decided
from testamur.schoolday.results.models import Decision
from tests.schoolday.reporting.university import LAB, RETAKEN, University
from tests.surfaces.api.conftest import Program, program
from tests.surfaces.api.shapes import LINE_ITEM, RESULT, faults

pytestmark = pytest.mark.django_db
BASE = "/ims/oneroster/gradebook/v1p2"


def pages(reader: Program, address: str, limit: int, **query: str) -> list[dict[str, Any]]:
    """A whole list, by its Link headers."""
    found: list[dict[str, Any]] = []
    asked = {**query, "limit": str(limit)}
    while True:
        answer = reader.get(address, **asked)
        assert answer.status_code == 200, answer.content
        found += next(iter(json.loads(answer.content).values()))
        links = dict(re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers["Link"])[::1])
        following = next((url for url, rel in links.items() if rel == "next"), None)
        if following is None:
            assert answer.headers["X-Total-Count"] == str(len(found))
            return found
        asked = dict(parse_qsl(urlsplit(following).query))


def test_every_result_is_told_once_by_pages_and_names_a_line_item_that_is_there(
    university: University, reader: Program
):
    u = university
    results = pages(reader, f"{BASE}/results", 7)
    items = {one["sourcedId"]: one for one in pages(reader, f"{BASE}/lineItems", 100)}
    assert [fault for one in results for fault in faults(one, RESULT, {})] == []
    assert [fault for one in items.values() for fault in faults(one, LINE_ITEM, {})] == []
    hidden = u.persons["protected"]
    wanted = Decision.objects.exclude(pupil=hidden)
    assert sorted(one["sourcedId"] for one in results) == sorted(
        str(key) for key in wanted.values_list("id", flat=True)
    )
    assert Decision.objects.filter(pupil=hidden).exists()
    assert {one["lineItem"]["sourcedId"] for one in results} <= set(items)
    for one in results:
        assert items[one["lineItem"]["sourcedId"]]["class"]["sourcedId"] == one["class"]["sourcedId"]
        assert one["metadata"]["code"] == items[one["lineItem"]["sourcedId"]]["description"]
    mine = pages(reader, f"{BASE}/results", 100, filter=f"student.sourcedId='{u.persons['graded']}'")
    assert sorted((one["textScore"], one["scoreDate"]) for one in mine) == [
        ("C", RETAKEN.isoformat()),
        ("G", LAB.isoformat()),
    ]
    scales = {one["sourcedId"] for one in reader.read(f"{BASE}/scoreScales")["scoreScales"]}
    categories = {one["sourcedId"] for one in reader.read(f"{BASE}/categories")["categories"]}
    assert {one["scoreScale"]["sourcedId"] for one in results} <= scales
    assert {one["category"]["sourcedId"] for one in items.values()} == categories
    named = {name.split()[-1] for name in u.names.values()}
    assert not [name for name in named if name in json.dumps(results) + json.dumps(list(items.values()))]


def test_the_results_of_a_class_are_those_of_the_students_registered_for_it(university: University, reader: Program):
    u = university
    autumn = u.occasions["DV1574"]
    here = pages(reader, f"{BASE}/classes/{autumn}/results", 5)
    assert {one["class"]["sourcedId"] for one in here} == {str(autumn)}
    assert {one["student"]["sourcedId"] for one in here} >= {str(one) for one in u.students}
    items = reader.read(f"{BASE}/classes/{autumn}/lineItems")["lineItems"]
    lab = next(one for one in items if one["description"] == "DV1574/1415")
    of_lab = pages(reader, f"{BASE}/classes/{autumn}/lineItems/{lab['sourcedId']}/results", 50)
    assert {one["lineItem"]["sourcedId"] for one in of_lab} == {lab["sourcedId"]}
    own = reader.read(f"{BASE}/classes/{autumn}/students/{u.students[0]}/results")["results"]
    assert {one["student"]["sourcedId"] for one in own} == {str(u.students[0])}
    assert reader.get(f"{BASE}/classes/{u.persons['graded']}/results").status_code == 404
    single = reader.read(f"{BASE}/lineItems/{lab['sourcedId']}")["lineItem"]
    assert single == lab


def test_a_program_of_a_department_reads_that_department_alone(university: University):
    u = university
    there = program(u.departments["ekonomi"], GRADEBOOK)
    results = pages(there, f"{BASE}/results", 100)
    assert {one["metadata"]["code"].split("/")[0] for one in results} == {"IY1430"}
    elsewhere = Decision.objects.filter(path=u.data).first()
    assert elsewhere is not None
    assert there.get(f"{BASE}/results/{elsewhere.id}").status_code == 404
    assert there.get(f"{BASE}/classes/{u.occasions['DV1574']}/results").status_code == 404


def test_what_was_replaced_is_to_be_deleted_and_found_by_what_changed(university: University, reader: Program):
    u = university
    before = pages(reader, f"{BASE}/results", 100, sort="dateLastModified", orderBy="desc")
    former = Decision.objects.get(pupil=u.persons["graded"], code="DV1574/1405")
    replace(former)
    changed = before[0]["dateLastModified"]
    fresh = pages(reader, f"{BASE}/results", 100, filter=f"dateLastModified>'{changed}'")
    assert {(one["sourcedId"] == str(former.id), one["status"], one["textScore"]) for one in fresh} == {
        (True, "tobedeleted", "C"),
        (False, "active", "B"),
    }
    standing = pages(reader, f"{BASE}/results", 100, filter="status='active'")
    assert str(former.id) not in {one["sourcedId"] for one in standing}
    assert decided.one(former.id) is not None


def replace(former: Decision) -> None:
    """A correction, as it is kept."""
    now = clock.now() + timedelta(minutes=1)
    fields = {f.attname: getattr(former, f.attname) for f in Decision._meta.concrete_fields}
    changed = {
        "id": new_id(), "value": "B", "replaces_id": former.id, "reason": "rectification", "made_at": now,
        "correction": {"role": "examiner"},
    }  # fmt: skip
    Decision.objects.create(**{**fields, **changed})


@pytest.mark.parametrize(
    ("query", "minor"),
    [
        ({"limit": "0"}, "invaliddata"),
        ({"limit": "many"}, "invaliddata"),
        ({"offset": "-1"}, "invaliddata"),
        ({"sort": "textScore"}, "invalid_sort_field"),
        ({"orderBy": "down"}, "invalid_sort_field"),
        ({"filter": "student"}, "invalid_filter_field"),
        ({"filter": "student.sourcedId='x'"}, "invalid_filter_field"),
        ({"filter": "textScore='A'"}, "invalid_filter_field"),
        ({"filter": "status='active' OR status='tobedeleted'"}, "invalid_filter_field"),
        ({"filter": "scoreDate>='yesterday'"}, "invalid_filter_field"),
        ({"fields": "sourcedId,name"}, "invalid_selection_field"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_the_words_of_the_standard(
    university: University, reader: Program, query: dict[str, str], minor: str
):
    answer = reader.get(f"{BASE}/results", **query)
    told = json.loads(answer.content)
    assert (answer.status_code, told["imsx_codeMajor"], told["imsx_severity"]) == (400, "failure", "error")
    assert told["imsx_CodeMinor"]["imsx_codeMinorField"][0]["imsx_codeMinorFieldValue"] == minor


def test_fields_are_chosen_and_short_lists_filtered_by_any_of_them(university: University, reader: Program):
    some = reader.read(f"{BASE}/results", fields="sourcedId,textScore", limit="3")["results"]
    assert [set(one) for one in some] == [{"sourcedId", "textScore"}] * 3
    items = reader.read(f"{BASE}/lineItems", filter="title='Laborationer'", sort="dueDate")["lineItems"]
    assert {one["description"] for one in items} == {"DV1574/1415"}
    assert len(items) > 1
    either = reader.read(f"{BASE}/lineItems", filter="title~'LABOR' OR title='Salstentamen'", fields="title")[
        "lineItems"
    ]
    assert {one["title"] for one in either} >= {"Laborationer", "Salstentamen"}


def test_nothing_that_is_sent_makes_the_api_fail(university: University, reader: Program):
    rolled = random.Random(12000)
    names = (
        "limit", "offset", "sort", "orderBy", "filter", "fields", "pageToken", "sortkey", "student", "organisation",
        "registeredDate.onOrAfter", "meta.modified.after", "after", "entities", "expandReferenceNames",
    )  # fmt: skip
    values = (
        "", "0", "-1", "9" * 30, "a\0b", "'", "%", "é", "x" * 500, "dateLastModified>'9999-12-31T23:59:59.999999Z'",
        "dateLastModified<'0001-01-01'", "scoreDate>='0001-01-01'", "2026-11-30", "9999-12-31T23:59:59-14:00", "AND",
        "0001-01-01T00:00:00+14:00", "status='active' AND status='active'", "sourcedId='x' AND", "true", "\ud7ff", "{}",
    )  # fmt: skip
    for address in (f"{BASE}/results", f"{BASE}/lineItems", "/ss12000/v2/grades", "/ss12000/v2/deletedEntities"):
        for _n in range(30):
            query = {rolled.choice(names): rolled.choice(values) for _m in range(rolled.randint(1, 3))}
            assert reader.get(address, **query).status_code in {200, 400}, (address, query)
    bodies: tuple[Any, ...] = (
        None,
        [],
        {},
        {"ids": "x"},
        {"ids": ["x"]},
        {"ids": [1, None]},
        {"ids": [{}] * 2},
        "x" * 1000,
    )
    for body in bodies:
        assert reader.post("/ss12000/v2/grades/lookup", body).status_code == 400, body
