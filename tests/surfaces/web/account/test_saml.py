"""Logging in at a provider of SAML, through the pages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts.models import Attempt
from testamur.kernel.base import clock
from tests.gateways.saml import LOA3, PNR, Asked, Pair, Provider
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
IDP, US = Provider(), Pair.made("us")
ACS, BACK = "account:saml-acs", "account:saml-return"


@pytest.fixture
def provider(tmp_path: Path, settings: SettingsWrapper) -> Provider:
    """One that the installation trusts."""
    return trusted(tmp_path, settings)


def trusted(tmp_path: Path, settings: SettingsWrapper, **more: str) -> Provider:
    """The file that trusts it."""
    (tmp_path / "key.pem").write_bytes(US.key_pem)
    (tmp_path / "cert.pem").write_bytes(US.pem)
    settings.SAML = tmp_path / "saml.json"
    one = {
        "label": "Skolfederation", "entity_id": IDP.entity, "metadata": str(IDP.metadata(tmp_path)),
        "levels": {LOA3: "high"}, "identifiers": [{"attribute": PNR, "scheme": "se.personnummer"}], **more,
    }  # fmt: skip
    told = {"key_file": str(tmp_path / "key.pem"), "certificate_file": str(tmp_path / "cert.pem")}
    settings.SAML.write_text(json.dumps({**told, "providers": {"skolfed": one}}))
    return IDP


def away(browser: Client) -> Asked:
    """The browser goes to the provider."""
    assert "Skolfederation" in browser.get(reverse("account:login")).content.decode()
    answer = browser.get(reverse("account:saml", args=["skolfed"]), {"next": "/account/sessions/"})
    assert answer.status_code == 302
    return IDP.read(answer.headers["Location"], US.certificate)


def posted(asked: Asked, number: str) -> str:
    """The provider's page posts, without our cookies; where that leads."""
    form = {"SAMLResponse": IDP.response(asked, number, clock.now()), "RelayState": asked.state}
    answer = Client(enforce_csrf_checks=True).post(reverse(ACS), form, headers={"Origin": "https://idp.example"})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


@pytest.mark.parametrize(("who", "inside"), [("teacher", True), ("nobody", False)])
def test_the_browser_that_began_goes_in_and_no_other(world: World, provider: Provider, who: str, inside: bool):
    browser = Client()
    asked = away(browser)
    address = posted(asked, world.numbers.get(who, "198001010000"))
    assert Client().get(address).status_code == 404
    answer = browser.get(address)
    assert (answer.headers["Location"] == "/account/sessions/") is inside
    assert ("login" in browser.session) is inside
    assert Attempt.objects.get().evidence


def test_an_answer_comes_once_and_to_a_try_that_goes_on(world: World, provider: Provider):
    asked = away(Client())
    posted(asked, world.numbers["teacher"])
    form = {"SAMLResponse": IDP.response(asked, world.numbers["principal"], clock.now()), "RelayState": asked.state}
    assert Client().post(reverse(ACS), form).status_code == 404
    for state in ("", "x", "018f0000000070008000000000000001.y"):
        assert Client().post(reverse(ACS), {"RelayState": state, "SAMLResponse": "x"}).status_code == 404
        assert Client().get(reverse(BACK), {"state": state}).status_code == 404


def test_a_bodys_own_provider_vouches_for_its_own_people_alone(world: World, tmp_path: Path, settings: SettingsWrapper):
    from testamur.register.schools import queries as schools

    authority = schools.units([world.authority])[world.authority]
    for body, inside in ((authority.code, True), ("another", False)):
        trusted(tmp_path, settings, body=body)
        browser = Client()
        browser.get(posted(away(browser), world.numbers["teacher"]))
        assert ("login" in browser.session) is inside


def test_our_metadata_is_there_where_a_provider_is_trusted(provider: Provider, settings: SettingsWrapper, db: None):
    answer = Client().get(reverse("account:saml-metadata"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/samlmetadata+xml")
    settings.SAML = None
    assert Client().get(reverse("account:saml-metadata")).status_code == 404
