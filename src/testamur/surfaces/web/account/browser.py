"""What the server sees of a browser: address, what it is in words, and a random value by which it is known again."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from testamur.access.accounts.methods.contract import Browser
from testamur.surfaces.web import proxies

COOKIE = "testamur_browser"
"""A random value that outlives logins: ties what is under way to the browser that began it."""
_AGE = 31_536_000
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_VALUE = re.compile(r"[A-Za-z0-9_-]{40,64}\Z")


def device(request: HttpRequest) -> str:
    """The browser in words: ``Firefox, Windows``."""
    agent = request.headers.get("User-Agent", "")
    words = [next((word for mark, word in table if mark in agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return ", ".join(word for word in words if word)


def is_mobile(request: HttpRequest) -> bool:
    """True for telephones and tablets, by what they say of themselves."""
    return any(mark in request.headers.get("User-Agent", "") for mark in ("iPhone", "iPad", "Android", "Mobile"))


def known(request: HttpRequest) -> str:
    """Hash of this browser's random value; empty where it has none yet."""
    value = request.COOKIES.get(COOKIE, "")
    return sha256(value.encode()).hexdigest() if _VALUE.match(value) else ""


def mark(request: HttpRequest) -> str:
    """The same, with a new value where there was none; `remember` puts it into the answer."""
    if not known(request):
        request.COOKIES[COOKIE] = secrets.token_urlsafe(32)
    return known(request)


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Put the browser's value into the answer."""
    response.set_cookie(
        COOKIE,
        request.COOKIES.get(COOKIE, ""),
        max_age=_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",  # the return from an e-ID is a navigation from elsewhere
    )
    return response


def described(request: HttpRequest, *, same_device: bool = False) -> Browser:
    """The browser as a way to log in needs to know it; it is marked, so call `remember` on the answer."""
    return Browser(
        known=mark(request),
        ip=proxies.address(request),
        network=proxies.network(request),
        device=device(request),
        agent=request.headers.get("User-Agent", "")[:255],
        origin=f"{request.scheme}://{request.get_host()}",
        locale=(get_language() or "en")[:8],
        same_device=same_device,
    )
