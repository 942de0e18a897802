"""When and where a guardian in hiding comes to the school: talks, booked times, and what refusals tell."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from testamur.exchange.notifications.rules.families import tells
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.rules import Protection
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.queries.held import held
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.models import Time
from testamur.schoolday.noticeboard.rules import EventKind, NewEvent, Offer, TimeOverlaps
from tests.schoolday.diary.school import NOW, School, build

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C8", "C19")]
STARTS = NOW + timedelta(days=5)


@pytest.fixture
def school(db: None) -> School:
    """Pupil 0 has two guardians; one is in hiding from the other."""
    made = build("se.compulsory")
    level = Protection.PROTECTED_REGISTRATION
    people.set_protection(by=operator(), person=made.persons["other_guardian"], level=level, now=NOW)
    return made


def times(school: School, host: str = "class_teacher") -> list[UUID]:
    """Two times that can be booked with somebody, one after the other."""
    head = school.actor("principal")
    event = NewEvent(school.school, EventKind.MEETING, "Samtal", STARTS, STARTS + timedelta(hours=2), school.group)
    meeting = board.plan_event(by=head, event=event, now=NOW)
    offer = Offer(school.persons[host], STARTS, STARTS + timedelta(minutes=40), 20, room="Rum 77")
    return board.offer_times(by=head, event=meeting, offers=[offer], now=NOW)


def plan(school: School, time: UUID | None = None) -> UUID:
    """The teacher plans a talk about pupil 0."""
    return actions.plan_talk(
        by=school.actor("class_teacher"), group=school.group, pupil=school.pupils[0], at=STARTS, place="Rum 77",
        agenda="", now=NOW, time=time,
    )  # fmt: skip


def told(school: School, who: str, talk: UUID) -> bool:
    """Whether somebody of the family learns of a talk; every way has to agree."""
    by, child = school.actor(who), school.pupils[0]
    listed = talk in {one.id for one in queries.talks_for(by=by, children=[child])[child]}
    since = dict.fromkeys([child], NOW - timedelta(days=9))
    waits = talk in {key for key, _at in queries.waiting(by=by, children=[child], since=since, now=NOW)[child].talks}
    kept = next(sheet for sheet in held(by=by, person=child, now=NOW) if sheet.name == "talks")
    extract = any("Rum 77" in row for row in kept.rows)
    refs = Entry.objects.filter(kind__startswith="learning.talk.", refs__talk=str(talk)).latest("id").refs
    notice = tells(refs, child=child, reader=by.id)
    assert {waits, extract} == {listed}
    assert who == "0" or notice == listed
    try:
        queries.talk_for(by=by, child=child, talk=talk)
    except NotFound:
        assert not listed
    return listed


def test_a_talk_that_a_guardian_in_hiding_booked_is_told_to_that_one_alone(school: School) -> None:
    first, _second = times(school)
    board.book_time(by=school.actor("other_guardian"), time=first, child=school.pupils[0], now=NOW)
    talk = plan(school, first)
    assert told(school, "other_guardian", talk)
    assert not told(school, "guardian", talk)
    with pytest.raises(NotFound):
        actions.prepare_talk(by=school.actor("guardian"), talk=talk, well="", harder="", wish="När?", now=NOW)


def test_a_talk_that_nobody_booked_is_told_to_the_guardian_in_hiding_and_the_pupil(school: School) -> None:
    talk = plan(school)
    assert told(school, "other_guardian", talk)
    assert told(school, "0", talk)
    assert not told(school, "guardian", talk)
    by = school.actor("class_teacher")
    actions.change_talk(by=by, talk=talk, at=STARTS, place="Rum 77", agenda="Hej", seen=1, now=NOW)
    assert not told(school, "guardian", talk)


def test_a_talk_that_a_guardian_booked_who_is_not_in_hiding_is_told_to_both(school: School) -> None:
    first, _second = times(school)
    board.book_time(by=school.actor("guardian"), time=first, child=school.pupils[0], now=NOW)
    talk = plan(school, first)
    assert told(school, "guardian", talk)
    assert told(school, "other_guardian", talk)


def test_no_refusal_tells_when_a_guardian_in_hiding_comes(school: School) -> None:
    """Who tries every free time of another teacher would find the one at which the child is expected."""
    child, theirs = school.pupils[0], school.actor("guardian")
    first, _second = times(school)
    board.book_time(by=school.actor("other_guardian"), time=first, child=child, now=NOW)
    (other, _later) = times(school, "teacher")
    board.book_time(by=theirs, time=other, child=child, now=NOW)
    with pytest.raises(TimeOverlaps):  # one's own is refused still
        board.book_time(by=theirs, time=times(school, "principal")[0], child=child, now=NOW)


def test_nobody_gives_back_the_time_of_a_guardian_in_hiding(school: School) -> None:
    first, _second = times(school)
    board.book_time(by=school.actor("other_guardian"), time=first, child=school.pupils[0], now=NOW)
    with pytest.raises(NotFound):
        board.cancel_booking(by=school.actor("guardian"), time=first, now=NOW)
    assert Time.objects.get(id=first).child == school.pupils[0]
    board.cancel_booking(by=school.actor("class_teacher"), time=first, now=NOW)
    assert Time.objects.get(id=first).child is None
