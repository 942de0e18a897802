"""Being told that final grades can be set: once for each student, at once or in the morning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.jobs.rules import step_actor
from testamur.schoolday.reporting import actions, steps, tasks
from testamur.schoolday.reporting.queries import subscriptions
from testamur.schoolday.reporting.rules.states import How
from testamur.schoolday.reporting.rules.subscriptions import (
    EndInvalid,
    SubscribedAlready,
    check_end,
    digest_before,
    latest_end,
)
from testamur.surfaces.cli import demo_university as demo
from testamur.surfaces.cli.demo_university import Outcome
from tests.schoolday.reporting.university import EXAM, TODAY, University

ZONE = ZoneInfo("Europe/Stockholm")
END = date(2027, 6, 30)


@pytest.mark.feature("B16")
def test_a_subscription_ends_at_most_three_years_ahead():
    today = date(2026, 11, 30)
    check_end(date(2029, 11, 30), today)
    check_end(today, today)
    for ends in (date(2029, 12, 1), date(2026, 11, 29)):
        with pytest.raises(EndInvalid):
            check_end(ends, today)
    assert latest_end(date(2028, 2, 29)) == date(2031, 2, 28)


@given(st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: TODAY + timedelta(minutes=minutes)))
def test_the_digest_is_of_seven_in_the_morning_and_never_ahead(now: datetime):
    moment = digest_before(now, ZONE)
    assert moment <= now
    assert now - moment < timedelta(hours=25, seconds=1)
    assert (moment.astimezone(ZONE).hour, moment.astimezone(ZONE).minute) == (7, 0)


def find(now: datetime = TODAY) -> int:
    return steps.find_announced(by=tasks.FIND_STEP, now=now)


def due(now: datetime = TODAY) -> dict[str, tuple[UUID, ...]]:
    return {f"{one.how}/{one.person}": one.students for one in subscriptions.due(now=now, zone=ZONE)}


@pytest.mark.django_db
@pytest.mark.feature("B14", "B15")
def test_several_who_are_no_examiners_subscribe_to_one_course_and_hear_of_each_student_once(university: University):
    u = university
    people = [u.actor(name) for name in ("teacher", "colleague")]
    keys = [
        actions.subscribe(by=by, course_code="dv1574", path=u.data, ends=END, how=How.AT_ONCE, now=u.now)
        for by in people
    ]
    assert find() == 8  # four students, two who listen
    assert find() == 0
    told = subscriptions.due(now=u.now, zone=ZONE)
    ready = {u.persons[name] for name in ("ready", "ready_too", "graded", "credited")}
    assert [(one.course_code, set(one.students)) for one in told] == [("DV1574", ready)] * 2
    with pytest.raises(NotAllowed):
        actions.note_told(by=people[0], subscription=keys[0], students=ready, now=u.now)
    tells = step_actor("telling", "reporting.subscription.tell")
    assert actions.note_told(by=tells, subscription=keys[0], students=ready, now=u.now) == 4
    assert actions.note_told(by=tells, subscription=keys[0], students=ready, now=u.now) == 0
    assert [one.person for one in subscriptions.due(now=u.now, zone=ZONE)] == [people[1].id]
    late = Outcome(u.students[0], "DV1574", "1405", "A", EXAM)
    demo.decided(u.by, u.campus, [late], unit="data", examiner="examiner", now=u.now)
    assert find() == 2
    assert {one.person: set(one.students) for one in subscriptions.due(now=u.now, zone=ZONE)} == {
        people[0].id: {u.students[0]},
        people[1].id: ready | {u.students[0]},
    }


@pytest.mark.django_db
@pytest.mark.feature("B14")
def test_who_wants_a_daily_digest_hears_in_the_morning(university: University):
    u = university
    actions.subscribe(by=u.actor("teacher"), course_code="DV1574", path=u.data, ends=END, how=How.DAILY, now=u.now)
    find()
    assert due() == {}
    assert due(TODAY + timedelta(hours=12)) == {}
    assert len(next(iter(due(datetime(2026, 12, 1, 6, 0, tzinfo=UTC)).values()))) == 4


@pytest.mark.django_db
@pytest.mark.feature("B16")
def test_what_ended_is_silent(university: University):
    u = university
    by = u.actor("teacher")
    key = actions.subscribe(by=by, course_code="DV1574", path=u.data, ends=END, how=How.AT_ONCE, now=u.now)
    with pytest.raises(SubscribedAlready):
        actions.subscribe(by=by, course_code="DV1574", path=u.data, ends=END, how=How.AT_ONCE, now=u.now)
    find()
    with pytest.raises(NotFound):
        actions.unsubscribe(by=u.actor("colleague"), subscription=key, now=u.now)
    actions.unsubscribe(by=by, subscription=key, now=u.now)
    assert due() == {}
    soon = actions.subscribe(by=by, course_code="DV1574", path=u.data, ends=u.now.date(), how=How.AT_ONCE, now=u.now)
    assert find(TODAY + timedelta(days=1)) == 0  # its last day was yesterday
    again = actions.subscribe(
        by=by, course_code="DV1574", path=u.data, ends=END, how=How.AT_ONCE, now=TODAY + timedelta(days=1)
    )
    assert [one.id for one in subscriptions.of(by=by, person=by.id) if one.ended_at is None] == [again]
    assert soon != again
    with pytest.raises(NotAllowed):
        subscriptions.of(by=u.actor("colleague"), person=by.id)


@pytest.mark.django_db
def test_nobody_subscribes_to_a_course_that_is_none_or_where_one_does_not_report(university: University):
    u = university
    with pytest.raises(NotFound):
        actions.subscribe(by=u.actor("teacher"), course_code="XX1", path=u.data, ends=END, how=How.DAILY, now=u.now)
    with pytest.raises(NotAllowed):
        actions.subscribe(
            by=u.actor("teacher"), course_code="IY1430", path=u.departments["ekonomi"], ends=END, how=How.DAILY,
            now=u.now,
        )  # fmt: skip
