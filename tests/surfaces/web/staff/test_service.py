"""Signing with a key at a signing service through the pages: PIN and code, parts, and everything that goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.kernel.base.actor import operator
from testamur.register.people import queries as people
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State
from testamur.trust.signing.methods.certificate.csc.simulator import Account, Fault, Limits, Service
from testamur.trust.signing.models import Ceremony, CeremonySignature
from tests.gateways import csc
from tests.surfaces.web.staff.test_certificate import certificate_of
from tests.surfaces.web.staff.test_signing import shown, start
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]
SIGN = "signatures/signHash"


@pytest.fixture
def account(world: World) -> Account:
    me = people.person(by=operator(), id=world.persons["principal"])
    assert me is not None
    assert me.identifier is not None
    mine = certificate_of(world, "principal")
    return csc.account(mine, me.identifier.scheme.value, me.identifier.value, with_code=False)


@pytest.fixture
def service(settings: SettingsWrapper, tmp_path: Path, account: Account) -> Iterator[Service]:
    with csc.serving(settings, tmp_path, account) as there:
        yield there


def begun(browser: Client) -> str:
    """A ceremony whose key is chosen; returns the address of its page."""
    page = str(browser.get(start(browser, "all=1", "csc"))["Location"])
    there = page.replace("/certificate/", "/service/")
    found = browser.post(there).content.decode()
    credential = re.search(r'name="credential"[^>]*value="([^"]+)"', found)
    assert credential, found
    assert browser.post(there + "choose/", {"credential": credential[1]}).status_code == 303
    return page


def authorise(browser: Client, page: str, **values: str) -> Any:
    return browser.post(page.replace("/certificate/", "/service/authorise/"), values, follow=True)


def run(browser: Client, page: str, most: int = 40) -> str:
    """What the open page does: looks again until it is led on or asked something; returns where it came to."""
    for _look in range(most):
        answer = browser.get(page)
        if answer.status_code == 303:
            return str(answer["Location"])
        if 'hx-trigger="every 1s"' not in answer.content.decode():
            return answer.content.decode()
    raise AssertionError("it never ended")


@pytest.mark.feature("D11", "D12")
def test_a_key_at_the_service_signs_everything_with_one_pin(
    world: World, ready: list[UUID], log_in: LogIn, service: Service
) -> None:
    browser = log_in("principal")
    assert "Certificate at the signing service" in shown(browser, "/sign/review/?all=1")
    page = begun(browser)
    text = shown(browser, page)
    assert 'type="password"' in text
    assert world.names["principal"] in text
    authorise(browser, page, value_0="123456")
    assert run(browser, page).startswith("/sign/progress/")
    assert {record.state for record in Record.objects.filter(id__in=ready)} == {State.SIGNED}
    assert len(service.signed) == len(set(service.signed)) == 4
    kept = Ceremony.objects.get()
    assert kept.start_data is None
    assert "123456" not in str(Ceremony.objects.values())
