"""Parents' meetings: a host offers times, one family books each, nobody sits in two places."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.journal.models import Entry
from testamur.register.people.rules import NewPerson
from testamur.schoolday.noticeboard import actions, queries
from testamur.schoolday.noticeboard.actions import meetings
from testamur.schoolday.noticeboard.rules import EventChange, EventKind, NewEvent, Offer, TimeView, cut
from tests.register.conftest import register
from tests.schoolday.noticeboard.conftest import People, guardian

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E11")]

SIX = datetime(2026, 6, 11, 16, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def meeting(people: People, now: datetime) -> UUID:
    """A parents' meeting of 9A tomorrow, six to eight."""
    event = NewEvent(
        people.house.school, EventKind.MEETING, "Utvecklingssamtal", SIX, SIX + 2 * HOUR, people.house.class_9a
    )
    return actions.plan_event(by=people.teacher, event=event, now=now)


@pytest.fixture
def times(people: People, meeting: UUID, now: datetime) -> list[UUID]:
    """Five times of ten minutes in the first hour, with two minutes between."""
    offer = Offer(people.teacher.id, SIX, SIX + HOUR, 10, 2, "B1")
    return actions.offer_times(by=people.teacher, event=meeting, offers=[offer], now=now)


def code_of(call: Any, **said: Any) -> str:
    """The code of the refusal that the call meets."""
    with pytest.raises(Refused) as no:
        call(**said)
    return no.value.code


def one(views: tuple[TimeView, ...], time: UUID) -> TimeView:
    return next(view for view in views if view.id == time)


def test_hours_are_cut_into_times_that_fit_whole():
    offer = Offer(new_id(), SIX, SIX + HOUR, 10, 2)
    assert [(a - SIX).seconds // 60 for a, _ in cut(offer)] == [0, 12, 24, 36, 48]
    assert len(list(cut(replace(offer, pause=0)))) == 6
    wrong = (
        replace(offer, minutes=4),
        replace(offer, pause=-1),
        replace(offer, ends_at=SIX),
        replace(offer, ends_at=SIX + 100 * HOUR),
    )
    assert {code_of(lambda o: list(cut(o)), o=bad) for bad in wrong} == {"noticeboard.time.invalid"}


def test_a_guardian_books_a_time_and_gives_it_back(people: People, meeting: UUID, times: list[UUID], now: datetime):
    actions.book_time(by=people.ada_guardian, time=times[0], child=people.ada, now=now)
    entry = Entry.objects.latest("id")
    assert (entry.kind, entry.refs) == (
        "noticeboard.time.booked/1",
        {"time": str(times[0]), "event": str(meeting), "host": str(people.teacher.id), "child": str(people.ada)},
    )
    mine = queries.times_of(by=people.ada_guardian, children=[people.ada, people.ben], since=now)
    assert [(t.id, t.child, t.guardian) for t in mine] == [(times[0], people.ada, people.ada_guardian.id)]
    actions.cancel_booking(by=people.ada_guardian, time=times[0], now=now)
    assert all(t.free for t in queries.times(by=people.teacher, event=meeting))
    assert code_of(actions.cancel_booking, by=people.ada_guardian, time=times[0], now=now) == "not_found"


def test_who_booked_is_for_the_host_and_the_family_alone(
    people: People, meeting: UUID, times: list[UUID], now: datetime, django_assert_num_queries: Any
):
    actions.book_time(by=people.ada_guardian, time=times[1], child=people.ada, now=now)
    with django_assert_num_queries(1):
        theirs = one(queries.times(by=people.ben_guardian, event=meeting), times[1])
    assert (theirs.free, theirs.child, theirs.guardian, theirs.room) == (False, None, None, "B1")
    host_alone = Actor(people.teacher.id, "test")
    for by in (people.teacher, host_alone, people.ada_guardian):
        assert one(queries.times(by=by, event=meeting), times[1]).child == people.ada
    assert len(queries.times(by=host_alone, event=meeting, host=people.teacher.id)) == 5
    assert queries.times(by=host_alone, event=meeting, host=new_id()) == ()
    with pytest.raises(NotAllowed):
        actions.cancel_booking(by=people.ben_guardian, time=times[1], now=now)
    actions.cancel_booking(by=people.teacher, time=times[1], now=now)


def test_of_two_who_book_at_once_one_wins(
    people: People, times: list[UUID], now: datetime, monkeypatch: pytest.MonkeyPatch
):
    plain = meetings._must_be_apart
    book: dict[str, Any] = {"time": times[0], "now": now}

    def meanwhile(*told: Any) -> None:
        plain(*told)
        monkeypatch.setattr(meetings, "_must_be_apart", plain)
        actions.book_time(by=people.ben_guardian, child=people.ben, **book)

    monkeypatch.setattr(meetings, "_must_be_apart", meanwhile)
    code = code_of(actions.book_time, by=people.ada_guardian, child=people.ada, **book)
    assert code == "noticeboard.time.taken"
    actions.book_time(by=people.ben_guardian, child=people.ben, **book)  # the act that was refused took both back
    code = code_of(actions.book_time, by=people.ada_guardian, child=people.ada, **book)
    assert code == "noticeboard.time.taken"


def test_one_time_for_each_child_and_host_and_nobody_in_two_places(
    people: People, by: Actor, meeting: UUID, times: list[UUID], now: datetime
):
    (second,) = register(by, now, NewPerson("Urban", "Lärarsson"))
    offer = Offer(second, SIX, SIX + HOUR, 20)
    others = actions.offer_times(by=people.teacher, event=meeting, offers=[offer], now=now)
    actions.book_time(by=people.ada_guardian, time=times[0], child=people.ada, now=now)
    book: dict[str, Any] = {"by": people.ada_guardian, "child": people.ada, "now": now}
    assert code_of(actions.book_time, time=times[3], **book) == "noticeboard.time.once"
    assert code_of(actions.book_time, time=others[0], **book) == "noticeboard.time.overlaps"
    both = guardian(people.ada, people.ben)
    actions.book_time(by=both, time=others[1], child=people.ada, now=now)
    # the same grown-up, another child, at the same hour
    assert code_of(actions.book_time, by=both, time=times[2], child=people.ben, now=now) == "noticeboard.time.overlaps"
    actions.book_time(by=both, time=times[4], child=people.ben, now=now)


def test_a_time_is_booked_for_the_own_child_of_the_group_before_the_meeting(
    people: People, meeting: UUID, times: list[UUID], now: datetime
):
    book: dict[str, Any] = {"by": people.ada_guardian, "time": times[0], "child": people.ada}
    with pytest.raises(NotAllowed):
        actions.book_time(**{**book, "child": people.ben}, now=now)
    cia = guardian(people.cia)
    assert (
        code_of(actions.book_time, by=cia, time=times[0], child=people.cia, now=now) == "noticeboard.event.not_invited"
    )
    assert code_of(actions.book_time, **book, now=SIX) == "noticeboard.event.over"
    with pytest.raises(NotFound):
        actions.book_time(**{**book, "time": new_id()}, now=now)
    actions.cancel_event(by=people.teacher, event=meeting, now=now)
    assert code_of(actions.book_time, **book, now=now) == "noticeboard.event.over"


def test_times_lie_within_their_meeting_and_one_host_has_one_at_a_time(
    people: People, by: Actor, meeting: UUID, times: list[UUID], now: datetime
):
    mine = Offer(people.teacher.id, SIX, SIX + HOUR, 10)
    offer: dict[str, Any] = {"by": people.teacher, "event": meeting, "now": now}
    late, early = replace(mine, ends_at=SIX + 3 * HOUR), replace(mine, starts_at=SIX - HOUR)
    assert code_of(actions.offer_times, offers=[late], **offer) == "noticeboard.time.outside"
    assert code_of(actions.offer_times, offers=[early], **offer) == "noticeboard.time.outside"
    assert code_of(actions.offer_times, offers=[mine], **offer) == "noticeboard.time.overlaps"
    second_hour = replace(mine, starts_at=SIX + HOUR, ends_at=SIX + 2 * HOUR)
    assert code_of(actions.offer_times, offers=[second_hour, second_hour], **offer) == "noticeboard.time.overlaps"
    assert code_of(actions.offer_times, offers=[replace(mine, host=new_id())], **offer) == "not_found"
    trip = NewEvent(people.house.school, EventKind.TRIP, "Utflykt", SIX, SIX + HOUR, people.house.class_9a)
    other = actions.plan_event(by=by, event=trip, now=now)
    assert code_of(actions.offer_times, **{**offer, "event": other}, offers=[mine]) == "noticeboard.time.outside"
    assert len(actions.offer_times(offers=[second_hour], **offer)) == 6
    # a meeting does not move away from its times
    shorter = EventChange(meeting, ends_at=SIX + HOUR)
    assert code_of(actions.change_event, by=people.teacher, change=shorter, now=now) == "noticeboard.time.outside"


def test_free_times_are_taken_back_and_booked_ones_are_not(
    people: People, meeting: UUID, times: list[UUID], now: datetime
):
    actions.book_time(by=people.ada_guardian, time=times[0], child=people.ada, now=now)
    back: dict[str, Any] = {"by": people.teacher, "event": meeting, "now": now}
    assert code_of(actions.withdraw_times, times=times, **back) == "noticeboard.time.taken"
    assert actions.withdraw_times(times=times[1:], **back) == 4
    assert [t.id for t in queries.times(by=people.teacher, event=meeting)] == times[:1]
    assert code_of(actions.withdraw_times, times=times[1:], **back) == "not_found"
    with pytest.raises(NotAllowed):
        actions.withdraw_times(**{**back, "by": people.ada_guardian}, times=times[:1])
