"""A child's calendar with chosen content: each part alone, all of them, changed without a new address, and ended."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewHoliday
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.rules.lessons import LessonKey, Move
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.rules import EventKind, NewEvent
from testamur.schoolday.noticeboard.rules.menus import Dish
from tests.schoolday.diary.school import School
from tests.surfaces.web.diary.conftest import Enter
from tests.surfaces.web.rfc5545 import faults

WEDNESDAY = date(2026, 6, 10)
EARLY = "2026-06-10 04:30:00+00:00"


def filled(school: School) -> None:
    """One of everything that a calendar can hold."""
    by, now = operator(), clock.now()
    head = school.actor("principal", on=WEDNESDAY)
    at = datetime(2026, 6, 15, 6, tzinfo=UTC)
    for kind, title in ((EventKind.TEST, "Prov i bråk"), (EventKind.TRIP, "Utflykt; till sjön, med matsäck")):
        event = NewEvent(
            school.school, kind, title, at, at + timedelta(hours=1), group=school.group, text="a;b,c\\d\ne"
        )
        board.plan_event(by=by, event=event, now=now)
    lesson = LessonKey(school.slots[1], WEDNESDAY)
    teacher = school.actor("teacher", on=WEDNESDAY)
    due = WEDNESDAY + timedelta(days=2)
    diary.write_topic(by=teacher, lesson=lesson, topic="", homework="Sid. 5", due=due, seen_version=0, now=now)
    move = Move(time(13), time(14), "B7")
    diary.move_lesson(by=head, lesson=lesson, move=move, seen_version=2, now=now)
    menu = board.add_menu(by=by, unit=school.school, name="Lunch", now=now)
    board.write_days(by=by, menu=menu, days={WEDNESDAY: [Dish({"": "Ärtsoppa"})]}, now=now)
    schools.add_holidays(by=by, holidays=[NewHoliday(school.school, due, due, "Lovdag")], now=now)


def subscribed(browser: Client, school: School, *content: str) -> str:
    """The address of a calendar with that content."""
    renew = reverse("family:renew", args=[school.pupils[0]])
    assert browser.post(renew, {"content": content}).status_code == 303
    page = browser.get(reverse("family:feed", args=[school.pupils[0]])).content.decode()
    found = re.search(r"/family/calendar/[\w-]{43}\.ics", page)
    assert found is not None
    return found[0]


def read(address: str) -> str:
    """The calendar, unfolded; it is one that every reader understands."""
    answer: Any = Client().get(address)
    assert answer.status_code == 200
    assert faults(answer.content) == []
    body: str = answer.content.decode().replace("\r\n ", "")
    assert "Ученик" not in body, "it names no child"
    return body


PARTS = {
    "lessons": "SUMMARY:Matematik 8A", "tests": "SUMMARY:Prov i bråk", "events": "SUMMARY:Utflykt",
    "homework": "SUMMARY:Homework", "menu": "SUMMARY:Ärtsoppa", "holidays": "SUMMARY:Lovdag",
}  # fmt: skip


@pytest.mark.feature("C6", "C10", "C11", "E29")
@time_machine.travel(EARLY)
def test_a_calendar_holds_what_was_chosen_and_nothing_else(swedish: School, enter: Enter) -> None:
    filled(swedish)
    browser = enter(swedish, "guardian")
    address = subscribed(browser, swedish, *PARTS)
    whole = read(address)
    assert [part for part, said in PARTS.items() if said not in whole] == []
    assert "DTSTART:20260610T110000Z" in whole, "the lesson stands where the day moved it"
    assert "LOCATION:B7" in whole
    renew = reverse("family:renew", args=[swedish.pupils[0]])
    for part, said in PARTS.items():
        assert browser.post(renew, {"act": "choose", "content": [part]}).status_code == 303
        alone = read(address)
        assert said in alone, part
        assert [other for other, word in PARTS.items() if word in alone] == [part]
    refused = browser.post(renew, {"act": "choose"})
    assert refused.status_code == 422
    assert "Choose at least one part" in refused.content.decode()
    assert browser.post(renew, {"content": ["grades"]}).status_code == 422
    browser.post(renew, {"act": "end"})
    assert Client().get(address).status_code == 404


@pytest.mark.feature("C19", "E29")
def test_nothing_that_is_wrong_passes_the_reader_of_calendars() -> None:
    whole = (
        b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260610T080000Z\r\n"
        b"DTSTART:20260610T080000Z\r\nDTEND:20260610T090000Z\r\nSUMMARY:a\\, b\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert faults(whole) == []
    for wrong in (
        whole.replace(b"\r\n", b"\n"),
        whole.replace(b"a\\, b", b"a, b"),
        whole.replace(b"UID:1\r\n", b""),
        whole.replace(b"DTEND:20260610T09", b"DTEND:20260610T07"),
        whole.replace(b"SUMMARY:a", b"SUMMARY:" + b"a" * 80),
        whole.replace(b"END:VEVENT\r\n", b""),
        whole.replace(b"VERSION:2.0\r\n", b""),
        whole.replace(b"DTSTART:20260610T080000Z", b"DTSTART:20260610"),
        whole.replace(b"SUMMARY", b"SUM MARY"),
    ):
        assert faults(wrong) != [], wrong
