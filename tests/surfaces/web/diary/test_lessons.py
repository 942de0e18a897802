"""Pages of the day: what needs me now, attendance with and without script, absences, leave, completeness."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base import clock
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.models import Absence, Leave, Lesson
from testamur.schoolday.diary.rules.leaves import NewLeave
from testamur.schoolday.diary.rules.lessons import LessonKey, Missing
from testamur.schoolday.diary.rules.states import AbsenceKind, LeaveKind
from testamur.surfaces.web.account.entering import home
from tests.schoolday.diary.school import School, build
from tests.surfaces.web.diary.conftest import Enter

WEDNESDAY = date(2026, 6, 10)
MONDAY = WEDNESDAY - timedelta(days=2)
MORNING = "2026-06-10 06:10:00+00:00"
"""Ten past nine in Sofia: the first lesson runs."""


def at(school: School, slot: int = 1, on: date = WEDNESDAY, then: str = "") -> str:
    """The address of a lesson."""
    return f"/diary/lesson/{school.slots[slot]}/{on}/{then}"


def put(school: School, *states: tuple[int, str, str], version: int = 0, **more: Any) -> dict[str, Any]:
    """What the form of a lesson sends: everybody present but those named."""
    sent: dict[str, Any] = {f"p-{pupil}": "present" for pupil in school.pupils}
    for n, state, minutes in states:
        sent |= {f"p-{school.pupils[n]}": state, f"m-{school.pupils[n]}": minutes}
    return {**sent, "version": str(version), **more}


def standing(school: School) -> dict[int, tuple[str, int | None]]:
    """Who is absent, as it stands."""
    rows = Absence.objects.filter(void=False)
    return {school.pupils.index(row.pupil_id): (row.kind, row.minutes) for row in rows}


def text(answer: Any) -> str:
    """The main part of a page, as words."""
    body = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


@pytest.mark.feature("E7", "E5")
@time_machine.travel(MORNING)
def test_from_the_day_to_saved_attendance_in_two_steps(bulgarian: School, enter: Enter) -> None:
    browser = enter(bulgarian, "teacher")
    page = browser.get("/diary/")
    assert "Now · 09:00–09:45 8А Математика" in text(page)
    assert at(bulgarian) in page.content.decode()
    lesson = browser.get(at(bulgarian))
    assert lesson.content.decode().count('value="present" checked') == 5
    saved = browser.post(at(bulgarian, then="save/"), put(bulgarian, (0, "absent", ""), (1, "late", "")))
    assert (saved.status_code, saved.headers["Location"]) == (HTTPStatus.SEE_OTHER, at(bulgarian) + "?saved=all")
    assert standing(bulgarian) == {0: ("absent", None), 1: ("late", 10)}  # who comes now is ten minutes late
    after = browser.get(saved.headers["Location"])
    assert "Saved: 3 present, 1 absent, 1 late." in text(after)
    undone = browser.post(at(bulgarian, then="undo/"), {"version": "2", "whole": "1"}, follow=True)
    assert "as it was before" in text(undone)
    assert standing(bulgarian) == {}
    assert Lesson.objects.get().state == "planned"


@pytest.mark.feature("E7")
@time_machine.travel(MORNING)
def test_two_who_save_the_same_lesson_do_not_overwrite_each_other(bulgarian: School, enter: Enter) -> None:
    teacher, principal = enter(bulgarian, "teacher"), enter(bulgarian, "principal")
    principal.post(at(bulgarian, then="save/"), put(bulgarian, (0, "absent", "")))
    conflict = teacher.post(at(bulgarian, then="save/"), put(bulgarian, (3, "absent", "")))
    assert conflict.status_code == HTTPStatus.CONFLICT
    told = text(conflict)
    assert "Nothing was overwritten" in told
    assert "Principal Измислен saved it" in told
    assert told.count("Saved now: Absent") == told.count("Saved now: Present") == 1
    assert standing(bulgarian) == {0: ("absent", None)}
    body = conflict.content.decode()
    assert f'name="p-{bulgarian.pupils[3]}" value="absent" checked' in body  # what was chosen is kept
    version = re.search(r'name="version" value="(\d+)"', body)
    assert version is not None
    again = teacher.post(at(bulgarian, then="save/"), put(bulgarian, (3, "absent", ""), version=int(version[1])))
    assert again.status_code == HTTPStatus.SEE_OTHER
    assert standing(bulgarian) == {3: ("absent", None)}


@time_machine.travel(MORNING)
def test_what_is_refused_says_so_and_keeps_what_was_typed(bulgarian: School, enter: Enter) -> None:
    browser = enter(bulgarian, "teacher")
    refused = browser.post(at(bulgarian, then="save/"), put(bulgarian, (0, "late", "999"), topic="Уравнения"))
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Check the times, the minutes" in text(refused)
    assert 'value="Уравнения"' in refused.content.decode()
    assert not Lesson.objects.filter(state="taken").exists()
    assert browser.get(f"/diary/lesson/{bulgarian.slots[1]}/someday/").status_code == HTTPStatus.NOT_FOUND
    assert browser.get(at(bulgarian, on=WEDNESDAY + timedelta(days=1))).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.feature("E7")
@time_machine.travel(MORNING)
def test_topic_and_homework_are_saved_with_it_and_told_when_due(bulgarian: School, enter: Enter) -> None:
    browser = enter(bulgarian, "teacher")
    page = browser.get(at(bulgarian))
    assert 'value="2026-06-12" selected' in page.content.decode()  # the next lesson is proposed
    sent = put(bulgarian, topic="Уравнения", homework="Зад. 5", due="2026-06-12", due_day="")
    browser.post(at(bulgarian, then="save/"), sent)
    row = Lesson.objects.get()
    assert (row.topic, row.homework, row.due, row.version) == ("Уравнения", "Зад. 5", date(2026, 6, 12), 3)
    browser.post(at(bulgarian, then="save/"), {**sent, "version": "3"})  # nothing new: the topic is not written again
    row.refresh_from_db()
    assert row.version == 4
    assert "Homework due: Зад. 5" in text(browser.get("/diary/?on=2026-06-12"))
    ahead = browser.get(at(bulgarian, 2, date(2026, 6, 12)))
    assert "still to come" in text(ahead)
    assert "who-state" not in ahead.content.decode()
    browser.post(at(bulgarian, 2, date(2026, 6, 12), "save/"), {"version": "0", "topic": "", "note": "Тест в шкафа"})
    assert Lesson.objects.get(on=date(2026, 6, 12)).note == "Тест в шкафа"


@pytest.mark.feature("E7", "C19")
@time_machine.travel(MORNING)
def test_the_class_list_shows_what_is_known_and_hides_who_is_protected(bulgarian: School, enter: Enter) -> None:
    guardian = bulgarian.actor("guardian", on=WEDNESDAY)
    leave = NewLeave(bulgarian.pupils[0], LeaveKind.REPORT, "family", WEDNESDAY, WEDNESDAY)
    actions.ask_leave(by=guardian, leave=leave, now=clock.now())
    page = enter(bulgarian, "teacher").get(at(bulgarian))
    assert "Reported by the family: по семейни причини" in text(page)
    assert f'name="p-{bulgarian.pupils[0]}" value="absent" checked' in page.content.decode()
    assert "Ученик2" not in page.content.decode()
    assert "Ученик2" in enter(bulgarian, "principal").get(at(bulgarian)).content.decode()


@pytest.mark.parametrize("address", ["/diary/", "lesson", "/diary/day/", "absences"])
@time_machine.travel(MORNING)
def test_a_page_takes_as_many_queries_for_thirty_pupils_as_for_five(db: None, enter: Enter, address: str) -> None:
    counts = []
    for pack, size in (("bg.school", 5), ("se.compulsory", 30)):
        school = build(pack, now=clock.now(), pupils=size)
        gone = [Missing(pupil, AbsenceKind.ABSENT) for pupil in school.pupils]
        actions.take_attendance(
            by=school.actor("principal", on=WEDNESDAY), lesson=LessonKey(school.slots[0], MONDAY), missing=gone,
            seen_version=0, now=clock.now(),
        )  # fmt: skip
        browser = enter(school, "principal")
        where = {"lesson": at(school), "absences": f"/diary/absences/{school.group}/"}.get(address, address)
        browser.get(where)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(where).status_code == HTTPStatus.OK
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 36


@pytest.mark.feature("E16")
@time_machine.travel("2026-06-10 08:00:00+00:00")
def test_what_nobody_has_registered_is_told_to_the_teacher_and_to_the_principal(
    bulgarian: School, enter: Enter
) -> None:
    teacher = text(enter(bulgarian, "teacher").get("/diary/"))
    assert "Not registered in the last seven days Wed 3/6" in teacher
    assert "Mon 8/6" in teacher
    principal = enter(bulgarian, "principal")
    assert "Of the school's lessons so far today (2), 2 are not registered" in text(principal.get("/diary/"))
    enter(bulgarian, "teacher").post(at(bulgarian, then="save/"), put(bulgarian))
    day = text(principal.get("/diary/day/?show=missing"))
    assert "1 lesson that is over is not registered" in day
    assert "Български език" in day
    assert "Математика" not in day
    assert enter(bulgarian, "administrator").get("/diary/day/").status_code == HTTPStatus.OK
    assert enter(bulgarian, "teacher").get("/diary/day/").status_code == HTTPStatus.FORBIDDEN


@time_machine.travel(MORNING)
def test_the_principal_lets_another_teacher_stand_in_who_finds_lesson_and_note(bulgarian: School, enter: Enter) -> None:
    principal, stranger = enter(bulgarian, "principal"), enter(bulgarian, "stranger")
    assert stranger.get(at(bulgarian)).status_code == HTTPStatus.FORBIDDEN
    sent = {"version": "0", "teacher": str(bulgarian.persons["stranger"]), "note": "Упражнение 4"}
    assert "another teacher" in text(principal.post(at(bulgarian, then="substitute/"), sent, follow=True))
    assert "Упражнение 4" in text(stranger.get("/diary/"))
    assert stranger.post(at(bulgarian, then="save/"), put(bulgarian, version=2)).status_code == HTTPStatus.SEE_OTHER
    assert Lesson.objects.get().taken_by == bulgarian.persons["stranger"]


@time_machine.travel(MORNING)
def test_a_lesson_is_cancelled_restored_and_added(bulgarian: School, enter: Enter) -> None:
    browser = enter(bulgarian, "teacher")
    off = browser.post(at(bulgarian, then="cancel/"), {"version": "0", "cancelled": "1"}, follow=True)
    assert "This lesson is cancelled" in text(off)
    back = browser.post(at(bulgarian, then="cancel/"), {"version": "2", "cancelled": "0"}, follow=True)
    assert "Who is there?" in text(back)
    new = {"of": f"{bulgarian.group}:MAT", "on": "2026-06-10", "starts": "13:00", "ends": "13:45"}
    assert "Who is there?" in text(browser.post("/diary/lesson/add/", new, follow=True))
    wrong = browser.post("/diary/lesson/add/", {**new, "ends": "12:00"}, follow=True)
    assert "Check the times" in text(wrong)
    assert Lesson.objects.filter(slot=None).count() == 1


@pytest.mark.feature("E7")
@time_machine.travel(MORNING)
def test_the_class_teacher_excuses_what_nobody_has_decided(bulgarian: School, enter: Enter) -> None:
    enter(bulgarian, "teacher").post(at(bulgarian, then="save/"), put(bulgarian, (0, "absent", ""), (2, "late", "5")))
    browser, address = enter(bulgarian, "class_teacher"), f"/diary/absences/{bulgarian.group}/"
    page = browser.get(address)
    assert "2 absences wait for a decision" in text(page)
    assert "0 excused, 0 not excused, 1 undecided; late 0 times" in text(page)
    assert "Ученик2" not in page.content.decode()
    ids = [str(one) for one in Absence.objects.values_list("id", flat=True)]
    sent = {"absence": ids, "excused": "yes", "ground": "medical"}
    assert "2 absences are excused" in text(browser.post(address + "excuse/", sent, follow=True))
    assert set(Absence.objects.values_list("excused", "ground")) == {(True, "medical")}
    assert "Choose absences first" in text(browser.post(address + "excuse/", {"excused": "no"}, follow=True))
    reopened = browser.post(address + "excuse/", {"absence": ids, "excused": "open", "show": "all"}, follow=True)
    assert "2 absences are open again" in text(reopened)
    whole = {"pupil": [str(bulgarian.pupils[0])], "excused": "no"}
    assert "1 absence is not excused" in text(browser.post(address + "excuse/", whole, follow=True))
    assert Absence.objects.get(pupil=bulgarian.pupils[0]).excused is False
    assert enter(bulgarian, "teacher").get(address).status_code == HTTPStatus.FORBIDDEN


@pytest.mark.feature("E7")
@time_machine.travel(MORNING)
def test_leave_is_decided_where_the_law_puts_it(swedish: School, enter: Enter) -> None:
    by, now = swedish.actor("guardian", on=WEDNESDAY), clock.now()
    friday = WEDNESDAY + timedelta(days=2)
    one = NewLeave(swedish.pupils[1], LeaveKind.LEAVE, "leave", friday, friday, text="Bröllop")
    long = NewLeave(swedish.pupils[1], LeaveKind.LEAVE, "leave", friday + timedelta(days=3), friday + timedelta(days=9))
    short, longer = (actions.ask_leave(by=by, leave=new, now=now) for new in (one, long))
    mentor, principal = enter(swedish, "class_teacher"), enter(swedish, "principal")
    page = mentor.get("/diary/leaves/")
    assert "1 request waits for your decision" in text(page)
    assert "Bröllop" in text(page)
    assert "1 request for leave to decide" in text(mentor.get("/diary/"))
    refused = mentor.post(f"/diary/leaves/{short}/decide/", {"answer": "refuse", "why": ""}, follow=True)
    assert "Say why" in text(refused)
    assert "granted" in text(mentor.post(f"/diary/leaves/{short}/decide/", {"answer": "grant"}, follow=True))
    assert "another post" in text(mentor.post(f"/diary/leaves/{longer}/decide/", {"answer": "grant"}, follow=True))
    assert "granted" in text(principal.post(f"/diary/leaves/{longer}/decide/", {"answer": "grant"}, follow=True))
    assert set(Leave.objects.values_list("state", flat=True)) == {"granted"}


@pytest.mark.feature("E15", "E16")
@time_machine.travel(MORNING)
def test_completeness_shows_who_is_behind(bulgarian: School, enter: Enter) -> None:
    zone_noon = datetime.combine(MONDAY, time(6, 50), UTC)  # five minutes after the lesson in Sofia
    actions.take_attendance(
        by=bulgarian.actor("principal", on=MONDAY), lesson=LessonKey(bulgarian.slots[0], MONDAY), missing=[],
        seen_version=0, now=zone_noon,
    )  # fmt: skip
    address = "/diary/completeness/?first=2026-06-03&last=2026-06-09"
    told = text(enter(bulgarian, "principal").get(address))
    assert "4 lessons were due; 3 are not registered. Of 1 registered, 1 were registered within" in told
    assert "33 % −2" in told
    assert "Teacher Измислен 2 3 0 1" in told
    assert enter(bulgarian, "administrator").get(address).status_code == HTTPStatus.OK
    assert enter(bulgarian, "class_teacher").get(address).status_code == HTTPStatus.FORBIDDEN


@time_machine.travel(MORNING)
def test_whoever_teaches_begins_with_the_day_and_others_where_they_did(bulgarian: School, enter: Enter) -> None:
    def begins(name: str) -> str:
        browser: Client = enter(bulgarian, name)
        visitor: Any = browser.get("/diary/").wsgi_request.visitor  # type: ignore[attr-defined]  # set by the middleware
        return home(visitor.hat)

    assert begins("teacher") == begins("class_teacher") == "/diary/"
    assert begins("principal") == begins("stranger") == "/sign/"
    assert begins("administrator") == "/office/"


def test_the_script_of_attendance_needs_nothing_that_the_page_has_not(bulgarian: School, enter: Enter) -> None:
    with time_machine.travel(MORNING):
        body = enter(bulgarian, "teacher").get(at(bulgarian)).content.decode()
    for needed in ("data-attendance", "data-row", "data-counts", "data-words", 'data-late="10"', "who-minutes"):
        assert needed in body
    assert UUID(int=0).hex not in body
