"""Events and parents' meetings in the teacher's hands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.schoolday.noticeboard import actions, queries
from testamur.schoolday.noticeboard.rules import EventKind, NewEvent, Reply
from tests.schoolday.diary.school import School
from tests.surfaces.web.diary.conftest import Enter

MEETING = {
    "kind": "meeting", "title": "Родителска среща", "starts_at": "2026-06-17T18:00", "ends_at": "2026-06-17T19:00",
    "audience": "family",
}  # fmt: skip
TEST = {**MEETING, "kind": "test", "title": "Контролно", "starts_at": "2026-06-15T09:00", "ends_at": "2026-06-15T09:45"}


def plan(browser: Client, school: School, **form: Any) -> Any:
    """Send the form."""
    return browser.post(reverse("diary:plan"), {"group": str(school.group), **form})


def planned(browser: Client, school: School, **form: Any) -> UUID:
    """The event that came of it."""
    answer = plan(browser, school, **form)
    assert answer.status_code == 303, answer.content.decode()
    return UUID(answer["Location"].rstrip("/").rpartition("/")[2])


def text_of(browser: Client, event: UUID) -> str:
    """The event's page."""
    answer = browser.get(reverse("diary:event", kwargs={"event": event}))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.feature("E10")
def test_a_teacher_plans_a_test_changes_it_and_calls_it_off(bulgarian: School, enter: Enter) -> None:
    teacher = enter(bulgarian, "teacher")
    event = planned(teacher, bulgarian, **TEST, subject="MAT")
    found = queries.event(event)
    assert found is not None
    assert found.starts_at == datetime(2026, 6, 15, 6, tzinfo=UTC), "nine o'clock in Sofia"
    assert "Контролно" in teacher.get(reverse("diary:events")).content.decode()
    changed = {**TEST, "title": "Класна работа", "subject": "MAT"}
    answer = teacher.post(reverse("diary:change_event", kwargs={"event": event}), changed)
    assert answer.status_code == 303
    assert "Класна работа" in text_of(enter(bulgarian, "class_teacher"), event)
    wrong = {**changed, "ends_at": "2026-06-15T08:00"}
    assert teacher.post(reverse("diary:change_event", kwargs={"event": event}), wrong).status_code == 422
    assert teacher.post(reverse("diary:cancel_event", kwargs={"event": event})).status_code == 303
    assert "called off" in text_of(teacher, event)


@pytest.mark.feature("E10")
def test_a_second_test_on_a_day_is_planned_only_by_who_says_so(swedish: School, enter: Enter) -> None:
    planned(enter(swedish, "class_teacher"), swedish, **{**TEST, "title": "Диктовка"})
    teacher = enter(swedish, "teacher")
    asked = plan(teacher, swedish, **TEST)
    assert asked.status_code == 422
    assert "Диктовка" in asked.content.decode()
    form = {"group": str(swedish.group), **TEST}
    warned = teacher.get(reverse("diary:plan"), form, headers={"HX-Request": "true"}).content.decode()
    assert "Диктовка" in warned
    assert "<h1" not in warned
    other_day = {**form, "starts_at": "2026-06-16T09:00"}
    assert (
        "Диктовка" not in teacher.get(reverse("diary:plan"), other_day, headers={"HX-Request": "true"}).content.decode()
    )
    assert plan(teacher, swedish, **TEST, sure="1").status_code == 303


@pytest.mark.feature("E10", "C6")
def test_where_the_law_limits_tests_nobody_plans_another_one(bulgarian: School, enter: Enter) -> None:
    planned(enter(bulgarian, "class_teacher"), bulgarian, **{**TEST, "title": "Диктовка"})
    teacher = enter(bulgarian, "teacher")
    refused = plan(teacher, bulgarian, **TEST, sure="1")
    assert refused.status_code == 422
    assert "The law lets this class have no further test" in refused.content.decode()
    assert "all the same" not in refused.content.decode()
    wednesday = {**TEST, "starts_at": "2026-06-17T09:00", "ends_at": "2026-06-17T09:45"}
    second = planned(teacher, bulgarian, **wednesday)
    friday = {**TEST, "starts_at": "2026-06-19T09:00", "ends_at": "2026-06-19T09:45"}
    assert plan(teacher, bulgarian, **friday).status_code == 422, "two in a week are all"
    next_week = {**TEST, "starts_at": "2026-06-22T09:00", "ends_at": "2026-06-22T09:45"}
    planned(teacher, bulgarian, **next_week)
    move = reverse("diary:change_event", kwargs={"event": second})
    assert teacher.post(move, {**next_week, "title": "Друго"}).status_code == 422
    assert teacher.post(move, {**friday, "title": "Друго"}).status_code == 303, "the one that moves is not counted"


@pytest.mark.feature("E11")
def test_times_of_a_meeting_are_offered_booked_and_given_back(bulgarian: School, enter: Enter) -> None:
    keeper = enter(bulgarian, "class_teacher")
    event = planned(keeper, bulgarian, **MEETING)
    host = str(bulgarian.persons["teacher"])
    hours = {"starts_at": MEETING["starts_at"], "ends_at": MEETING["ends_at"]}
    offer = reverse("diary:offer_times", kwargs={"event": event})
    assert keeper.post(offer, {"hosts": [host], **hours, "minutes": "4"}).status_code == 422
    assert keeper.post(offer, {"hosts": [host], **hours, "minutes": "15", "room": "12"}).status_code == 303
    times = queries.times(by=bulgarian.actor("class_teacher"), event=event)
    assert len(times) == 4
    guardian, child = bulgarian.actor("guardian"), bulgarian.pupils[0]
    actions.book_time(by=guardian, time=times[0].id, child=child, now=clock.now())
    actions.answer_event(by=guardian, event=event, child=child, reply=Reply.YES, now=clock.now())
    page = text_of(keeper, event)
    assert "Ученик0" in page
    assert "Guardian" in page
    assert "Yes: 1" in page
    assert "Ученик2" not in page, "one of those who have not answered is protected"
    withdraw = reverse("diary:withdraw_times", kwargs={"event": event})
    assert keeper.post(withdraw, {"times": [str(times[3].id)]}).status_code == 303
    assert keeper.post(withdraw, {"times": [str(times[0].id)]}).status_code == 409
    free = reverse("diary:free_time", kwargs={"event": event, "time": times[0].id})
    assert enter(bulgarian, "stranger").post(free).status_code == 404
    assert keeper.post(free).status_code == 303
    assert [one.free for one in queries.times(by=bulgarian.actor("class_teacher"), event=event)] == [True] * 3


@pytest.mark.feature("E10", "E11")
def test_the_head_and_the_office_plan_for_the_whole_school_and_teachers_for_their_groups(
    bulgarian: School, swedish: School, enter: Enter
) -> None:
    event = UUID(int=0)
    for name in ("principal", "administrator"):
        event = planned(enter(bulgarian, name), bulgarian, **MEETING, group="")
        assert "Родителска среща" in text_of(enter(bulgarian, "stranger"), event), "all of the school may know"
        assert enter(swedish, "principal").get(reverse("diary:event", kwargs={"event": event})).status_code == 404
    teacher = enter(bulgarian, "teacher")
    assert plan(teacher, bulgarian, **MEETING, group="").status_code == 422
    assert plan(teacher, swedish, **MEETING).status_code == 422
    assert enter(bulgarian, "stranger").get(reverse("diary:plan")).status_code == 403
    for name in ("diary:change_event", "diary:cancel_event", "diary:offer_times"):
        answer = teacher.post(reverse(name, kwargs={"event": event}), MEETING)
        assert answer.status_code == 403, name


def test_an_event_of_a_class_is_nothing_for_who_does_not_teach_it(bulgarian: School, enter: Enter) -> None:
    new = NewEvent(
        bulgarian.school, EventKind.TRIP, "Екскурзия", clock.now(), clock.now(), group=bulgarian.group
    )  # fmt: skip
    event = actions.plan_event(by=bulgarian.actor("principal"), event=new, now=clock.now())
    stranger = enter(bulgarian, "stranger")
    assert stranger.get(reverse("diary:event", kwargs={"event": event})).status_code == 404
    assert "Екскурзия" not in stranger.get(reverse("diary:events")).content.decode()


@pytest.mark.parametrize("sent", ["0001-01-01T00:00", "9999-12-31T23:59", "x"])
def test_days_of_no_calendar_are_refused(bulgarian: School, enter: Enter, sent: str) -> None:
    assert plan(enter(bulgarian, "teacher"), bulgarian, **{**TEST, "starts_at": sent}).status_code == 422
