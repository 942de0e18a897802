"""Forged forms, foreign addresses to go on to, headers, hosts, errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.utils.html import escape

from testamur.surfaces.web.account.entering import is_ours
from testamur.surfaces.web.middleware import POLICY, PolicyMiddleware
from testamur.surfaces.web.shell.appearance import back
from tests.security.test_matrix import addresses
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]
WITHOUT_TOKEN = {"public:sms-report", "account:saml-acs", "account:saml-slo", "support:authorize"}
"""Called by programs, or by way of a browser from elsewhere: what they bring is signed, or a secret of their own. So
are all addresses of programs (``api:``), which know no cookie."""
SAMPLES: dict[str, object] = {
    "provider": "x",
    "service": "x",
    "name": "checkpoint",
    "code": "x",
    "token": "x",
    "way": "x",
}
ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "/\\evil.example/", "\\\\evil.example", "http:evil.example",
    "javascript:alert(1)", "/help/\r\nLocation: https://evil.example", "///evil.example", " //evil.example",
    "\t//evil.example",
)  # fmt: skip


def every_address() -> list[tuple[str, str]]:
    """Name and address of everything, with some argument."""
    return [
        (name, reverse(name, kwargs={key: SAMPLES.get(key, UUID(int=9)) for key in one.pattern.converters}))
        for name, one in addresses()
    ]


def test_no_form_is_taken_without_its_token() -> None:
    """Logging in and out too: nobody is logged in as somebody else by a page elsewhere."""
    browser = Client(enforce_csrf_checks=True)
    taken = [name for name, address in every_address() if browser.post(address).status_code not in {403, 405}]
    assert {name for name in taken if not name.startswith("api:")} <= WITHOUT_TOKEN
    assert browser.post(reverse("account:logout")).status_code == 403
    assert browser.post(reverse("account:sms"), {"contact": "a@example.org"}).status_code == 403
    assert browser.post(reverse("account:logout"), headers={"HX-Request": "true"}).status_code == 403


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_led_elsewhere(address: str) -> None:
    ask = RequestFactory().post("/", {"next": address})
    assert not is_ours(ask, address)
    assert back(ask) == "/"


def test_after_choosing_a_language_one_stays_here(world: World, log_in: LogIn) -> None:
    browser = log_in("guardian")
    for address in ELSEWHERE:
        answer = browser.post(reverse("account:language"), {"language": "sv", "next": address})
        assert answer["Location"].startswith("/account/preferences/")
        answer = browser.post(reverse("account:roles"), {"hat": "guardian", "next": address})
        assert answer["Location"].startswith("/family/")
        login = browser.get(reverse("account:login"), {"next": address}).content.decode()
        assert f'="{escape(address)}"' not in login


@pytest.mark.parametrize(
    "address", ["/", "/help/", "/v/AAAA-AAAA-AAAA/", "/nowhere/", "/account/login/", "/s/unknown/"]
)
def test_each_page_says_what_browsers_and_search_engines_may_do(address: str) -> None:
    answer = Client().get(address, secure=True)
    told = answer.headers
    assert told["Content-Security-Policy"] == POLICY
    assert "unsafe" not in POLICY
    assert "frame-ancestors 'self'" in POLICY
    assert told["X-Frame-Options"] == "SAMEORIGIN"
    assert told["X-Content-Type-Options"] == "nosniff"
    assert told["Referrer-Policy"] == "same-origin"
    assert told["Cross-Origin-Opener-Policy"] == "same-origin"
    assert told["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "noindex" in told["X-Robots-Tag"]
    assert told["Cache-Control"] == "no-store"
    assert {"Cookie", "Accept-Language"} <= set(told["Vary"].split(", "))
    assert "max-age" in told["Strict-Transport-Security"]
    assert "Access-Control-Allow-Origin" not in told


def test_pages_of_the_office_are_kept_out_of_search_engines_and_caches(world: World, log_in: LogIn) -> None:
    """One of the failures such systems are known for: administration pages in a search engine."""
    robots = Client().get("/robots.txt").content.decode().splitlines()
    assert robots[-1] == "Disallow: /"
    assert [line for line in robots if line.startswith("Allow")] == ["Allow: /$", "Allow: /help/", "Allow: /static/"]
    for browser, address in (
        (Client(), "/office/"),
        (log_in("administrator"), "/office/"),
        (log_in("guardian"), "/family/"),
    ):
        answer = browser.get(address)
        assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert answer.headers["Cache-Control"] == "no-store"


def test_what_may_be_kept_by_caches_belongs_to_nobody(world: World, log_in: LogIn) -> None:
    """The trust bundle is public: it is the same for everybody and sets no cookie, whoever asks and however."""
    first = Client().get(reverse("public:trust"))
    for browser in (log_in("guardian"), Client(headers={"HX-Request": "true", "HX-Boosted": "true"})):
        answer = browser.get(reverse("public:trust"))
        assert answer.json()["organisations"] == first.json()["organisations"]
        assert answer.cookies == {}


def test_cookies_are_for_this_site_alone(world: World, log_in: LogIn) -> None:
    assert settings.PUBLIC_URL.startswith("https:")
    assert settings.SESSION_COOKIE_SECURE
    assert settings.CSRF_COOKIE_SECURE
    browser = log_in("guardian")
    answer = browser.post(reverse("account:roles"), {"hat": "guardian"})
    answer = browser.post(reverse("shell:appearance"), {"scheme": "dark"})
    assert answer.cookies["testamur_scheme"]["httponly"]
    browser = Client()
    answer = browser.post(reverse("account:sms"), {"contact": "nobody@example.org"})
    known = answer.cookies["testamur_browser"]
    assert (known["secure"], known["httponly"], known["samesite"]) == (True, True, "Lax")
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"


@override_settings(ALLOWED_HOSTS=["school.example"])
def test_another_host_is_refused() -> None:
    for host in ("evil.example", "school.example.evil.example", "school.example:80@evil.example"):
        assert Client(headers={"host": host}).get("/").status_code == 400
    assert Client(headers={"host": "school.example"}).get("/").status_code == 200
    forwarded = Client(headers={"host": "school.example", "x-forwarded-host": "evil.example"})
    assert "evil.example" not in forwarded.get("/account/login/").content.decode()


def test_a_fault_of_the_program_tells_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from testamur.surfaces.web.public import pages

    def breaks(_request: Any) -> tuple[object, ...]:
        raise RuntimeError("secret of the machine")

    monkeypatch.setattr(pages, "_news", breaks)
    answer = Client(raise_request_exception=False).get("/")
    assert answer.status_code == 500
    assert not settings.DEBUG
    text = answer.content.decode()
    assert "secret" not in text
    assert "Traceback" not in text
    assert "Something went wrong" in text


def test_a_policy_that_a_view_has_set_is_kept() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse(headers={"Content-Security-Policy": "default-src 'none'"})

    answer = PolicyMiddleware(view)(RequestFactory().get("/x/"))
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"
