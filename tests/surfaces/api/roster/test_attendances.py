"""Absences as SS 12000 has them: from which lesson, how long, whether they count; and of whom nothing is said."""

from __future__ import annotations

import json
from datetime import date, time
from typing import Any

import pytest

from testamur.access.accounts.rules import clients as scopes
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewUnit, UnitKind
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.rules.leaves import NewLeave
from testamur.schoolday.diary.rules.lessons import LessonKey, Missing, Move
from testamur.schoolday.diary.rules.states import AbsenceKind, LeaveKind
from tests.surfaces.api.conftest import Program, program
from tests.surfaces.api.roster.conftest import Taught
from tests.surfaces.api.roster.resources import faults

pytestmark = pytest.mark.django_db
BASE = "/ss12000/v2"


def test_an_absence_is_told_with_its_lesson_and_a_protected_pupils_is_not(taught: Taught):
    world = taught.world
    gone = [Missing(world.persons[name], AbsenceKind.ABSENT, None) for name in ("pupil", "protected")]
    lesson = LessonKey(taught.slot, date(2026, 6, 10))
    diary.take_attendance(by=operator(), lesson=lesson, missing=gone, seen_version=0, now=clock.now())
    reader = program(world.school_path, scopes.ATTENDANCES, scopes.CALENDAR)
    span = {"onOrAfter": "2026-06-08T00:00:00Z", "onOrBefore": "2026-06-14T00:00:00Z"}
    asked = {f"calendarEvent.startTime.{name}": at for name, at in span.items()}
    (one,) = reader.read(f"{BASE}/attendances", **asked)["data"]
    (event,) = reader.read(f"{BASE}/calendarEvents", **{f"startTime.{n}": at for n, at in span.items()})["data"]
    assert one["student"] == {"id": str(world.persons["pupil"])}
    assert one["calendarEvent"] == {"id": event["id"]}
    assert (one["attendanceMinutes"], one["validAbsenceMinutes"], one["invalidAbsenceMinutes"]) == (0, 0, 50)
    wide = program(world.school_path, scopes.ATTENDANCES, scopes.PROTECTED)
    assert len(wide.read(f"{BASE}/attendances", **asked)["data"]) == 2
    assert wide.read(f"{BASE}/attendances", **asked, student=str(world.persons["third"]))["data"] == []


WEEK = {"startTime.onOrAfter": "2026-06-08T00:00:00Z", "startTime.onOrBefore": "2026-06-14T00:00:00Z"}


def same(reader: Program, name: str, found: list[dict[str, Any]]) -> None:
    """Each thing is as the standard wants it, and told the same by itself and looked up."""
    assert faults(found, name) == []
    assert [reader.read(f"{BASE}/{name}/{one['id']}") for one in found] == found
    looked = json.loads(reader.post(f"{BASE}/{name}/lookup", {"ids": [one["id"] for one in found]}).content)
    assert sorted(looked, key=str) == sorted(found, key=str)


def test_lessons_rooms_and_absences_are_told_one_by_one_too(taught: Taught):
    world = taught.world
    gone = [Missing(world.persons["pupil"], AbsenceKind.LATE, 7)]
    lesson = LessonKey(taught.slot, date(2026, 6, 10))
    diary.take_attendance(by=operator(), lesson=lesson, missing=gone, seen_version=0, now=clock.now())
    reader = program(world.school_path, scopes.ATTENDANCES, scopes.CALENDAR)
    asked = {f"calendarEvent.{name}": at for name, at in WEEK.items()}
    for name, query in (("calendarEvents", WEEK), ("rooms", {}), ("attendances", asked)):
        found = reader.read(f"{BASE}/{name}", **query)["data"]
        assert found, name
        same(reader, name, found)
    nobody = "018f0000-0000-7000-8000-00000000dead"
    assert reader.get(f"{BASE}/calendarEvents/{nobody}").status_code == 404
    assert json.loads(reader.post(f"{BASE}/rooms/lookup", {"ids": [nobody]}).content) == []


def test_a_lesson_that_is_cancelled_or_moved_is_told_so_under_the_same_id(taught: Taught):
    reader = program(taught.world.school_path, scopes.CALENDAR)
    (before,) = reader.read(f"{BASE}/calendarEvents", **WEEK)["data"]
    lesson = LessonKey(taught.slot, date(2026, 6, 10))
    version = diary.move_lesson(
        by=operator(), lesson=lesson, move=Move(time(10), time(10, 45), "A1"), seen_version=0, now=clock.now()
    )
    (moved,) = reader.read(f"{BASE}/calendarEvents", **WEEK)["data"]
    assert (moved["id"], moved["startTime"][11:16], moved["rooms"][0]["displayName"]) == (before["id"], "08:00", "A1")
    diary.cancel_lesson(by=operator(), lesson=lesson, seen_version=version, now=clock.now())
    (off,) = reader.read(f"{BASE}/calendarEvents", **WEEK)["data"]
    assert (off["id"], off["cancelled"]) == (before["id"], True)


def test_minutes_are_summed_up_for_each_pupil_and_activity(taught: Taught):
    world = taught.world
    reader = program(world.school_path, scopes.ATTENDANCES, scopes.ACTIVITIES)
    days = {"startDate": "2026-06-01", "endDate": "2026-06-10"}
    gone = [
        Missing(world.persons["pupil"], AbsenceKind.LATE, 20),
        Missing(world.persons["protected"], AbsenceKind.ABSENT, None),
    ]
    lesson = LessonKey(taught.slot, date(2026, 6, 10))
    diary.take_attendance(by=operator(), lesson=lesson, missing=gone, seen_version=0, now=clock.now())
    (one,) = reader.read(f"{BASE}/aggregatedAttendance", **days)["data"]
    assert faults([one], "aggregatedAttendance") == []
    assert one["student"] == {"id": str(world.persons["pupil"])}
    assert (one["offeredSum"], one["reportedSum"], one["attendanceSum"]) == (100, 50, 30)
    assert (one["validAbsenceSum"], one["invalidAbsenceSum"]) == (0, 20)
    activities = reader.read(f"{BASE}/activities")["data"]
    assert one["activity"]["id"] in {each["id"] for each in activities}
    wide = program(world.school_path, scopes.ATTENDANCES, scopes.PROTECTED)
    assert len(wide.read(f"{BASE}/aggregatedAttendance", **days)["data"]) == 2
    for wrong in ({}, {"startDate": "2026-06-01"}, {"startDate": "2020-01-01", "endDate": "2026-01-01"},
                  {"startDate": "9999-12-31", "endDate": "9999-12-31"}):  # fmt: skip
        assert reader.get(f"{BASE}/aggregatedAttendance", **wrong).status_code == 400


def test_reported_absence_and_granted_leave_are_told_without_reasons(taught: Taught):
    world = taught.world
    on = date(2026, 6, 10)
    whole = NewLeave(world.persons["pupil"], LeaveKind.REPORT, "illness", on, on, text="Feber")
    part = NewLeave(world.persons["protected"], LeaveKind.REPORT, "illness", on, on, time(8), time(10))
    asked = NewLeave(world.persons["third"], LeaveKind.LEAVE, "leave", date(2026, 6, 11), date(2026, 6, 11))
    for leave in (whole, part, asked):
        diary.ask_leave(by=operator(), leave=leave, now=clock.now())
    reader = program(world.school_path, scopes.ABSENCES)
    found = reader.read(f"{BASE}/absences")["data"]
    assert [one["student"]["id"] for one in found] == [str(world.persons["pupil"])]  # what waits is no absence yet
    same(reader, "absences", found)
    assert (found[0]["type"], found[0]["startTime"][:16], found[0]["endTime"][:16]) == (
        "Anmäld frånvaro", "2026-06-09T22:00", "2026-06-10T22:00",
    )  # fmt: skip
    assert "Feber" not in json.dumps(found)
    assert "illness" not in found[0].values()
    wide = program(world.school_path, scopes.ABSENCES, scopes.PROTECTED)
    assert len(wide.read(f"{BASE}/absences")["data"]) == 2
    assert wide.read(f"{BASE}/absences", type="Beviljad ledighet")["data"] == []
    assert wide.read(f"{BASE}/absences", **{"startTime.onOrAfter": "2026-06-10T00:00:00Z"})["data"] != []
    assert wide.get(f"{BASE}/absences", type="Skolk").status_code == 400
    assert program(world.school_path, scopes.ATTENDANCES).get(f"{BASE}/absences").status_code == 403


def test_a_school_offers_what_is_taught_there(taught: Taught):
    reader = program(taught.world.school_path, scopes.ACTIVITIES, scopes.GRADES)
    (one,) = reader.read(f"{BASE}/schoolUnitOfferings")["data"]
    same(reader, "schoolUnitOfferings", [one])
    assert one["offeredAt"] == {"id": str(taught.world.school)}
    ids = [told["id"] for told in one["offeredSyllabuses"]]
    named = json.loads(reader.post(f"{BASE}/syllabuses/lookup", {"ids": ids}).content)
    assert [told["subjectCode"] for told in named] == ["MA"]
    unit = NewUnit(UnitKind.AUTHORITY, "9903", "Grannkommunen", country="SE")
    schools.add_units(by=operator(), units=[unit], now=clock.now())
    assert program("/9903/", scopes.ACTIVITIES).read(f"{BASE}/schoolUnitOfferings")["data"] == []


@pytest.mark.parametrize("name", ["programmes", "studyplans", "resources"])
def test_what_nothing_is_kept_of_is_said_to_be_so(taught: Taught, name: str):
    reader = program(taught.world.school_path, scopes.GROUPS)
    for answer in (reader.get(f"{BASE}/{name}"), reader.post(f"{BASE}/{name}/lookup", {"ids": []})):
        assert (answer.status_code, json.loads(answer.content)["code"]) == (501, "NOT_IMPLEMENTED")
