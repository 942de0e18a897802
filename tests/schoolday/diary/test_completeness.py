"""How complete the diary is and how soon it was filled in: counted, the same for small and large schools."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import HolidayView, NewHoliday, SlotView, Week, days, is_free, takes_place
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import completeness as queries
from testamur.schoolday.diary.rules.completeness import Calendar, Filled
from testamur.schoolday.diary.rules.lessons import LessonKey, NewLesson
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import TODAY, School

SOFIA = ZoneInfo("Europe/Sofia")
MONDAY = TODAY - timedelta(days=9)
LAST = TODAY - timedelta(days=3)
"""A week: lessons in mathematics on Monday, Wednesday and Friday, one in Bulgarian on Wednesday."""


def take(school: School, slot: int, on: date, at: datetime, seen: int = 0) -> None:
    """The principal registers a lesson at that instant."""
    actions.take_attendance(
        by=school.actor("principal"), lesson=LessonKey(school.slots[slot], on), missing=[], seen_version=seen, now=at
    )


def of(school: School, who: str = "principal", first: date = MONDAY, last: date = LAST) -> dict[str, Filled]:
    """The rows by subject."""
    found = queries.completeness(by=school.actor(who), school=school.school, first=first, last=last, zone=SOFIA)
    return {row.subject: row for row in found.rows}


@pytest.mark.feature("E15", "E16")
def test_what_is_registered_and_when_is_counted_by_class_subject_and_teacher(bulgarian: School) -> None:
    wednesday, friday = MONDAY + timedelta(days=2), MONDAY + timedelta(days=4)
    take(bulgarian, 0, MONDAY, datetime.combine(MONDAY, time(9, 50), SOFIA))  # five minutes after the lesson
    take(bulgarian, 1, wednesday, datetime.combine(wednesday, time(14, 45), SOFIA))  # five hours after it
    take(bulgarian, 3, wednesday, datetime.combine(friday, time(8), SOFIA))  # another day
    actions.write_topic(
        by=bulgarian.actor("teacher"), lesson=LessonKey(bulgarian.slots[0], MONDAY), topic="Уравнения", homework="",
        due=None, seen_version=2, now=datetime.combine(MONDAY, time(9, 55), SOFIA),
    )  # fmt: skip
    column = pages.column(bulgarian, on=MONDAY)
    pages.mark(column, bulgarian.pupils[0], "6")
    pages.mark(column, bulgarian.pupils[1], "5")
    rows = of(bulgarian)
    maths, language = rows["MAT"], rows["BEL"]
    assert (maths.teacher, maths.planned, maths.taken, maths.behind, maths.percent) == (
        bulgarian.persons["teacher"], 3, 2, 1, 66,
    )  # fmt: skip
    assert (maths.in_time, maths.other_day, maths.minutes, maths.topics) == (1, 0, 152, 1)
    assert (maths.marks, maths.marked, maths.pupils) == (2, 2, 5)
    assert (language.planned, language.taken, language.in_time, language.other_day, language.minutes) == (
        1, 1, 0, 1, None,
    )  # fmt: skip


@pytest.mark.feature("E15")
def test_cancelled_lessons_and_holidays_are_not_missed_and_lessons_beside_the_timetable_count(
    bulgarian: School,
) -> None:
    holiday = NewHoliday(bulgarian.authority, MONDAY, MONDAY, "Празник")
    schools.add_holidays(by=operator(), holidays=[holiday], now=datetime.combine(MONDAY, time(), SOFIA))
    at = datetime.combine(LAST, time(12), SOFIA)
    actions.cancel_lesson(
        by=bulgarian.actor("teacher"), lesson=LessonKey(bulgarian.slots[1], MONDAY + timedelta(days=2)),
        seen_version=0, now=at,
    )  # fmt: skip
    beside = NewLesson(bulgarian.group, "MAT", MONDAY + timedelta(days=3), time(13), time(13, 45))
    key = actions.add_lesson(by=bulgarian.actor("teacher"), lesson=beside, now=at)
    actions.take_attendance(by=bulgarian.actor("teacher"), lesson=key, missing=[], seen_version=1, now=at)
    maths = of(bulgarian)["MAT"]
    assert (maths.planned, maths.off, maths.taken, maths.due, maths.behind) == (3, 1, 1, 2, 1)


@pytest.mark.feature("E15")
def test_a_substitutes_lesson_counts_for_the_teacher_of_the_timetable(bulgarian: School) -> None:
    at = datetime.combine(MONDAY, time(8), SOFIA)
    actions.assign_substitute(
        by=bulgarian.actor("principal"), lesson=LessonKey(bulgarian.slots[0], MONDAY),
        teacher=bulgarian.persons["stranger"], seen_version=0, now=at,
    )  # fmt: skip
    take(bulgarian, 0, MONDAY, at, seen=2)
    rows = of(bulgarian)
    assert {row.teacher for row in rows.values()} == {
        bulgarian.persons["teacher"], bulgarian.persons["class_teacher"],
    }  # fmt: skip
    assert rows["MAT"].taken == 1


def test_who_may_see_it(bulgarian: School) -> None:
    of(bulgarian, "administrator")
    with pytest.raises(NotAllowed):
        of(bulgarian, "class_teacher")
    seen = queries.of_class(
        by=bulgarian.actor("class_teacher"), group=bulgarian.group, first=MONDAY, last=LAST, zone=SOFIA
    )
    assert len(seen.rows) == 2
    with pytest.raises(NotAllowed):
        queries.of_class(by=bulgarian.actor("teacher"), group=bulgarian.group, first=MONDAY, last=LAST, zone=SOFIA)


def test_it_takes_as_many_queries_for_a_week_as_for_a_term(bulgarian: School) -> None:
    counts = []
    for first in (MONDAY, MONDAY - timedelta(days=100)):
        by = bulgarian.actor("principal")
        with CaptureQueriesContext(connection) as seen:
            queries.completeness(by=by, school=bulgarian.school, first=first, last=LAST, zone=SOFIA)
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 13


@given(
    weekday=st.integers(1, 7),
    week=st.sampled_from(Week),
    valid=st.tuples(st.integers(-20, 80), st.integers(0, 60)),
    free=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 10)), max_size=3),
)
def test_lessons_are_counted_as_if_one_by_one(
    weekday: int, week: Week, valid: tuple[int, int], free: list[tuple[int, int]]
) -> None:
    first, last = date(2025, 12, 1), date(2026, 2, 1)
    begins = first + timedelta(days=valid[0])
    slot = SlotView(
        UUID(int=1), UUID(int=2), UUID(int=3), "/a/b/8a/", "MAT", None, weekday, week, None, time(9), time(10), "",
        begins, begins + timedelta(days=valid[1]),
    )  # fmt: skip
    holidays = tuple(
        HolidayView(UUID(int=n), UUID(int=4), "/a/", first + timedelta(days=s), first + timedelta(days=s + length), "x")
        for n, (s, length) in enumerate(free)
    )
    one_by_one = sum(takes_place(slot, day) and not is_free("/a/b/", day, holidays) for day in days(first, last))
    assert Calendar("/a/b/", first, last, holidays).count(slot) == one_by_one
