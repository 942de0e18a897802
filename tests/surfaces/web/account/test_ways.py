"""Every way to log in, through its pages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from oidc_provider_mock import User, run_server_in_thread
from pytest_django.fixtures import Settings as SettingsWrapper

from testamur.access.accounts import steps
from testamur.access.accounts.models import Attempt
from testamur.access.accounts.rules import Level
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.delivery.models import Message
from testamur.kernel.jobs.rules import step_actor
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact
from testamur.trust.signing.methods.bankid.simulator.requests import Person
from testamur.trust.signing.methods.bankid.simulator.server import Simulator
from tests.access.authenticator import Authenticator
from tests.surfaces.web.account.conftest import read_code
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]
Later = Callable[[float], None]
MOBILE = {"User-Agent": "Mozilla/5.0 (iPhone; invented) Safari"}
HTMX = {"HX-Request": "true"}


def started(browser: Client, where: str, headers: dict[str, str] | None = None) -> str:
    form = {"where": where, "next": "/account/sessions/"}
    answer = browser.post(reverse("account:bankid-start"), form, headers=headers)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


@pytest.mark.feature("C14", "A8")
def test_bankid_by_the_code_on_the_page(world: World, bankid: Simulator, later: Later) -> None:
    browser = Client()
    assert "BankID on another device" in browser.get(reverse("account:login")).content.decode()
    address = started(browser, "other")
    page = browser.get(address).content.decode()
    assert "(RFA1)" in page
    assert "secret" not in page
    first = read_code(page)
    later(3)
    fragment = browser.get(address, headers=HTMX).content.decode()
    assert fragment.startswith('<div id="live"')
    assert fragment.strip() in browser.get(address).content.decode() or read_code(fragment) != first
    phone = bankid.phone(Person(world.numbers["principal"]))
    phone.scan(read_code(fragment))
    later(3)
    assert "(RFA9)" in browser.get(address).content.decode()
    phone.approve()
    later(3)
    other = Client()
    assert other.get(address).status_code == 404
    answer = browser.get(address, headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/account/sessions/"
    assert browser.get("/account/sessions/").status_code == 200


def test_bankid_on_this_device_comes_back_to_the_same_browser(world: World, bankid: Simulator, later: Later) -> None:
    browser = Client()
    address = started(browser, "here", headers=MOBILE)
    page = browser.get(address, headers=MOBILE).content.decode()
    link = re.findall(r'href="(https://app\.bankid\.com/[^"]+)"', page)[0].replace("&amp;", "&")
    assert '<svg class="qr"' not in page
    phone = bankid.phone(Person(world.numbers["guardian"]))
    phone.open(link)
    phone.approve()
    later(3)
    assert "Go back to the BankID app" in browser.get(address, headers=MOBILE).content.decode()
    order = next(iter(bankid.orders._orders.values()))
    back = urlsplit(order.return_url)
    answer = browser.get(f"{back.path}?{back.query}", headers=MOBILE)
    assert answer.headers["Location"] == address
    assert browser.get(address, headers=MOBILE).headers["Location"] == "/account/sessions/"


def test_bankid_that_comes_back_elsewhere_is_stopped(world: World, bankid: Simulator, later: Later) -> None:
    attacker, victim = Client(), Client()
    address = started(attacker, "here", headers=MOBILE)
    page = attacker.get(address, headers=MOBILE).content.decode()
    phone = bankid.phone(Person(world.numbers["principal"]))
    phone.open(re.findall(r'href="(https://app\.bankid\.com/[^"]+)"', page)[0].replace("&amp;", "&"))
    phone.approve()
    later(3)
    attacker.get(address, headers=MOBILE)
    back = urlsplit(next(iter(bankid.orders._orders.values())).return_url)
    answer = victim.get(f"{back.path}?{back.query}", headers=MOBILE)
    assert answer.status_code == 403
    assert "nobody got in" in answer.content.decode()
    assert "(T11)" in attacker.get(address, headers=MOBILE).content.decode()
    assert "login" not in attacker.session


def test_bankid_says_its_own_words_in_each_language(world: World, bankid: Simulator) -> None:
    browser = Client()
    address = started(browser, "other")
    words = {"sv": "Starta BankID-appen.", "en": "Start your BankID app.", "vi": "Hãy mở ứng dụng BankID."}
    for language, text in words.items():
        browser.cookies[django_settings.LANGUAGE_COOKIE_NAME] = language
        page = browser.get(address).content.decode()
        assert f"{text}</span>" in page
    browser.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    browser.post(reverse("account:bankid-cancel", args=[Attempt.objects.get().id]))
    assert "(RFA6)" in browser.get(address).content.decode()
    bankid.orders.down = True
    answer = browser.post(reverse("account:bankid-start"), {"where": "other"})
    assert (answer.status_code, "(RFA5)" in answer.content.decode()) == (503, True)
    assert "Whoever is logged in can go on working." in browser.get(reverse("public:home")).content.decode()


def test_a_real_provider_of_openid_connect(world: World, settings: SettingsWrapper, tmp_path: Path) -> None:
    claims = {"pnr": world.numbers["teacher"], "acr": "http://id.example/loa2"}
    users = [User(sub="teacher", claims=claims), User(sub="stranger", claims={**claims, "acr": "other"})]
    with run_server_in_thread(user_claims=users) as server:
        settings.OIDC = tmp_path / "oidc.json"
        (tmp_path / "secret").write_text("invented\n")
        provider = {
            "label": "Skol-ID",
            "issuer": f"http://localhost:{server.server_port}",
            "client_id": "testamur",
            "client_secret_file": str(tmp_path / "secret"),
            "levels": {"http://id.example/loa2": "substantial"},
            "identifiers": [{"claim": "pnr", "scheme": "se.personnummer"}],
        }
        settings.OIDC.write_text(json.dumps({"providers": {"skolid": provider}}))
        for sub, inside in (("teacher", True), ("stranger", False)):
            browser = Client()
            assert "Skol-ID" in browser.get(reverse("account:login")).content.decode()
            away = browser.get(reverse("account:oidc", args=["skolid"]), {"next": "/account/sessions/"})
            assert away.status_code == 302
            there = httpx.post(away.headers["Location"], data={"sub": sub}, trust_env=False, timeout=60)
            back = urlsplit(there.headers["location"])
            assert back.path == reverse("account:oidc-return")
            assert Client().get(f"{back.path}?{back.query}").status_code == 404
            answer = browser.get(f"{back.path}?{back.query}")
            assert (answer.headers["Location"] == "/account/sessions/") is inside
            assert ("login" in browser.session) is inside


@pytest.mark.feature("C28", "C29", "C30")
def test_a_code_by_sms(world: World) -> None:
    guardian = world.persons["guardian"]
    phone = NewContact(ContactKind.PHONE, "+46701740605")
    people.add_contacts(by=operator(), contacts=[(guardian, phone)], now=clock.now())
    pages, browser, address = [], Client(), ""
    for contact in ("nobody@example.org", "guardian@example.org"):
        browser = Client()
        answer = browser.post(reverse("account:sms"), {"contact": contact, "next": "/account/sessions/"})
        address = answer.headers["Location"]
        attempt = Attempt.objects.get(state="open", kept__contact=contact)
        steps.send_code(by=step_actor("accounts", "delivery.message.post"), attempt=attempt.id, now=clock.now())
        pages.append(
            re.sub(r"csrf[^>]+>|X-CSRFToken[^}]+", "", browser.get(address).content.decode()).replace(address, "")
        )
    assert pages[0] == pages[1]
    code = Message.objects.get().text[:6]
    wrong = browser.post(address, {"code": f"{(int(code) + 1) % 1_000_000:06d}"})
    assert (wrong.status_code, "not right" in wrong.content.decode()) == (422, True)
    assert browser.post(address, {"code": code}).headers["Location"] == "/account/sessions/"
    assert browser.get(reverse("account:methods")).headers["Location"].startswith(reverse("account:login"))


def test_too_many_codes_are_refused_with_a_time_to_wait(world: World) -> None:
    browser = Client()
    for _ in range(3):
        assert browser.post(reverse("account:sms"), {"contact": "nobody@example.org"}).status_code == 303
    answer = browser.post(reverse("account:sms"), {"contact": "nobody@example.org"})
    assert (answer.status_code, "15 minutes" in answer.content.decode()) == (429, True)


def test_a_passkey_is_made_and_logs_in(world: World, log_in: LogIn) -> None:
    device = Authenticator("http://testserver")
    staff = log_in("principal")
    page = staff.get(reverse("account:add-passkey")).content.decode()
    form = {"name": "Telefon", "response": device.make(_options(page))}
    assert staff.post(reverse("account:add-passkey"), form).headers["Location"] == reverse("account:methods")
    assert "Telefon" in staff.get(reverse("account:methods")).content.decode()
    browser = Client()
    address = browser.post(reverse("account:passkey-start"), {"next": "/account/sessions/"}).headers["Location"]
    response = device.use(_options(browser.get(address).content.decode()))
    assert browser.post(address, {"response": response}).headers["Location"] == "/account/sessions/"
    assert browser.get(reverse("account:methods")).status_code == 200


def test_an_authenticator_app_is_set_up_and_raises_a_weak_login(world: World, log_in: LogIn, later: Later) -> None:
    staff = log_in("principal")
    page = staff.get(reverse("account:add-totp")).content.decode()
    secret = parse_qs(urlsplit(read_code(page)).query)["secret"][0]
    sealed = re.findall(r'name="sealed" value="([^"]+)"', page)[0]
    app = pyotp.TOTP(secret)
    wrong = staff.post(reverse("account:add-totp"), {"sealed": sealed, "code": "000000"})
    assert wrong.status_code == 422
    shown = staff.post(reverse("account:add-totp"), {"sealed": sealed, "code": app.at(clock.now())}).content.decode()
    assert shown.count("<li><code>") == 10
    later(60)
    weak = log_in("principal", level=Level.LOW)
    address = weak.get(reverse("account:sessions"), {"why": "level"}).status_code
    assert address == 200
    choice = weak.get(reverse("account:login"), {"why": "level", "next": "/account/methods/"}).content.decode()
    assert reverse("account:totp") in choice
    form = {"code": app.at(clock.now()), "for": "confirm", "next": "/account/methods/"}
    assert weak.post(reverse("account:totp"), form).headers["Location"] == "/account/methods/"
    assert weak.get("/account/methods/").status_code == 200
    later(60)
    paper = {"code": re.findall(r"<code>([^<]+)</code>", shown)[0], "for": "confirm", "next": "/account/methods/"}
    assert weak.post(reverse("account:recovery"), paper).headers["Location"] == "/account/methods/"
    assert weak.post(reverse("account:recovery"), paper).status_code == 422


def _options(page: str) -> dict[str, object]:
    text = re.findall(r'<script id="passkey-options" type="application/json">(.+?)</script>', page)[0]
    found: dict[str, object] = json.loads(text)
    return found
