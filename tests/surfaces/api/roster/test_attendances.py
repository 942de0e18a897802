"""Absences as SS 12000 has them: from which lesson, how long, whether they count; and of whom nothing is said."""

from __future__ import annotations

from datetime import date

import pytest

from testamur.access.accounts.rules import clients as scopes
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.rules.lessons import LessonKey, Missing
from testamur.schoolday.diary.rules.states import AbsenceKind
from tests.surfaces.api.conftest import program
from tests.surfaces.api.roster.conftest import Taught

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
