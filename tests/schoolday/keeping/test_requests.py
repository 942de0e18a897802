"""Requests for correction: asked by the family, decided with a reason by the school, told and journalled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal import steps as shipping
from testamur.kernel.journal.models import Entry
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.keeping import actions, queries
from testamur.schoolday.keeping.models import Request
from testamur.schoolday.keeping.rules import OPEN, Decided, RequestState, SayWhat, TooManyRequests, Topic
from tests.schoolday.diary import pages
from tests.schoolday.diary.school import NOW, TODAY, School
from tests.shipping import own_acts_are_seen

pytestmark = [pytest.mark.django_db(databases=["default", "log"]), pytest.mark.feature("C18", "C20")]


def ask(school: School, who: str = "guardian", text: str = "Името е Йоан, не Иван.") -> object:
    """A request about the first pupil."""
    return actions.ask_correction(by=school.actor(who), person=school.pupils[0], topic=Topic.PERSON, text=text, now=NOW)


def test_the_school_decides_with_a_reason_and_the_answer_comes_back(bulgarian: School) -> None:
    ask(bulgarian)
    office = bulgarian.actor("administrator")
    (waiting,) = queries.requests_at(by=office, path=bulgarian.path)
    assert (waiting.text, waiting.state) == ("Името е Йоан, не Иван.", RequestState.ASKED)
    with pytest.raises(SayWhat):
        actions.decide_correction(by=office, request=waiting.id, answer=RequestState.GRANTED, why=" ", now=NOW)
    actions.decide_correction(by=office, request=waiting.id, answer=RequestState.REFUSED, why="По акт.", now=NOW)
    (told,) = queries.requests_of(by=bulgarian.actor("guardian"), persons=bulgarian.pupils)
    assert (told.state, told.why) == (RequestState.REFUSED, "По акт.")
    kinds = Entry.objects.filter(kind__startswith="keeping.request").order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["keeping.request.asked/1", "keeping.request.decided/1"]
    assert "Йоан" not in str([one.refs for one in Entry.objects.all()])


def test_what_is_decided_stays_decided(bulgarian: School) -> None:
    ask(bulgarian)
    office = bulgarian.actor("principal")
    (one,) = queries.requests_at(by=office, path=bulgarian.path)
    actions.decide_correction(by=office, request=one.id, answer=RequestState.GRANTED, why="Поправено.", now=NOW)
    moves: tuple[Callable[[], None], ...] = (
        lambda: actions.decide_correction(by=office, request=one.id, answer=RequestState.REFUSED, why="Не.", now=NOW),
        lambda: actions.withdraw_correction(by=bulgarian.actor("guardian"), request=one.id, now=NOW),
    )
    for again in moves:
        with pytest.raises(Decided):
            again()
    with pytest.raises(DatabaseError), transaction.atomic():
        Request.objects.filter(id=one.id).update(state="asked", decided_at=None, decided_by=None)


def test_others_neither_ask_nor_see_nor_decide(bulgarian: School) -> None:
    with pytest.raises(NotAllowed):
        ask(bulgarian, "far_guardian")
    ask(bulgarian)
    (one,) = queries.requests_at(by=bulgarian.actor("administrator"), path=bulgarian.path)
    assert queries.requests_of(by=bulgarian.actor("other_guardian"), persons=bulgarian.pupils) == ()
    with pytest.raises(NotAllowed):
        queries.requests_at(by=bulgarian.actor("teacher"), path=bulgarian.path)
    with pytest.raises(NotFound):
        queries.request(by=bulgarian.actor("teacher"), id=one.id)
    with pytest.raises(NotFound):
        actions.withdraw_correction(by=bulgarian.actor("other_guardian"), request=one.id, now=NOW)


def test_nobody_drowns_an_office(bulgarian: School) -> None:
    for n in range(OPEN):
        ask(bulgarian, text=f"Грешка {n}")
    with pytest.raises(TooManyRequests):
        ask(bulgarian)
    with pytest.raises(SayWhat):
        ask(bulgarian, text="а" * 2001)


def test_the_family_sees_who_read_the_health_notes(bulgarian: School) -> None:
    pages.health(bulgarian, bulgarian.pupils[0], "Ядки", circle="teachers")
    place = room(group=bulgarian.group, on=TODAY)
    diary.read_health(by=bulgarian.actor("teacher"), room=place, pupils=bulgarian.pupils, now=NOW, on=TODAY)
    with own_acts_are_seen():
        shipping.ship(now=NOW + timedelta(seconds=5))
    since = NOW - timedelta(days=1)
    (one,) = queries.seen(by=bulgarian.actor("guardian"), person=bulgarian.pupils[0], since=since, now=NOW)
    assert (one.what, one.actor) == ("diary.health.seen", bulgarian.persons["teacher"])
    assert queries.seen(by=bulgarian.actor("guardian"), person=bulgarian.pupils[1], since=since, now=NOW) == ()
    for who in ("far_guardian", "principal"):
        with pytest.raises(NotAllowed):
            queries.seen(by=bulgarian.actor(who), person=bulgarian.pupils[0], since=since, now=NOW)
