"""Programs of the body: let in with a secret that is shown once, listed, ended."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from testamur.access.accounts import actions
from testamur.access.accounts.models import ApiClient
from testamur.access.accounts.rules.clients import GROUPS, PROTECTED, SCOPES
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewUnit, UnitKind
from tests.surfaces.web.conftest import LogIn
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
ADD = "office:program_add"


def test_a_program_is_let_in_with_a_secret_shown_once_and_ended(world: World, log_in: LogIn):
    browser = log_in("authority_administrator")
    assert reverse("office:programs") in browser.get(reverse("office:imports")).content.decode()
    form = {"name": "Lärplattformen", "unit": str(world.school), "scopes": [GROUPS]}
    answer = browser.post(reverse(ADD), form)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    key, secret = re.findall(r"<code>([^<]+)</code>", answer.content.decode())
    told = browser.get(reverse("office:programs")).content.decode()
    assert "Lärplattformen" in told
    assert "Classes and groups" in told
    assert secret not in told
    credentials = {"grant_type": "client_credentials", "client_id": key, "client_secret": secret}
    assert Client().post("/api/token", credentials).status_code == 200
    assert ApiClient.objects.get().path == world.school_path
    assert browser.post(reverse("office:program_end", args=[key])).status_code == 302
    assert Client().post("/api/token", credentials).status_code == 401
    assert reverse("office:program_end", args=[key]) not in browser.get(reverse("office:programs")).content.decode()


@pytest.mark.parametrize("wrong", [{}, {"name": "x"}, {"name": "x", "scopes": ["everything"]}, {"unit": "elsewhere"}])
def test_what_cannot_be_let_in_is_said_at_its_field(world: World, log_in: LogIn, wrong: dict[str, object]):
    browser = log_in("authority_administrator")
    assert browser.post(reverse(ADD), wrong).status_code == 400
    assert not ApiClient.objects.exists()


def test_a_school_lets_no_program_in(world: World, log_in: LogIn):
    browser = log_in("administrator")
    for address in (reverse("office:programs"), reverse(ADD)):
        assert browser.get(address).status_code == 403
    assert reverse("office:programs") not in browser.get(reverse("office:imports")).content.decode()


def test_nobody_lets_a_program_see_more_than_oneself(world: World):
    by = Actor(new_id(), "simulated", (Grant("administrator", world.authority_path, ("accounts.client.*",)),))
    with pytest.raises(NotAllowed):
        actions.add_client(by=by, name="x", path=world.school_path, scopes=[GROUPS, PROTECTED], now=clock.now())


def test_a_token_that_was_made_before_opens_nothing_once_its_program_ended(world: World, log_in: LogIn):
    browser = log_in("authority_administrator")
    made = actions.add_client(by=operator(), name="x", path=world.school_path, scopes=[GROUPS], now=clock.now())
    mine = {"grant_type": "client_credentials", "client_id": str(made.id), "client_secret": made.secret}
    token = Client().post("/api/token", mine).json()["access_token"]
    reading = {"Authorization": f"Bearer {token}"}
    assert Client().get("/ss12000/v2/groups", headers=reading).status_code == 200
    end = reverse("office:program_end", args=[made.id])
    assert browser.get(end).status_code == 405
    for _again in range(2):  # pressed twice is ended once
        assert browser.post(end).status_code == 302
    assert Client().get("/ss12000/v2/groups", headers=reading).status_code == 401
    assert Client().post("/api/token", mine).status_code == 401
    assert Entry.objects.filter(kind="accounts.client.ended/1").count() == 1
    assert "Ended" in browser.get(reverse("office:programs")).content.decode()


def test_a_program_of_another_body_is_neither_shown_nor_ended(world: World, log_in: LogIn):
    unit = NewUnit(UnitKind.AUTHORITY, "9902", "Grannkommunen", country="SE")
    (neighbour,) = schools.add_units(by=operator(), units=[unit], now=clock.now())
    theirs = actions.add_client(by=operator(), name="Deras system", path="/9902/", scopes=[GROUPS], now=clock.now())
    browser = log_in("authority_administrator")
    assert "Deras system" not in browser.get(reverse("office:programs")).content.decode()
    assert browser.post(reverse("office:program_end", args=[theirs.id])).status_code in {403, 404}
    assert browser.post(reverse("office:program_end", args=[new_id()])).status_code == 404
    assert ApiClient.objects.get(id=theirs.id).ended_at is None
    elsewhere = {"name": "x", "unit": str(neighbour), "scopes": [GROUPS]}
    assert browser.post(reverse(ADD), elsewhere).status_code == 400
    assert ApiClient.objects.count() == 1


@pytest.mark.parametrize("name", ["", " ", "x" * 121])
def test_a_name_that_is_none_is_said_at_its_field(world: World, log_in: LogIn, name: str):
    form = {"name": name, "unit": str(world.school), "scopes": [GROUPS]}
    assert log_in("authority_administrator").post(reverse(ADD), form).status_code == 400
    assert not ApiClient.objects.exists()


def test_a_name_is_a_text_and_no_markup_and_every_kind_has_words(world: World, log_in: LogIn):
    browser = log_in("authority_administrator")
    every = [scope for scope in SCOPES if scope != PROTECTED]
    form = {"name": "<b>Bold</b>", "unit": str(world.authority), "scopes": every}
    assert browser.post(reverse(ADD), form).status_code == 200
    told = browser.get(reverse("office:programs")).content.decode()
    assert "<b>Bold" not in told
    assert not any(scope in told for scope in SCOPES)  # each is told in words
