"""Signing with a key at a signing service through the pages: PIN and code, parts, and everything that goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
import time_machine
from django.conf import settings as django_settings
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import queries as people
from testamur.trust.records import remote
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State
from testamur.trust.signing.methods.certificate.csc.client import CscClient
from testamur.trust.signing.methods.certificate.csc.errors import BadAnswer, Refusal
from testamur.trust.signing.methods.certificate.csc.settings import CscSettings
from testamur.trust.signing.methods.certificate.csc.simulator.server import Simulator
from testamur.trust.signing.methods.certificate.csc.simulator.state import Account, Fault, Service
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


@pytest.mark.feature("D11")
def test_a_service_that_signs_few_at_a_time_asks_again_and_nothing_is_signed_twice(
    world: World, ready: list[UUID], log_in: LogIn, settings: SettingsWrapper, tmp_path: Path, account: Account
) -> None:
    with csc.serving(settings, tmp_path, account, multisign=3) as service:
        browser = log_in("principal")
        page = begun(browser)
        assert "The service signs 3 documents at a time; 4 are left" in shown(browser, page)
        authorise(browser, page, value_0="123456")
        text = run(browser, page)
        assert "3 of 4 documents are signed" in text
        assert "Sign 1 document" in text
        authorise(browser, page, value_0="123456")
        assert run(browser, page).startswith("/sign/progress/")
        assert len(service.signed) == len(set(service.signed)) == 4


def test_a_code_is_sent_used_once_and_three_wrong_ones_lock(
    world: World, ready: list[UUID], log_in: LogIn, service: Service, account: Account
) -> None:
    account.with_code = True
    browser = log_in("principal")
    page = begun(browser)
    text = shown(browser, page)
    assert 'autocomplete="one-time-code"' in text
    there = page.replace("/certificate/", "/service/")
    assert "has sent you a code" in browser.post(there + "code/", {"factor": "OTP"}, follow=True).content.decode()
    assert len(account.code) == 6
    wrong = authorise(browser, page, value_0="123456", value_1="none").content.decode()
    assert "PIN or code was wrong" in wrong
    assert service.signed == []
    authorise(browser, page, value_0="123456", value_1=account.code)
    assert account.code == ""
    assert run(browser, page).startswith("/sign/progress/")


def test_a_locked_key_says_so_and_signs_nothing(
    world: World, ready: list[UUID], log_in: LogIn, service: Service
) -> None:
    browser = log_in("principal")
    page = begun(browser)
    for _ in range(3):
        authorise(browser, page, value_0="000000")
    assert "has locked your key" in authorise(browser, page, value_0="123456").content.decode()
    assert service.signed == []
    assert CeremonySignature.objects.count() == 0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.SERVER_ERROR, "cannot be reached just now"),
        (Fault.TOO_MANY, "too many questions"),
        (Fault.NOT_JSON, "makes no sense"),
        (Fault.TOO_FEW, "makes no sense"),
        (Fault.WRONG_SIGNATURE, "makes no sense"),
        (Fault.SAD_EXPIRED, "has run out"),
        (Fault.SIGNED_THEN_LOST, "cannot be reached just now"),
        (Fault.SLOW, "cannot be reached just now"),
    ],
)
def test_whatever_goes_wrong_is_said_and_all_is_signed_in_the_end(
    world: World, ready: list[UUID], log_in: LogIn, service: Service, fault: Fault, words: str, monkeypatch: Any
) -> None:
    monkeypatch.setattr(remote, "AT_ONCE", 2)
    browser = log_in("principal")
    page = begun(browser)
    service.faults[SIGN] = [fault]
    came = ""
    with time_machine.travel(clock.now(), tick=False) as at:
        authorised = authorise(browser, page, value_0="123456").content.decode()  # the page looks at once, and so signs
        assert words in authorised
        for _part in range(4):
            at.shift(5)
            came = run_or_shift(browser, page, at)
            if came.startswith("/sign/progress/"):
                break
            authorise(browser, page, value_0="123456")
    assert came.startswith("/sign/progress/"), came
    assert CeremonySignature.objects.count() == 4
    assert len(set(service.signed)) == 4


def run_or_shift(browser: Client, page: str, at: Any) -> str:
    """As `run`, while time goes by: a service that asked for patience is left alone for a while."""
    for _look in range(20):
        answer = browser.get(page)
        if answer.status_code == 303:
            return str(answer["Location"])
        if 'hx-trigger="every 1s"' not in answer.content.decode():
            return answer.content.decode()
        at.shift(1)
    raise AssertionError("it never ended")


def test_a_signer_who_confirms_in_an_app_types_nothing(
    world: World, ready: list[UUID], log_in: LogIn, service: Service, account: Account
) -> None:
    account.elsewhere = True
    browser = log_in("principal")
    page = begun(browser)
    text = authorise(browser, page).content.decode()
    assert "Confirm in the app of the signing service" in text
    account.confirmed = True
    assert run(browser, page).startswith("/sign/progress/")


def test_anothers_key_and_one_that_expired_cannot_be_chosen(
    world: World, ready: list[UUID], log_in: LogIn, settings: SettingsWrapper, tmp_path: Path, account: Account
) -> None:
    teacher = certificate_of(world, "teacher")
    foreign = csc.account(teacher, *account.user.split(":"))
    with csc.serving(settings, tmp_path, foreign):
        browser = log_in("principal")
        page = str(browser.get(start(browser, "all=1", "csc"))["Location"])
        there = page.replace("/certificate/", "/service/")
        told = browser.post(there + "choose/", {"credential": foreign.credential}, follow=True).content.decode()
        assert "in another person&#x27;s name" in told
        assert "no key of yours" in browser.post(there + "choose/", {"credential": "x"}, follow=True).content.decode()
    old = certificate_of(world, "principal", now=clock.now() - timedelta(days=900), days=10)
    with csc.serving(settings, tmp_path, csc.account(old, *account.user.split(":"))):
        assert "no key of yours" in browser.post(there, follow=True).content.decode()


def test_no_host_but_the_named_ones_is_ever_called() -> None:
    settings = CscSettings("https://rssp.example/csc/v2/", client_id="me")
    answers = {"/csc/v2/info": {"oauth2": "https://evil.example"}}
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return httpx.Response(200, json=answers.get(request.url.path, {}))

    with (
        CscClient(settings, httpx.Client(transport=httpx.MockTransport(answer))) as service,
        pytest.raises(BadAnswer, match="not allowed"),
    ):
        service.credential("x")
    assert asked == ["rssp.example"]


def authorised_there(browser: Client, page: str, pin: str) -> str:
    """Leave for the service's own page, type the PIN there; returns the address that the browser comes back to."""
    text = browser.post(page.replace("/certificate/", "/service/leave/")).content.decode()
    link = re.search(r'href="(http://127\.0\.0\.1:\d+/oauth2/authorize\?[^"]+)"', text)
    assert link, text
    address = link[1].replace("&amp;", "&")
    asked = parse_qs(urlsplit(address).query)["request_uri"][0]
    assert asked in httpx.get(address, timeout=60).text
    answer = httpx.post(address.partition("?")[0], data={"request_uri": asked, "pin": pin}, timeout=60)
    assert answer.status_code == 302
    back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}" == django_settings.PUBLIC_URL.rstrip("/")
    return f"{back.path}?{back.query}"


@pytest.mark.feature("D11")
def test_a_key_that_is_authorised_in_the_services_own_pages_signs(
    world: World, ready: list[UUID], log_in: LogIn, service: Service, account: Account
) -> None:
    account.redirects = True
    browser = log_in("principal")
    page = begun(browser)
    assert "asks for your PIN on its own page" in shown(browser, page)
    refused = browser.get(authorised_there(browser, page, "000000"), follow=True).content.decode()
    assert "The signing service refused" in refused
    assert service.signed == []
    back = authorised_there(browser, page, "123456")
    assert log_in("teacher").get(back).status_code == 404  # somebody else's browser
    assert browser.get(back.replace("state=", "state=x")).status_code == 404
    assert browser.get(back)["Location"] == page
    assert run(browser, page).startswith("/sign/progress/")
    assert browser.get(back).status_code == 404  # a return counts once
    assert len(service.signed) == len(set(service.signed)) == 4


def test_a_code_without_its_verifier_is_worth_nothing(account: Account, tmp_path: Path) -> None:
    account.redirects = True
    there = Service()
    there.add(account)
    with Simulator(there, tmp_path) as running, CscClient(running.settings) as client:
        leads = client.leave(account.credential, [b"1" * 32], back="https://s.example/b", state="s", verifier="v" * 43)
        asked = parse_qs(urlsplit(leads).query)["request_uri"][0]
        code = parse_qs(urlsplit(there.confirm(asked, "123456")).query)["code"][0]
        with pytest.raises(Refusal):
            client.redeem(code, back="https://s.example/b", verifier="w" * 43)
        with pytest.raises(Refusal):
            client.redeem(code, back="https://s.example/b", verifier="v" * 43)  # burnt by the first try
