"""Whatever a program sends to the API, it gets an answer of the standard and never an error of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import integers
from schemathesis.core import NotSet
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from testamur.access.accounts.rules import clients as scopes
from testamur.surfaces.api import doors
from testamur.surfaces.api.oneroster import rostering as oneroster
from testamur.surfaces.api.ss12000 import attendance, calendar, care, offerings
from testamur.surfaces.api.ss12000 import rostering as ss12000
from tests.surfaces.api.conftest import Program, program
from tests.surfaces.api.roster.conftest import Taught

pytestmark = pytest.mark.django_db
EXAMPLES = 12
LISTS = {
    "calendarEvents": calendar.EVENTS, "rooms": ("owner",), "attendances": attendance.ATTENDANCES,
    "absences": attendance.ABSENCES, "attendanceSchedules": care.SCHEDULES, "attendanceEvents": care.EVENTS,
    "schoolUnitOfferings": offerings.OFFERINGS,
}  # fmt: skip
_TEXT, _ID = {"type": "string"}, {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}


def _query(*names: str) -> list[dict[str, Any]]:
    """Parameters of a list; any text, so that most are not what they should be."""
    return [{"name": name, "in": "query", "schema": _TEXT} for name in names]


def _get(*names: str, path: bool = False) -> dict[str, Any]:
    parameters = [*_query(*names), *([_ID] if path else [])]
    return {"get": {"parameters": parameters, "responses": {"default": {"description": "any"}}}}


def _post(path: bool = False) -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": {
        "type": "object", "properties": {
            "ids": {"type": "array", "items": {"type": "string", "format": "uuid"}},
            "civicNos": {"type": "array", "items": _TEXT}, "name": _TEXT, "target": _TEXT,
            "resourceTypes": {"type": "array"}, "expires": _TEXT, "message": _TEXT, "severityLevel": _TEXT,
        }}}}}  # fmt: skip
    return {"requestBody": body, "responses": {"default": {"description": "any"}}, "parameters": [_ID] if path else []}


def _described() -> dict[str, Any]:
    """Every address of both rosters."""
    paging = ("limit", "pageToken", "expandReferenceNames")
    base, paths = "/ss12000/v2", {}
    for name, resource in ss12000.RESOURCES.items():
        some = (*paging, *ss12000.COMMON, *resource.filters, *ss12000.OWN.get(name, ()))
        paths[f"{base}/{name}"] = _get(*some)
        paths[f"{base}/{name}/{{id}}"] = _get("expand", "expandReferenceNames", path=True)
        paths[f"{base}/{name}/lookup"] = {"post": _post()}
    for name, names in LISTS.items():
        paths[f"{base}/{name}"] = _get(*paging, *names)
        paths[f"{base}/{name}/{{id}}"] = _get("expandReferenceNames", path=True)
        paths[f"{base}/{name}/lookup"] = {"post": _post()}
    paths[f"{base}/aggregatedAttendance"] = _get(*paging, *attendance.SUMS)
    for name in ss12000.NEVER:
        paths[f"{base}/{name}"] = _get(*paging)
    paths[f"{base}/deletedEntities"] = _get("limit", "pageToken", "after", "entities")
    paths[f"{base}/subscriptions"] = {**_get(), "post": _post()}
    paths[f"{base}/subscriptions/{{id}}"] = {
        **_get(path=True), "patch": _post(path=True), "delete": {**_post(path=True)},
    }  # fmt: skip
    paths[f"{base}/log"] = paths[f"{base}/statistics"] = {"post": _post()}
    base = "/ims/oneroster/rostering/v1p2"
    some = ("limit", "offset", "filter", "sort", "orderBy", "fields")
    for name in oneroster.RESOURCES:
        paths[f"{base}/{name}"] = _get(*some)
        paths[f"{base}/{name}/{{id}}"] = _get("fields", path=True)
    for outer, inner in oneroster.NESTED:
        paths[f"{base}/{outer}/{{id}}/{inner}"] = _get(*some, path=True)
    return {"openapi": "3.0.3", "info": {"title": "rosters", "version": "1"}, "paths": paths}


DESCRIBED = _described()
SCHEMA = schemathesis.openapi.from_dict(DESCRIBED)
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations() if isinstance(result, Ok)]
ALLOWED, BAD = frozenset({200, 201, 204, 400, 404, 405, 501}), 400


@pytest.fixture
def reader(taught: Taught, monkeypatch: pytest.MonkeyPatch) -> Program:
    """A program that may read everything, as often as it likes."""
    monkeypatch.setattr(doors, "MOST", 1_000_000)
    return program(taught.world.school_path, *scopes.SCOPES)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_no_question_is_answered_by_an_error_of_ours(taught: Taught, reader: Program, operation: Any):
    known = [
        str(key) for key in (taught.maths, taught.world.group, taught.world.school, *taught.world.persons.values())
    ]
    browser = Client(headers={"Authorization": f"Bearer {reader.token}"}, raise_request_exception=False)

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate],
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE), place=integers(0, 2 * len(known)))
    def asks(case: Any, place: int) -> None:
        """One question; every second one about a thing that there is."""
        key = known[place] if place < len(known) else (case.path_parameters or {}).get("id", "")
        path = case.path.replace("{id}", quote(str(key), safe=""))
        query = urlencode({name: str(value) for name, value in (case.query or {}).items()}, errors="replace")
        body = "" if isinstance(case.body, NotSet) else json.dumps(case.body)
        answer = browser.generic(case.method.upper(), f"{path}?{query}", body.encode(), content_type="application/json")
        assert answer.status_code in ALLOWED, (case.method, path, query, body, answer.content[:400])
        if answer.headers.get("Content-Type") == "application/json" and answer.status_code >= BAD:
            told = json.loads(answer.content)
            assert "code" in told or told.get("imsx_codeMajor") == "failure"

    asks()
