"""Signing with a code by SMS through the pages: what is shown, what is typed, every way it ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.delivery.models import Message
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact
from testamur.surfaces.web.staff.signers import choices
from testamur.trust.signing import actions, queries
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.models import Ceremony
from testamur.trust.signing.rules import DocumentToSign, SignerIdentity, State
from tests.surfaces.web.conftest import TODAY
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]
NUMBER = "+46701740612"
TABLE = {
    "bankid": "testamur.trust.signing.methods.bankid.method.configured",
    "sms": "testamur.trust.signing.methods.sms.configured",
    "simulated": "testamur.trust.signing.methods.simulated.configured",
}


@pytest.fixture(autouse=True)
def methods(settings: SettingsWrapper) -> None:
    settings.SIGNING_METHODS = TABLE


@pytest.fixture
def sent(world: World) -> UUID:
    """A ceremony of the teacher, who examines, and a code on its way to the work phone."""
    now, teacher = clock.now(), world.persons["teacher"]
    contact = NewContact(ContactKind.PHONE, NUMBER, "work")
    people.add_contacts(by=operator(), contacts=[(teacher, contact)], now=now)
    by = Actor(teacher, "simulated", (Grant("signer", world.school_path, ("signing.*",)),))
    ceremony = actions.start(
        by=by, organisation=world.authority, path=world.school_path, role="examiner", method="sms",
        signer=SignerIdentity(teacher, world.names["teacher"], "se.personnummer", "190001010000"),
        documents=[DocumentToSign(uuid4(), "0" * 64, 1, "Resultatlista")], locale="sv", now=now,
    )  # fmt: skip
    actions.begin(by=by, ceremony=ceremony, device=Device(ip="192.0.2.7", domain="testserver"), now=now)
    return ceremony


def address(ceremony: UUID) -> str:
    return f"/sign/ceremony/{ceremony}/"


def code() -> str:
    return Message.objects.get().text[:5]


def wrong() -> str:
    return f"{(int(code()) + 1) % 100_000:05d}"


@pytest.mark.feature("B13")
def test_the_page_says_where_the_code_went_and_takes_it_without_scripts(
    world: World, sent: UUID, log_in: LogIn
) -> None:
    browser = log_in("teacher")
    page = browser.get(address(sent)).content.decode()
    assert "the number that ends in 12" in page
    assert NUMBER[1:] not in page
    assert code() not in page
    assert "You can try 3 times." in page
    field = re.search(r"<input[^>]*name=\"code\"[^>]*>", page)
    assert field
    assert 'autocomplete="one-time-code"' in field[0]
    assert 'inputmode="numeric"' in field[0]
    row = Ceremony.objects.get(pk=sent)
    assert f"{row.root[:4]} {row.root[4:8]}" in page
    assert f"{row.root[:4]} {row.root[4:8]}" in Message.objects.get().text
    assert "every 1s" not in page  # what is being typed must not be swapped away
    assert "http-equiv" not in page
    answer = browser.post(address(sent) + "confirm/", {"code": code()})
    assert (answer.status_code, answer["Location"]) == (303, address(sent))
    assert Ceremony.objects.get(pk=sent).state == State.SIGNED
    assert browser.get(address(sent))["Location"] == f"/sign/progress/{sent}/"


@pytest.mark.feature("B13")
def test_a_wrong_code_is_said_in_its_field_and_the_third_one_ends_it(world: World, sent: UUID, log_in: LogIn) -> None:
    browser = log_in("teacher")
    first = browser.post(address(sent) + "confirm/", {"code": wrong()})
    assert first.status_code == 422
    page = first.content.decode()
    assert "That is not the code of this signature." in page
    assert "You can try 2 times." in page
    assert "One thing needs your attention" in page
    assert "You can try once more." in browser.post(address(sent) + "confirm/", {"code": wrong()}).content.decode()
    last = browser.post(address(sent) + "confirm/", {"code": wrong()})
    assert last.status_code == 200
    assert "The signature was not given" in last.content.decode()
    assert "The wrong code three times." in last.content.decode()
    late = browser.post(address(sent) + "confirm/", {"code": code()})
    assert late["Location"] == address(sent)
    assert "The signature was not given" in browser.get(address(sent)).content.decode()


def test_a_code_after_five_minutes_is_too_late(world: World, sent: UUID, log_in: LogIn) -> None:
    with time_machine.travel(TODAY + timedelta(minutes=6), tick=False):
        answer = log_in("teacher").post(address(sent) + "confirm/", {"code": code()})
    assert "The time ran out" in answer.content.decode()
    assert "The code was valid for five minutes." in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "12", "a" * 500])
def test_what_is_no_code_costs_nothing(world: World, sent: UUID, log_in: LogIn, typed: str) -> None:
    answer = log_in("teacher").post(address(sent) + "confirm/", {"code": typed})
    assert answer.status_code == 422
    assert "You can try 3 times." in answer.content.decode()


def test_nobody_else_comes_to_the_page(world: World, sent: UUID, log_in: LogIn) -> None:
    stranger = log_in("principal")
    assert stranger.get(address(sent)).status_code == 404
    assert stranger.post(address(sent) + "confirm/", {"code": code()}).status_code == 404
    assert Ceremony.objects.get(pk=sent).state == State.PENDING


def test_who_wants_a_new_code_starts_again_and_the_old_one_is_dead(world: World, sent: UUID, log_in: LogIn) -> None:
    browser = log_in("teacher")
    assert "start again for a new one" in browser.get(address(sent)).content.decode()
    answer = browser.post(address(sent) + "cancel/", {"again": "1"})
    assert answer["Location"] == "/sign/"  # nothing was chosen in this browser to go back to
    browser.post(address(sent) + "confirm/", {"code": code()})
    assert Ceremony.objects.get(pk=sent).state == State.CANCELLED
    assert not list(queries.open_for(world.persons["teacher"]))


@pytest.mark.feature("B12", "B13")
def test_a_code_is_offered_to_examiners_alone_and_after_the_e_ids() -> None:
    assert [one.name for one in choices("se.personnummer", "examiner")] == ["simulated", "sms"]  # no BankID here
    for role in ("principal", "teacher", "class_teacher", "delegate"):
        assert [one.name for one in choices("se.personnummer", role)] == ["simulated"]
