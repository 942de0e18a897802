"""Codes by SMS: sent to the number in the register alone, guessed by nobody, and never telling who is known."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

import pytest

from testamur.access.accounts import actions, queries, steps
from testamur.access.accounts.models import Attempt
from testamur.access.accounts.rules import Level, TooMany
from testamur.kernel.delivery.models import Message
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal.models import Entry
from tests.access.conftest import DOORKEEPER, HERE, NOW, OLE, registered

pytestmark = pytest.mark.django_db
STEP = step_actor("accounts", "delivery.message.post")


def asked(contact: str, after: int = 0) -> UUID:
    now = NOW + timedelta(minutes=after)
    started = actions.begin(by=DOORKEEPER, method="sms", browser=HERE, given={"contact": contact}, now=now)
    steps.send_code(by=STEP, attempt=started.id, now=now)
    return started.id


def code() -> str:
    found = re.match(r"\d{6}", Message.objects.get().text)
    assert found is not None
    return found[0]


def tried(attempt: UUID, text: str, after: int = 0) -> queries.AttemptView:
    now = NOW + timedelta(seconds=after)
    return actions.proceed(by=DOORKEEPER, attempt=attempt, browser=HERE.known, given={"code": text}, now=now)


@pytest.mark.feature("C28", "C29", "C30")
@pytest.mark.parametrize("contact", ["rut@Example.ORG ", "070-174 06 05", "+46 70 174 06 05"])
def test_a_code_goes_to_the_number_in_the_register_and_logs_in_weakly(rut: UUID, contact: str) -> None:
    attempt = asked(contact)
    message = Message.objects.get()
    assert (message.to, message.channel, message.person, message.urgent) == ("+46701740605", "sms", rut, True)
    assert message.expires == NOW + timedelta(minutes=5)
    assert message.text.endswith(f"@skola.example #{code()}")
    kept = str(Attempt.objects.get().kept)
    assert code() not in kept
    assert "rut@" not in kept
    assert tried(attempt, f" {code()[:3]} {code()[3:]} ").state == "found"
    login = actions.finish(by=DOORKEEPER, attempt=attempt, browser=HERE, former=None, now=NOW).login
    view = queries.login(login, now=NOW)
    assert view is not None
    assert (view.person, view.level) == (rut, Level.LOW)


def test_unknown_and_shared_addresses_get_nothing_and_look_the_same(rut: UUID) -> None:
    registered(OLE, "rut@example.org", "")
    for contact in ("rut@example.org", "nobody@example.org", "not a number", "+46701740699"):
        attempt = asked(contact)
        assert not Message.objects.exists()
        assert [tried(attempt, "000000").hint for _ in range(3)] == ["wrongCode", "wrongCode", "noTriesLeft"]
    kinds = Entry.objects.filter(kind__startswith="accounts.code").values_list("kind", flat=True)
    assert set(kinds) == {"accounts.code.not_sent/1"}


def test_three_wrong_tries_end_it_and_five_minutes_do(rut: UUID) -> None:
    attempt = asked("rut@example.org")
    right = code()
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    assert [tried(attempt, wrong).state for _ in range(3)] == ["open", "open", "failed"]
    assert tried(attempt, right).state == "failed"
    Message.objects.all().delete()
    again = asked("rut@example.org")
    late = tried(again, code(), 301)
    assert (late.state, late.hint) == ("failed", "expiredTransaction")


def test_one_address_gets_three_codes_in_a_quarter_of_an_hour(rut: UUID) -> None:
    for _ in range(3):
        asked("rut@example.org")
    with pytest.raises(TooMany):
        asked("RUT@example.org ")
    asked("nobody@example.org")
    asked("rut@example.org", after=16)


def test_sending_twice_makes_one_code(rut: UUID) -> None:
    attempt = asked("rut@example.org")
    assert not steps.send_code(by=STEP, attempt=attempt, now=NOW)
    assert Message.objects.count() == 1
