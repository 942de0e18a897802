"""Everybody who has to sign gets an e-mail: soon, once, and to the point."""

from __future__ import annotations

from typing import Any

import pytest

from testamur.access.accounts.models import Preference
from testamur.exchange.notifications import actions, steps, tasks
from testamur.exchange.notifications.models import Stir
from testamur.exchange.notifications.rules import Kind
from testamur.exchange.notifications.steps.signers import document_title
from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.delivery import steps as delivery
from testamur.kernel.delivery.models import Message
from testamur.kernel.jobs.rules import step_actor
from testamur.register.schools.rules import Role, UnitKind
from testamur.trust.records import actions as records
from tests.exchange.notifications.conftest import World, to, told
from tests.kernel.delivery.conftest import sink  # noqa: F401 - a fixture
from tests.kernel.delivery.smtp_sink import Sink

pytestmark = pytest.mark.django_db


@pytest.mark.feature("A6", "A9")
def test_a_signer_gets_one_mail_for_all_that_became_ready(world: World, sink: Sink) -> None:  # noqa: F811 - the fixture
    world.ready("solskolan", "principal", count=3)
    assert world.tell(seconds=30) == []
    world.ready("solskolan", "principal", count=2)
    assert world.tell(seconds=59) == [], "the school is still at it"
    (letter,) = world.tell(seconds=1)
    assert to([letter]) == [("principal", "sign")]
    assert world.tell(days=1) == []
    assert delivery.send_due(by=step_actor("test", "delivery.*"), clock=world.clock).sent == 1
    (got,) = sink.received
    text = got.get_body(("plain",))
    assert text is not None
    content = text.get_content()
    assert "5" in content
    assert "5 × Terminsbetyg, Solskolan" in content
    assert "https://testamur.example/sign/" in content


def test_a_letter_names_no_pupil_in_text_html_or_journal(world: World) -> None:
    world.ready("solskolan", "principal")
    (letter,) = world.tell(minutes=2)
    for name in ("Exempelsson", "Alva", "Hemlig", "Namnsson"):
        assert name not in letter.subject + letter.text + letter.html
    (refs,) = told()
    assert (refs["kind"], refs["count"], refs["unreachable"]) == ("sign", 1, 0)
    assert set(refs) == {"kind", "count", "unreachable", "messages_sha256"}


@pytest.mark.feature("A7")
def test_the_next_signer_is_told_when_the_earlier_one_has_signed(world: World) -> None:
    ids = world.ready("solskolan", "teacher", "principal", count=2)
    assert to(world.tell(minutes=2)) == [("teacher", "sign")]
    world.clock.forward(hours=1)
    world.signed("teacher", ids)
    assert to(world.tell(minutes=2)) == [("principal", "sign")]
    assert world.tell(hours=1) == []


def test_nobody_gets_two_letters_within_ten_minutes_and_nothing_is_forgotten(world: World) -> None:
    world.ready("solskolan", "principal")
    assert len(world.tell(seconds=60)) == 1
    world.clock.forward(minutes=2)
    world.ready("solskolan", "principal", count=4)
    assert world.tell(minutes=3) == []
    (letter,) = world.tell(minutes=5)
    assert "5" in letter.text
    assert not Stir.objects.exists()


def test_a_school_that_goes_on_and_on_does_not_keep_signers_waiting(world: World) -> None:
    letters: list[Message] = []
    for _ in range(11):
        world.ready("solskolan", "principal")
        letters += world.tell(seconds=59)
    assert to(letters) == [("principal", "sign")]


def test_what_was_recalled_or_signed_meanwhile_is_not_told(world: World) -> None:
    recalled = world.ready("solskolan", "principal")
    signed = world.ready("solskolan", "principal")
    records.recall(by=operator(), path=world.path("solskolan"), records=recalled, now=world.clock())
    world.signed("principal", signed)
    assert world.tell(minutes=2) == []
    assert told() == []


def test_a_letter_comes_in_the_readers_language(world: World) -> None:
    world.unit("tinh", UnitKind.AUTHORITY, "VN")
    world.unit("truong", UnitKind.SCHOOL, "VN", parent="tinh")
    world.person("hieu", "truong", role=Role.PRINCIPAL)
    Preference.objects.create(person=world.persons["teacher"], locale="bg")
    world.ready("solskolan", "teacher")
    world.ready("solskolan", "principal")
    world.ready("truong", "hieu")
    languages = {
        letter.to.partition("@")[0]: letter.html.partition('lang="')[2][:2] for letter in world.tell(minutes=2)
    }
    assert languages == {"teacher": "bg", "principal": "sv", "hieu": "vi"}


def test_whoever_has_no_address_is_counted_and_hinders_nobody(world: World) -> None:
    world.person("silent", "solskolan", mail=False, role=Role.TEACHER)
    world.ready("solskolan", "silent")
    world.ready("solskolan", "principal")
    assert to(world.tell(minutes=2)) == [("principal", "sign")]
    assert [refs["unreachable"] for refs in told()] == [1]


class Killed(BaseException):
    """Stands for a kill at that very instant."""


@pytest.mark.parametrize("where", ["follow", "before", "between", "after"])
def test_a_worker_killed_anywhere_tells_everybody_once(world: World, monkeypatch: Any, where: str) -> None:
    for n in range(5):
        world.person(f"t{n}", "solskolan", role=Role.TEACHER)
        world.ready("solskolan", f"t{n}")
    monkeypatch.setattr("testamur.exchange.notifications.steps.telling.CHUNK", 2)
    plain, calls = actions.tell, []

    def tell(**arguments: Any) -> int:
        calls.append(1)
        if where == "before" or (where == "between" and len(calls) == 2):
            raise Killed
        return plain(**arguments)

    def die(*_args: Any, **_kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        if where == "follow":
            patch.setattr("testamur.exchange.notifications.steps.following._stir", die)
        elif where == "after":
            patch.setattr("testamur.exchange.notifications.steps.telling._done", die)
        else:
            patch.setattr(actions, "tell", tell)
        with pytest.raises(Killed):
            world.tell(minutes=2)
    world.tell(seconds=0)
    world.tell(hours=1)
    assert to(list(Message.objects.order_by("to"))) == [(f"t{n}", "sign") for n in range(5)]
    assert sum(refs["count"] for refs in told()) == 5


def test_the_journal_is_read_once_and_other_news_stir_nothing(world: World) -> None:
    world.draft("solskolan", "principal")
    assert steps.follow(now=world.clock()) == 0
    world.ready("solskolan", "principal")
    assert steps.follow(now=world.clock()) == 1
    assert steps.follow(now=world.clock()) == 0


def test_a_groups_document_is_called_by_its_kind_alone() -> None:
    assert document_title("se.compulsory", "se.compulsory.betygskatalog", "Betygskatalog 8A") == "Betygskatalog"
    assert document_title("gone", "gone.document", "Document") == "Document"


def test_telling_needs_the_right(world: World) -> None:
    with pytest.raises(NotAllowed):
        actions.tell(by=step_actor("other", "records.*"), path="/", kind=Kind.SIGN, letters=[], now=world.clock())


def test_the_tasks_run(world: World) -> None:
    assert tasks.tell.call() == 0
    assert tasks.mornings.call() == 0
