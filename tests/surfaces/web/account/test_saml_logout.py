"""An identity provider on a real socket: in through its page, and out on either side."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts import steps
from testamur.access.accounts.methods.saml.settings import address
from testamur.access.accounts.models import Login, ProviderSession
from testamur.kernel.base import clock
from testamur.kernel.journal.models import Entry
from tests.gateways.saml import LOA3, PNR, Pair
from tests.gateways.saml_served import Served, served
from tests.surfaces.web.conftest import LogIn
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
US, SIGNER = Pair.made("us"), Pair.made("federation")
SLO = "account:saml-slo"


@pytest.fixture
def idp(tmp_path: Path, settings: SettingsWrapper) -> Iterator[Served]:
    """One that the installation trusts, whose metadata are fetched and were signed by a federation."""
    with served(US.certificate, SIGNER) as one:
        (tmp_path / "key.pem").write_bytes(US.key_pem)
        (tmp_path / "cert.pem").write_bytes(US.pem)
        (tmp_path / "signer.pem").write_bytes(SIGNER.pem)
        settings.DATA, settings.SAML = tmp_path / "data", tmp_path / "saml.json"
        provider = {
            "label": "Skolfederation", "entity_id": one.provider.entity, "metadata": f"{one.base}/metadata",
            "metadata_certificate": str(tmp_path / "signer.pem"), "levels": {LOA3: "high"},
            "identifiers": [{"attribute": PNR, "scheme": "se.personnummer"}],
        }  # fmt: skip
        told = {"key_file": str(tmp_path / "key.pem"), "certificate_file": str(tmp_path / "cert.pem")}
        settings.SAML.write_text(json.dumps({**told, "providers": {"skolfed": provider}}))
        yield one


def visit(address: str) -> str:
    """What the browser sees elsewhere."""
    answer = httpx.get(address, trust_env=False, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.text


def go_in(idp: Served, number: str) -> Client:
    """A browser that logs in at the provider, whose page posts without our cookies."""
    idp.number = number
    browser = Client()
    there = browser.get(reverse("account:saml", args=["skolfed"])).headers["Location"]
    assert there.startswith(f"{idp.base}/sso?")
    form = visit(there)
    fields = {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', form)}
    (action,) = re.findall(r'action="([^"]*)"', form)
    answer = Client(enforce_csrf_checks=True).post(urlsplit(unescape(action)).path, fields)
    browser.get(answer.headers["Location"])
    return browser


def is_in(browser: Client) -> bool:
    """Whether a page that needs a login is shown."""
    return browser.get(reverse("account:sessions")).status_code == 200


@pytest.mark.feature("A10")
def test_in_through_the_providers_page_and_out_here_and_there(world: World, idp: Served):
    browser = go_in(idp, world.numbers["teacher"])
    assert is_in(browser)
    assert idp.fetched == 1
    answer = browser.post(reverse("account:logout"))
    assert not is_in(browser)
    page = browser.get(answer.headers["Location"]).content.decode()
    assert "Skolfederation" in page
    (link,) = re.findall(rf'href="({reverse("account:saml-leave-go")}[^"]*)"', page)
    there = browser.get(unescape(link)).headers["Location"]
    assert visit(there) == "left"
    assert idp.left == ["somebody"]
    back = browser.get(reverse(SLO), {"SAMLResponse": "whatever it says"})
    assert back.headers["Location"] == reverse("account:login") + "?why=left"


def test_out_there_is_out_here_in_whatever_browser_and_nobody_else_is(world: World, idp: Served):
    teacher, principal = go_in(idp, world.numbers["teacher"]), go_in(idp, world.numbers["principal"])
    other = ProviderSession.objects.order_by("-at").first()
    assert other is not None
    other.name = "0" * 64  # the invented provider calls everybody by one name
    other.save()
    url = idp.leaving(address("slo/"), "somebody")
    elsewhere = Client()  # a frame in the provider's page brings no cookie of ours
    answer = elsewhere.get(f"{reverse(SLO)}?{urlsplit(url).query}")
    assert answer.status_code == 303
    assert visit(answer.headers["Location"]) == "done"
    assert idp.answers == ["urn:oasis:names:tc:SAML:2.0:status:Success"]
    assert not is_in(teacher)
    assert is_in(principal)
    assert Login.objects.get(ended_because="provider").person == world.persons["teacher"]
    (entry,) = Entry.objects.filter(kind="accounts.logins.ended_elsewhere/1")
    assert entry.refs["provider"] == "skolfed"
    again = elsewhere.get(f"{reverse(SLO)}?{urlsplit(url).query}")
    assert again.status_code == 303  # said twice is done once
    posted = idp.provider.leaving_posted(address("slo/"), "somebody", clock.now())
    outside = Client(enforce_csrf_checks=True)
    assert outside.post(reverse(SLO), {"SAMLRequest": posted, "RelayState": "x"}).status_code == 303


def test_a_word_of_somebody_else_ends_nothing(world: World, idp: Served):
    browser = go_in(idp, world.numbers["teacher"])
    forged = idp.provider.leaving(address("slo/"), "somebody", clock.now(), by=Pair.made("somebody else"))
    late = idp.leaving(address("slo/"), "somebody")
    assert Client().get(f"{reverse(SLO)}?{urlsplit(forged).query}").status_code == 404
    with time_machine.travel(clock.now() + timedelta(hours=1), tick=True):
        assert Client().get(f"{reverse(SLO)}?{urlsplit(late).query}").status_code == 404
    for wrong in ({"SAMLRequest": ""}, {"SAMLRequest": "x" * 100}, {"SAMLRequest": "a\0b"}):
        assert Client().get(reverse(SLO), wrong).status_code in {400, 404}
        assert Client().post(reverse(SLO), wrong).status_code in {400, 404}
    assert is_in(browser)


def test_the_page_of_a_login_left_is_its_own_browsers_for_minutes(world: World, idp: Served):
    browser = go_in(idp, world.numbers["teacher"])
    left = browser.post(reverse("account:logout")).headers["Location"]
    for wrong in (reverse("account:saml-leave"), left[:-2], left.replace("?t=", "?t=x")):
        assert Client().get(wrong).status_code == 404
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=True):
        assert Client().get(left).status_code == 404


def test_whoever_came_by_another_way_is_asked_nothing(world: World, idp: Served, log_in: LogIn):
    answer = log_in("teacher").post(reverse("account:logout"))
    assert answer.headers["Location"] == reverse("account:login") + "?why=left"


def test_the_background_fetches_what_the_federation_says(idp: Served, db: None, settings: SettingsWrapper):
    assert steps.refresh_metadata(now=clock.now()) == 1
    assert (idp.fetched, len(list((Path(settings.DATA) / "saml").iterdir()))) == (1, 1)
    settings.SAML = None
    assert steps.refresh_metadata(now=clock.now()) == 0
