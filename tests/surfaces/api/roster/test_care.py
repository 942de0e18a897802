"""Care as SS 12000 has it: places, hours, who came and went, and of whom nothing is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine

from testamur.access.accounts.rules import clients as scopes
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id
from testamur.register.schools import actions as schools
from testamur.register.schools.models import Enrolment
from testamur.register.schools.rules import NewUnit, UnitKind
from testamur.schoolday.care import actions as care
from testamur.schoolday.care.rules import Act, Hours, NewDay, Note, Reason
from tests.schoolday.care import nursery as places
from tests.schoolday.care.nursery import DAY, NEXT, NOW, ZONE, Nursery
from tests.surfaces.api.conftest import Program, program
from tests.surfaces.api.roster.resources import faults

pytestmark = pytest.mark.django_db
BASE = "/ss12000/v2"
SPAN = {"time.onOrAfter": "2026-03-11T00:00:00Z", "time.onOrBefore": "2026-03-12T00:00:00Z"}


@pytest.fixture(autouse=True)
def _in_march(_on_a_fixed_day: None) -> Iterator[None]:
    """Nine in the morning at the preschool."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def nursery(db: None) -> Nursery:
    """Two departments, an after-school centre, and the families of their children."""
    return places.build(clock.now())


@pytest.fixture
def reader(nursery: Nursery) -> Program:
    """A program of the body that reads places and hours."""
    return program("/9861/", scopes.PLACEMENTS, scopes.CARE, scopes.GROUPS)


def read(reader: Program, name: str, **query: str) -> list[dict[str, Any]]:
    """A list, whose things are as the standard wants them, and the same by themselves and looked up."""
    found: list[dict[str, Any]] = reader.read(f"{BASE}/{name}", **query)["data"]
    assert faults(found, name) == []
    assert [reader.read(f"{BASE}/{name}/{one['id']}") for one in found] == found
    looked = json.loads(reader.post(f"{BASE}/{name}/lookup", {"ids": [one["id"] for one in found]}).content)
    assert sorted(one["id"] for one in looked) == sorted(one["id"] for one in found)
    return found


def test_each_child_in_care_has_a_place_and_a_pupil_in_a_class_has_none(nursery: Nursery, reader: Program):
    found = read(reader, "placements")
    told = {one["child"]["id"]: one for one in found}
    assert set(told) == {str(one) for one in (*nursery.children, nursery.persons["pupil"])}
    first = told[str(nursery.children[0])]
    assert (first["schoolType"], first["placedAt"], first["group"]) == (
        "FS", {"id": str(nursery.unit)}, {"id": str(nursery.group)},
    )  # fmt: skip
    club = told[str(nursery.persons["pupil"])]
    assert (club["schoolType"], club["placedAt"], club["owners"]) == ("FTH", {"id": str(nursery.after)}, [])
    mine = reader.post(f"{BASE}/placements/lookup", {"personIds": [str(nursery.children[3])]})
    assert [one["id"] for one in json.loads(mine.content)] == [told[str(nursery.children[3])]["id"]]
    assert len(read(reader, "placements", group=str(nursery.other_group))) == 1
    departments = {one["displayName"]: one["groupType"] for one in reader.read(f"{BASE}/groups")["data"]}
    assert (departments["Myran"], departments["2B"]) == ("Avdelning", "Klass")


def test_owners_are_told_to_those_alone_who_may_know_guardians_and_never_of_a_protected_child(nursery: Nursery):
    reader = program("/9861/", scopes.PLACEMENTS, scopes.GUARDIANS)
    told = {one["child"]["id"]: one for one in read(reader, "placements")}
    both = {str(nursery.persons[name]) for name in ("guardian", "second_guardian")}
    assert {one["id"] for one in told[str(nursery.children[0])]["owners"]} == both
    assert told[str(nursery.children[2])]["owners"] == []
    refused = reader.get(f"{BASE}/placements", expand="child")
    assert (refused.status_code, json.loads(refused.content)["code"]) == (403, "FORBIDDEN")


def test_a_place_that_ended_is_told_as_gone_and_a_class_left_is_not(nursery: Nursery, reader: Program):
    before = reader.read(f"{BASE}/placements")["data"][-1]["meta"]["modified"]
    child, pupil = nursery.children[3], nursery.persons["pupil"]
    rows = Enrolment.objects.filter(person__in=[child, pupil], ends=None).exclude(school=nursery.after)
    gone = {str(row.id) for row in rows if row.school_id == nursery.unit}
    schools.end_enrolments(by=operator(), ends={row.id: date(2026, 3, 10) for row in rows}, now=clock.now())
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=True):
        assert set(reader.read(f"{BASE}/deletedEntities", after=before)["data"]["placements"]) == gone
        assert str(child) not in {one["child"]["id"] for one in reader.read(f"{BASE}/placements")["data"]}


def test_weeks_and_days_are_told_and_a_protected_childs_are_not(nursery: Nursery, reader: Program):
    now, guardian = clock.now(), nursery.actor("guardian")
    week = {1: DAY, 2: Hours(time(9), time(15, 30))}
    care.write_regular(by=guardian, child=nursery.children[0], valid_from=NEXT, days=week, now=now, zone=ZONE)
    later = NEXT + timedelta(days=7)
    care.write_regular(by=guardian, child=nursery.children[0], valid_from=later, days={1: DAY}, now=now, zone=ZONE)
    days = [NewDay(NEXT, reason=Reason.FREE), NewDay(NEXT + timedelta(days=1), Hours(time(8), time(12)))]
    care.write_days(by=guardian, child=nursery.children[0], days=days, now=now, zone=ZONE)
    staff = nursery.actor("teacher")
    care.write_regular(by=staff, child=nursery.children[2], valid_from=NEXT, days=week, now=now, zone=ZONE)
    found = read(reader, "attendanceSchedules")
    weeks = sorted((one for one in found if not one["temporary"]), key=lambda one: str(one["startDate"]))
    assert [(one["startDate"], one.get("endDate")) for one in weeks] == [
        ("2026-03-16", "2026-03-22"), ("2026-03-23", None),
    ]  # fmt: skip
    assert weeks[0]["scheduleEntries"] == [
        {"weekOffset": 0, "dayOfWeek": "Måndag", "startTime": "08:00", "length": 480},
        {"weekOffset": 0, "dayOfWeek": "Tisdag", "startTime": "09:00", "length": 390},
    ]
    single = {one["startDate"]: one["scheduleEntries"] for one in found if one["temporary"]}
    assert single["2026-03-16"] == []
    assert single["2026-03-17"] == [{"weekOffset": 0, "dayOfWeek": "Tisdag", "startTime": "08:00", "length": 240}]
    (place,) = {one["placement"]["id"] for one in found}
    assert reader.read(f"{BASE}/placements/{place}")["child"] == {"id": str(nursery.children[0])}
    seeing = program("/9861/", scopes.CARE, scopes.PROTECTED)
    assert len(read(seeing, "attendanceSchedules")) == len(found) + 1
    asked = {"startDate.onOrAfter": "2026-03-23"}
    assert [one["id"] for one in read(reader, "attendanceSchedules", **asked)] == [weeks[1]["id"]]


def test_who_came_and_went_is_told_and_what_was_taken_back_or_is_protected_is_not(nursery: Nursery, reader: Program):
    now, teacher = clock.now(), nursery.actor("teacher")

    def note(child: int, act: Act) -> None:
        one = Note(new_id(), nursery.children[child], act, now)
        care.note_presence(by=teacher, group=nursery.group, note=one, now=clock.now(), zone=ZONE)

    note(0, Act.IN)
    note(1, Act.ABSENT)
    note(2, Act.IN)
    (came,) = read(reader, "attendanceEvents", **SPAN)
    assert (came["eventType"], came["person"], came["group"]) == (
        "In", {"id": str(nursery.children[0])}, {"id": str(nursery.group)},
    )  # fmt: skip
    wide = program("/9861/", scopes.CARE, scopes.PROTECTED)
    assert len(read(wide, "attendanceEvents", **SPAN)) == 2
    assert read(wide, "attendanceEvents", **SPAN, group=str(nursery.other_group)) == []
    care.undo_presence(by=teacher, group=nursery.group, presence=UUID(came["id"]), now=clock.now())
    assert read(reader, "attendanceEvents", **SPAN) == []


@pytest.mark.parametrize("name", ["placements", "attendanceSchedules", "attendanceEvents"])
def test_a_program_of_another_body_reads_none_of_it(nursery: Nursery, name: str):
    unit = NewUnit(UnitKind.AUTHORITY, "9862", "Grannkommunen", country="SE")
    schools.add_units(by=operator(), units=[unit], now=clock.now())
    other = program("/9862/", scopes.PLACEMENTS, scopes.CARE)
    assert other.read(f"{BASE}/{name}", **(SPAN if name == "attendanceEvents" else {}))["data"] == []
    lacking = program("/9861/", scopes.GROUPS)
    assert lacking.get(f"{BASE}/{name}").status_code == 403
