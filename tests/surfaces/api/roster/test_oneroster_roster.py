"""The rostering service of OneRoster: every list, what belongs to what, filters, and what is gone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from openapi_schema_validator import OAS30Validator

from testamur.access.accounts.rules import clients as scopes
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools.models import Enrolment
from testamur.surfaces.api.oneroster.rostering import LISTED, NESTED
from tests.surfaces.api.conftest import Program, program
from tests.surfaces.api.roster.conftest import Taught
from tests.surfaces.api.roster.schemas import SCHEMAS

pytestmark = pytest.mark.django_db
BASE = "/ims/oneroster/rostering/v1p2"


@pytest.fixture
def reader(taught: Taught) -> Program:
    """A program that reads the school."""
    return program(taught.world.school_path, scopes.ROSTER_CORE)


def everything(reader: Program, address: str, limit: int = 2, **query: str) -> list[dict[str, Any]]:
    """A whole list, page by page."""
    found: list[dict[str, Any]] = []
    name = address.rpartition("/")[2]
    while True:
        answer = reader.get(f"{BASE}/{address}", limit=str(limit), offset=str(len(found)), **query)
        assert answer.status_code == 200, answer.content
        some = json.loads(answer.content)[LISTED.get(name, name)]
        found += some
        if not some or len(found) >= int(answer.headers["X-Total-Count"]):
            assert 'rel="next"' not in answer.headers["Link"]
            return found
        assert 'rel="next"' in answer.headers["Link"]


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_every_list_is_what_the_standard_asks_and_each_of_it_is_found_alone(taught: Taught, name: str):
    reader = program(taught.world.school_path, scopes.ROSTER, scopes.DEMOGRAPHICS)
    found = everything(reader, name)
    assert found
    judge = OAS30Validator(SCHEMAS[name], format_checker=OAS30Validator.FORMAT_CHECKER)
    for one in found:
        assert [f"{list(fault.path)} {fault.message}" for fault in judge.iter_errors(one)] == []
        (alone,) = json.loads(reader.get(f"{BASE}/{name}/{one['sourcedId']}").content).values()
        assert alone == one


def test_the_core_has_no_number_no_birth_date_and_no_guardian(taught: Taught, reader: Program):
    world = taught.world
    users = {one["sourcedId"]: one for one in everything(reader, "users")}
    pupil = users[str(world.persons["pupil"])]
    assert f"{pupil['givenName']} {pupil['familyName']}" == world.names["pupil"]
    assert (pupil["userIds"], pupil.get("agents"), pupil["grades"]) == ([], None, ["8"])
    assert str(world.persons["guardian"]) not in users
    assert reader.get(f"{BASE}/demographics").status_code == 403
    hidden = json.dumps(users[str(world.persons["protected"])], ensure_ascii=False)
    assert world.names["protected"].split()[0] not in hidden
    assert "@" not in hidden
    more = program(world.school_path, scopes.ROSTER, scopes.DEMOGRAPHICS)
    wide = {one["sourcedId"]: one for one in everything(more, "users")}
    assert wide[str(world.persons["pupil"])]["agents"][0]["sourcedId"] == str(world.persons["guardian"])
    assert wide[str(world.persons["guardian"])]["roles"][0]["role"] == "guardian"
    assert wide[str(world.persons["pupil"])]["userIds"][0]["identifier"] == world.numbers["pupil"]
    masked = json.loads(more.get(f"{BASE}/demographics/{world.persons['protected']}").content)["demographics"]
    assert {"birthDate", "sex"} & set(masked) == set()


def test_what_belongs_to_one_thing_is_found_by_its_address(taught: Taught, reader: Program):
    world = taught.world
    group, school, teacher = world.group, world.school, world.persons["teacher"]

    def ids(address: str) -> set[str]:
        return {one["sourcedId"] for one in everything(reader, address)}

    both = {str(group), str(taught.maths)}
    assert ids(f"schools/{school}/classes") == both
    assert ids(f"classes/{taught.maths}/students") == {str(world.persons[n]) for n in ("pupil", "protected")}
    assert ids(f"classes/{group}/teachers") == {str(teacher)}
    assert ids(f"teachers/{teacher}/classes") == both
    assert ids(f"students/{world.persons['third']}/classes") == {str(group)}
    assert len(ids(f"schools/{school}/enrollments")) == 8
    (maths,) = (one for one in everything(reader, "courses") if one["courseCode"] == "MA")
    assert ids(f"courses/{maths['sourcedId']}/classes") == {str(taught.maths)}
    for outer, inner in NESTED:
        nobody = "00000000-0000-4000-8000-000000000000"
        assert reader.get(f"{BASE}/{outer}/{nobody}/{inner}").status_code == 404
    assert reader.get(f"{BASE}/schools/{world.other_school}/classes").status_code == 404


def test_lists_are_filtered_sorted_and_cut_to_fields(taught: Taught, reader: Program):
    only = everything(reader, "enrollments", filter="role='teacher' AND status='active'")
    assert {one["role"] for one in only} == {"teacher"}
    assert len(only) == 2
    names = [one["familyName"] for one in everything(reader, "users", sort="familyName", orderBy="desc")]
    assert names == sorted(names, reverse=True)
    (one, *_rest) = everything(reader, "users", fields="sourcedId,status")
    assert set(one) == {"sourcedId", "status"}
    newest = max(one["dateLastModified"] for one in everything(reader, "users"))
    assert everything(reader, "users", filter=f"dateLastModified>'{newest}'") == []
    assert len(everything(reader, "users", filter=f"dateLastModified>='{newest}'")) == len(everything(reader, "users"))


def test_what_is_gone_is_to_be_deleted_and_nameless(taught: Taught, reader: Program, later: Callable[[], None]):
    fourth = taught.world.persons["fourth"]
    newest = max(one["dateLastModified"] for one in everything(reader, "users"))
    rows = Enrolment.objects.filter(person=fourth, ends=None)
    schools.end_enrolments(by=operator(), ends={row.id: date(2026, 6, 9) for row in rows}, now=clock.now())
    later()
    (user,) = everything(reader, "users", filter=f"dateLastModified>'{newest}'")
    assert (user["sourcedId"], user["status"], user["enabledUser"]) == (str(fourth), "tobedeleted", "false")
    assert (user["givenName"], user["familyName"], user.get("email")) == ("", "", None)
    (place,) = everything(reader, "enrollments", filter=f"dateLastModified>'{newest}'")
    assert place["status"] == "tobedeleted"


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "shoe='42'"},
        {"filter": "role"},
        {"sort": "shoe"},
        {"fields": "shoe"},
        {"limit": "0"},
        {"filter": "dateLastModified>'x'"},
    ],
)
def test_what_cannot_be_asked_is_refused_in_the_standards_words(reader: Program, query: dict[str, str]):
    answer = reader.get(f"{BASE}/users", **query)
    assert answer.status_code == 400
    assert json.loads(answer.content)["imsx_codeMajor"] == "failure"
