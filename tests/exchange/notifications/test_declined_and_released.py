"""The office hears of a declined document at once; families hear that something can be fetched, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from testamur.exchange.notifications import actions
from testamur.exchange.notifications.models import Stir
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.delivery.models import Message
from testamur.register.people.rules import Protection
from testamur.trust.records import actions as records
from tests.exchange.notifications.conftest import World, number, to, told
from tests.exchange.notifications.test_signers import Killed

pytestmark = pytest.mark.django_db


def test_the_office_hears_of_a_declined_document_at_once_and_not_why(world: World) -> None:
    ids = world.ready("solskolan", "principal", count=2)
    world.tell(minutes=2)
    grant = Grant("principal", world.path("solskolan"), ("records.record.sign",))
    principal = Actor(world.persons["principal"], "test", (grant,))
    records.decline(by=principal, records=ids, why="Alva har fel betyg i matematik", now=world.clock())
    (letter,) = world.tell(seconds=0)
    assert to([letter]) == [("administrator", "declined")]
    assert "2" in letter.text
    assert "Solskolan" in letter.text
    assert "Alva" not in letter.text + letter.html
    assert world.tell(days=1) == []


@pytest.mark.feature("A15")
def test_guardians_and_adult_pupils_hear_how_many_can_be_fetched(world: World) -> None:
    world.person("mother", "solskolan")
    world.person("father", "solskolan")
    child = world.pupil("child", "solskolan", "mother", "father")
    sibling = world.pupil("sibling", "solskolan", "mother")
    adult = world.pupil("adult", "solskolan", "father", born=date(2008, 6, 10))
    world.released("solskolan", child, sibling, adult)
    letters = world.tell(seconds=60)
    assert to(letters) == [("adult", "fetch"), ("father", "fetch"), ("mother", "fetch")], "no guardian of an adult"
    counts = [number(letter) for letter in letters]
    assert counts == [1, 1, 2]
    for letter in letters:
        whole = letter.subject + letter.text + letter.html
        assert "Solskolan" in whole
        assert "https://testamur.example/family/" in whole
        for name in ("Hemlig", "Namnsson", "Alva", "Terminsbetyg", "2026"):
            assert name not in whole
    assert world.tell(days=1) == []
    assert [refs["count"] for refs in told()] == [3]


def test_two_batches_of_one_school_become_one_letter_and_a_later_one_another(world: World) -> None:
    world.person("mother", "solskolan")
    child = world.pupil("child", "solskolan", "mother")
    sibling = world.pupil("sibling", "solskolan", "mother")
    late = world.pupil("late", "solskolan", "mother")
    world.released("solskolan", child)
    assert world.tell(seconds=50) == []
    world.released("solskolan", sibling)
    (letter,) = world.tell(seconds=60)
    assert number(letter) == 2
    world.clock.forward(days=1)
    world.released("solskolan", late)
    (letter,) = world.tell(seconds=60)
    assert number(letter) == 1


@pytest.mark.feature("A2")
def test_a_protected_pupils_letters_are_like_all_others(world: World) -> None:
    world.person("open_mother", "solskolan")
    world.person("hidden_mother", "solskolan", protection=Protection.PROTECTED_REGISTRATION)
    plain = world.pupil("plain", "solskolan", "open_mother")
    hidden = world.pupil("hidden", "solskolan", "hidden_mother", protection=Protection.PROTECTED_REGISTRATION)
    world.released("solskolan", plain, hidden)
    letters = world.tell(minutes=2)
    assert to(letters) == [("hidden_mother", "fetch"), ("open_mother", "fetch")]
    one, other = letters
    assert (one.subject, one.text, one.html) == (other.subject, other.text, other.html)


def test_a_worker_killed_between_two_lots_of_families_tells_and_counts_each_once(
    world: World, monkeypatch: Any
) -> None:
    for n in range(5):
        world.person(f"g{n}", "solskolan")
    world.released("solskolan", *(world.pupil(f"p{n}", "solskolan", f"g{n}") for n in range(5)))
    monkeypatch.setattr("testamur.exchange.notifications.steps.telling.CHUNK", 2)
    plain, calls = actions.tell, []

    def tell(**arguments: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise Killed
        return plain(**arguments)

    with monkeypatch.context() as patch:
        patch.setattr(actions, "tell", tell)
        with pytest.raises(Killed):
            world.tell(minutes=2)
    world.tell(minutes=1)
    assert to(list(Message.objects.order_by("to"))) == [(f"g{n}", "fetch") for n in range(5)]
    assert sum(refs["count"] for refs in told()) == 5


def test_old_news_are_told_to_nobody(world: World) -> None:
    world.person("mother", "solskolan")
    child = world.pupil("child", "solskolan", "mother")
    world.released("solskolan", child)
    assert world.tell(days=15) == []
    assert not Message.objects.exists()
    assert not Stir.objects.exists()
