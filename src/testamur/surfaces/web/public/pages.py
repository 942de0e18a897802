"""Home, help, privacy, accessibility, news and status."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from testamur.register.schools import queries as schools
from testamur.schoolday.noticeboard import queries as board
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@public
@require_safe
def home(request: WebRequest) -> HttpResponse:
    """What one can do here without a login, and the way in."""
    return page(request, "web/public/home.html", news=_news(request)[:3])


@public
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Help by role, and who answers."""
    return page(request, "web/public/help.html", contact=contact())


@public
@require_safe
def eid_help(request: HttpRequest) -> HttpResponse:
    """Trouble with an e-ID, and how to get one (rows C26, C27)."""
    return page(request, "web/public/eid_help.html", contact=contact())


@public
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the register holds, why, for how long, and whom to ask (row C18)."""
    bodies = [unit for unit in schools.units_under("/") if unit.parent is None]
    return page(request, "web/public/privacy.html", bodies=bodies, contact=contact())


@public
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement (Directive (EU) 2016/2102 article 7)."""
    return page(request, "web/public/accessibility.html", contact=contact())


@public
@require_safe
def status(request: WebRequest) -> HttpResponse:
    """What works, what does not, and the news (rows B1, B2)."""
    outages = board.outages(now=request.visitor.now)
    return page(request, "web/public/status.html", outages=outages, news=_news(request))


def _news(request: WebRequest) -> tuple[object, ...]:
    return board.news(locale=request.LANGUAGE_CODE or "en", now=request.visitor.now)


def contact() -> dict[str, object]:
    """Who answers, as the installation says; empty texts where it says nothing."""
    told = dict(settings.CONTACT)
    told["lines"] = [line for line in str(told["address"]).split("|") if line]
    return told
