"""Programs of the body: let in with a secret that is shown once, listed, ended."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from testamur.access.accounts import actions
from testamur.access.accounts.models import ApiClient
from testamur.access.accounts.rules.clients import GROUPS, PROTECTED
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed
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
