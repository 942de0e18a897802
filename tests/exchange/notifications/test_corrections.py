"""Whoever asked for a correction is told that it was answered: nobody else, and nothing of what it was about."""

from __future__ import annotations

import pytest

from testamur.exchange.notifications.rules.families import Way
from testamur.schoolday.keeping import actions, queries
from testamur.schoolday.keeping.rules import RequestState, Topic
from tests.exchange.notifications.family import Families, to

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C18", "E21")]
SAID = ("Името е Йоан", "Поправено по акт")


def answered(families: Families, who: str = "guardian", *, about: str = "") -> None:
    """Asked by somebody about the first pupil (or about whoever asks), and answered by the office."""
    school, now = families.school, families.clock()
    person = school.persons[about] if about else school.pupils[0]
    by = school.actor(who, "self" if about else "guardian")
    one = actions.ask_correction(by=by, person=person, topic=Topic.PERSON, text=SAID[0], now=now)
    families.clock.forward(minutes=1)
    office = school.actor("administrator")
    actions.decide_correction(by=office, request=one, answer=RequestState.GRANTED, why=SAID[1], now=families.clock())
    assert set(queries.answered([one])) == {one}


@pytest.mark.parametrize("way", [Way.EMAIL, Way.SMS])
def test_the_asker_alone_is_told_without_a_word_of_the_record(families: Families, way: Way) -> None:
    families.reach()
    for name in ("guardian", "other_guardian"):
        families.choose(name, 0, way)
    families.settings("guardian", details=True)
    answered(families)
    letters = families.tell(seconds=30)
    assert to(letters) == [(way.value, to(letters)[0][1])]
    (letter,) = letters
    assert letter.person == families.school.persons["guardian"]
    assert "1 " in letter.text
    for hidden in (*SAID, "Примерен", "granted"):
        assert hidden not in letter.text + letter.html + letter.subject
    assert families.tell(seconds=60) == []


def test_an_adult_who_asked_about_oneself_is_told(families: Families) -> None:
    families.reach()
    answered(families, "other_guardian", about="other_guardian")
    (letter,) = families.tell(seconds=30)
    assert letter.person == families.school.persons["other_guardian"]


def test_a_request_that_waits_or_was_taken_back_tells_nothing(families: Families) -> None:
    families.reach()
    by, now = families.school.actor("guardian"), families.clock()
    one = actions.ask_correction(by=by, person=families.school.pupils[0], topic=Topic.PERSON, text="Име", now=now)
    actions.withdraw_correction(by=by, request=one, now=now)
    assert families.tell(seconds=30) == []
    assert queries.answered([one]) == {}
