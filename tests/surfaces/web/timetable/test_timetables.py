"""Weeks of classes, teachers, rooms and pupils; changes of a day; the test calendar; one's own calendar."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import icalendar
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from testamur.exchange.notifications import steps, tasks
from testamur.exchange.notifications.models import Item
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup, NewHoliday, NewPost, NewSlot, Role
from testamur.schoolday.diary.models import Lesson
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.rules import EventKind, NewEvent
from testamur.surfaces.web.timetable.exams import load_of
from tests.schoolday.diary.school import BEGINS, School
from tests.surfaces.web.diary.conftest import Enter
from tests.surfaces.web.rfc5545 import faults

WEDNESDAY = date(2026, 6, 10)
EARLY = "2026-06-10 04:30:00+00:00"
"""Half past seven in Sofia."""


def text(answer: Any) -> str:
    """The main part of a page, as words."""
    assert answer.status_code in {200, 422}, answer.status_code
    body = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def shown(browser: Client, name: str, *args: Any, **query: str) -> str:
    """A page as words."""
    return text(browser.get(reverse(f"timetable:{name}", args=args), query))


def another_class(school: School) -> Any:
    """A second class, whose one lesson is at the hour of the first class's first one, in a room."""
    by, now = operator(), clock.now()
    group = schools.add_groups(
        by=by, groups=[NewGroup(school.school, school.year, GroupKind.CLASS, "8Б", year_level=8)], now=now
    )[0]
    slots = [NewSlot(group, 3, time(9), time(9, 45), school.subjects[0], school.persons["stranger"], room="12")]
    return group, schools.add_slots(by=by, slots=slots, now=now)[0]


@pytest.mark.feature("C6")
def test_the_week_of_a_class_a_teacher_and_a_room(bulgarian: School, enter: Enter) -> None:
    another_class(bulgarian)
    browser = enter(bulgarian, "stranger")
    found = shown(browser, "home")
    assert "8А" in found
    assert "8Б" in found
    assert "12" in found
    week = shown(browser, "group", bulgarian.group)
    assert week.count("Математика") == 3
    assert week.count("Български език") >= 1
    assert "09:00–09:45" in week
    mine = text(browser.get(reverse("timetable:mine"), follow=True))
    assert "8Б" in mine
    assert "8А" not in mine
    assert "room 12" in shown(browser, "room", room="12")
    assert browser.get(reverse("timetable:room"), {"room": "13"}).status_code == 404
    assert browser.get(reverse("timetable:teacher", args=[bulgarian.persons["guardian"]])).status_code == 404


@pytest.mark.feature("C6")
def test_a_holiday_stands_in_the_week_in_place_of_its_lessons(bulgarian: School, enter: Enter) -> None:
    holiday = NewHoliday(bulgarian.authority, WEDNESDAY, WEDNESDAY, "Ден на проверката")
    schools.add_holidays(by=operator(), holidays=[holiday], now=clock.now())
    week = shown(enter(bulgarian, "teacher"), "group", bulgarian.group)
    assert "Ден на проверката" in week
    assert week.count("Математика") == 2


@pytest.mark.feature("C6")
def test_a_pupils_week_joins_all_groups_and_is_for_who_works_with_the_pupil(bulgarian: School, enter: Enter) -> None:
    by, now = operator(), clock.now()
    group = schools.add_groups(
        by=by, groups=[NewGroup(bulgarian.school, bulgarian.year, GroupKind.TEACHING, "ENG-2", subject="ENG")], now=now
    )[0]
    schools.add_enrolments(
        by=by, enrolments=[NewEnrolment(bulgarian.pupils[0], bulgarian.school, BEGINS, group=group)], now=now
    )
    schools.add_slots(by=by, slots=[NewSlot(group, 2, time(11), time(11, 45), "ENG")], now=now)
    head = enter(bulgarian, "principal")
    week = shown(head, "pupil", bulgarian.pupils[0])
    assert "ENG-2" in week
    assert "Математика" in week
    assert "ENG-2" not in shown(head, "pupil", bulgarian.pupils[1])
    assert enter(bulgarian, "stranger").get(reverse("timetable:pupil", args=[bulgarian.pupils[0]])).status_code == 404


@pytest.mark.feature("C6", "E20")
@time_machine.travel(EARLY)
def test_all_lessons_of_a_teacher_who_is_away_go_in_one_form(bulgarian: School, enter: Enter) -> None:
    free = schools_teacher(bulgarian)
    head = enter(bulgarian, "principal")
    page = head.get(reverse("timetable:away"), {"teacher": str(bulgarian.persons["teacher"]), "on": str(WEDNESDAY)})
    assert "8А Математика" in text(page)
    slot = bulgarian.slots[1]
    chosen = re.search(
        r'<option value="([^"]+)" selected>[^<]*</option>\s*(?:<option|</optgroup>)', page.content.decode()
    )
    assert chosen is not None
    form = {
        "school": str(bulgarian.school), "teacher": str(bulgarian.persons["teacher"]), "on": str(WEDNESDAY),
        f"seen-{slot}": "0", "note": "Упражнения, стр. 40",
    }  # fmt: skip
    empty = head.post(reverse("timetable:away"), form)
    assert empty.status_code == 422
    assert "at least one lesson" in text(empty)
    done = head.post(reverse("timetable:away"), {**form, f"who-{slot}": str(free)}, follow=True)
    assert "1 lesson is changed" in done.content.decode()
    assert "Substitute" in text(done)
    row = Lesson.objects.get()
    assert (row.teacher, row.note) == (free, "Упражнения, стр. 40")
    late = head.post(reverse("timetable:away"), {**form, f"who-{slot}": "off"})
    assert late.status_code == 422, "somebody was faster"
    assert "Nothing was changed" in text(late)
    assert enter(bulgarian, "teacher").get(reverse("timetable:away")).status_code == 403
    steps.follow(now=clock.now())
    steps.spread(by=tasks.STEP, now=clock.now())
    told = Item.objects.filter(part="lessons")
    families = {bulgarian.persons[name] for name in ("guardian", "other_guardian", "far_guardian")}
    assert families <= set(told.values_list("person", flat=True))


def schools_teacher(school: School) -> Any:
    """The stranger, who is free on that day and knows the class by teaching it something."""
    post = NewPost(school.persons["stranger"], school.school, Role.TEACHER, BEGINS, group=school.group, subject="ENG")
    schools.add_posts(by=operator(), posts=[post], now=clock.now())
    return school.persons["stranger"]


@pytest.mark.feature("C6")
@time_machine.travel(EARLY)
def test_a_lesson_moves_after_a_warning_and_goes_back(bulgarian: School, enter: Enter) -> None:
    another_class(bulgarian)
    head, slot = enter(bulgarian, "principal"), bulgarian.slots[1]
    address = reverse("timetable:move", args=[slot, WEDNESDAY.isoformat()])
    form = {"starts": "10:15", "ends": "11:00", "room": "7", "version": "0"}
    warned = head.post(address, form)
    assert warned.status_code == 422
    assert "The class has another lesson at that hour" in text(warned)
    assert Lesson.objects.count() == 0
    room = head.post(address, {**form, "starts": "09:00", "ends": "09:45", "room": "12"})
    assert "The room is wanted by 8Б too" in text(room)
    assert head.post(address, {**form, "sure": "1"}).status_code == 303
    week = shown(enter(bulgarian, "teacher"), "group", bulgarian.group)
    assert "10:15–11:00" in week
    assert "room 7" in week
    assert "Moved" in week
    board_ = shown(head, "changes", on=str(WEDNESDAY))
    assert "09:00" in board_
    assert "Moved" in board_
    family = enter(bulgarian, "guardian").get(reverse("family:week", args=[bulgarian.pupils[0]])).content.decode()
    assert "Moved" in family
    back = head.post(address, {**form, "version": "2", "act": "back"})
    assert back.status_code == 303
    assert "Everything is as planned" in shown(head, "changes", on=str(WEDNESDAY))
    assert enter(bulgarian, "stranger").get(address).status_code in {403, 409}


@pytest.mark.feature("C6", "E10")
def test_the_test_calendar_shows_the_load_of_each_class_and_the_laws_limit(bulgarian: School, enter: Enter) -> None:
    starts = datetime(2026, 6, 15, 6, tzinfo=UTC)
    for days in (0, 2):
        at = starts + timedelta(days=days)
        event = NewEvent(
            bulgarian.school, EventKind.TEST, f"Тест {days}", at, at + timedelta(hours=1), group=bulgarian.group,
            subject="MAT",
        )  # fmt: skip
        board.plan_event(by=operator(), event=event, now=clock.now())
    head = enter(bulgarian, "principal")
    page = shown(head, "exams", monday="2026-06-15")
    assert "A class may have 1 test a day and 2 a week" in page
    assert "Full" in page
    detail = shown(head, "exams", monday="2026-06-15", **{"class": str(bulgarian.group)})
    assert "Тест 0" in detail
    assert "No test" in detail


def test_a_week_is_full_at_the_laws_number_and_over_beyond_it() -> None:
    from testamur.law.diary import NO_LIMIT, TestRule
    from testamur.surfaces.web.timetable.exams import TestLine

    monday = date(2026, 6, 15)
    rule = TestRule(per_day=1, per_week=2)

    def tests(*days: int) -> list[TestLine]:
        return [TestLine(None, monday + timedelta(days=n), "", "", shared=False) for n in days]  # type: ignore[arg-type]

    assert not load_of(rule, monday, tests(0)).full
    assert load_of(rule, monday, tests(0, 1)).full
    assert not load_of(rule, monday, tests(0, 1)).over
    assert load_of(rule, monday, tests(0, 0)).over
    assert load_of(rule, monday, tests(0, 1, 2)).over
    assert load_of(rule, monday, tests(7)).tests == ()
    assert not load_of(NO_LIMIT, monday, tests(0, 0, 0, 1)).over


@pytest.mark.feature("C6", "E29")
@time_machine.travel(EARLY)
def test_a_teacher_has_a_calendar_of_lessons_that_ends_when_told(bulgarian: School, enter: Enter) -> None:
    teacher = enter(bulgarian, "teacher")
    teacher.post(reverse("timetable:renew"))
    page = teacher.get(reverse("timetable:feed")).content.decode()
    found = re.search(r"/timetable/feed/[\w-]{43}\.ics", page)
    assert found is not None
    assert found[0] not in teacher.get(reverse("timetable:feed")).content.decode(), "it is shown once"
    head = enter(bulgarian, "principal")
    head.post(reverse("diary:cancel_lesson", args=[bulgarian.slots[1], WEDNESDAY]), {"version": "0", "cancelled": "1"})
    answer = Client().get(found[0])
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert faults(answer.content) == []
    assert "Ученик" not in answer.content.decode()
    events: list[Any] = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    off = [one for one in events if str(one["status"]) == "CANCELLED"]
    assert [one["dtstart"].dt for one in off] == [datetime(2026, 6, 10, 6, tzinfo=UTC)]
    assert all(str(one["summary"]) == "8А Математика" for one in events)
    teacher.post(reverse("timetable:renew"), {"act": "end"})
    assert Client().get(found[0]).status_code == 404
    assert Client().get(found[0].replace("timetable/feed", "family/calendar")).status_code == 404
