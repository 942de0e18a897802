"""Choosing how to log in, or how to confirm who one is: BankID first, the others under other ways."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts import queries
from testamur.access.accounts.methods.contract import Way
from testamur.access.accounts.rules import Level
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web.account import trying
from testamur.surfaces.web.account.browser import is_mobile, remember
from testamur.surfaces.web.account.entering import wanted
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.roles import ROLE_NAMES


@public
@require_GET
def login(request: WebRequest) -> HttpResponse:
    """Log in. Whoever is logged in too weakly for a page comes here to reach a higher level."""
    visitor = request.visitor
    raise_level = request.GET.get("why") == "level" and visitor.login is not None
    ways = queries.ways(
        person=visitor.login.person if raise_level and visitor.login is not None else None,
        above=Level.SUBSTANTIAL if raise_level else Level.LOW,
    )
    return _chooser(request, ways, confirms=raise_level, why=request.GET.get("why", ""))


@door("account.sessions")
@require_GET
def confirm(request: WebRequest) -> HttpResponse:
    """Identify oneself again before something weighty; afterwards on to the page that was asked for."""
    visitor = request.visitor
    assert visitor.login is not None  # the door has looked
    ways = queries.ways(person=visitor.login.person, above=min(visitor.login.level, Level.SUBSTANTIAL))
    return _chooser(request, ways, confirms=True, why="confirm")


@public
@require_POST
def demo(request: WebRequest) -> HttpResponse:
    """Simulated e-ID: be whoever was chosen."""
    if settings.MODE != "demo":
        raise Http404
    given = {name: request.POST.get(name, "") for name in ("person", "number", "level")}
    try:
        started = trying.begin(request, "simulated", given=given)
        view = trying.proceed(request, started.id)
    except Refused as refusal:
        return trying.refused(request, refusal)
    return remember(request, trying.outcome(request, view) or trying.failed(request, view))


@public
@require_GET
def unknown(request: HttpRequest) -> HttpResponse:
    """The same page for every way: identified, but in no school's register."""
    return page(request, "web/account/unknown.html")


def _chooser(request: WebRequest, ways: Sequence[Way], *, confirms: bool, why: str) -> HttpResponse:
    names = {way.method for way in ways}
    offered = "simulated" in names and not (confirms or settings.PRACTICE)
    people = queries.demo_people(on=request.visitor.now.date()) if offered else ()
    places = [
        (place, [(one, ROLE_NAMES.get(one.role, one.role)) for one in some])
        for place, some in groupby(people, key=lambda one: one.place)
    ]
    return page(
        request,
        "web/account/login.html",
        confirms=confirms,
        why=why,
        next=wanted(request),
        bankid="bankid" in names,
        simulated="simulated" in names,
        providers=[way for way in ways if way.method in {"oidc", "saml"}],
        others=[way.method for way in ways if way.method in {"passkey", "totp", "recovery", "sms"}],
        places=places,
        mobile=is_mobile(request),
    )
