"""Who comes in: one decorator on every view, read by the test that drives every address with every role.

A view stands behind exactly one door: `public`, or `door(act, *areas)` for people who are logged in. What a door asks
for: a login, a hat of one of the areas, the level of assurance of the act, and a fresh identification where the act
needs one (`access.accounts.rules.levels.NEEDED`). What may be done to which pupil or school is asked by the verbs
below.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from testamur.access.accounts.rules import (
    Area,
    ConfirmAgain,
    Crossing,
    LevelTooLow,
    must_be_confirmed,
    must_reach_level,
    must_stay_in_app,
)
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.surfaces.web import refusals
from testamur.surfaces.web.pages import error_page, page
from testamur.surfaces.web.roles import lines

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """Everybody may come in."""

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _shown(view, request, *args, **kwargs)

    entered.door = ("public", ())  # type: ignore[attr-defined]  # read by the matrix test
    return entered


def door(act: str, *areas: Area) -> Callable[[View], View]:
    """People who are logged in well enough for `act`, wearing a hat of one of `areas` (none given: any hat or none)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return _turned_away(request, act, areas) or _shown(view, request, *args, **kwargs)

        entered.door = (act, areas)  # type: ignore[attr-defined]  # read by the matrix test
        return entered

    return decorate


def _turned_away(request: HttpRequest, act: str, areas: tuple[Area, ...]) -> HttpResponse | None:
    visitor = request.visitor  # type: ignore[attr-defined]  # set by VisitorMiddleware
    here = request.get_full_path() if request.method == "GET" else _page_of(request)
    if visitor.login is None and act.startswith("app."):
        return to(request, "app:start", next=here)
    if visitor.login is None:
        return to(request, "account:login", next=here, **({"why": "ended"} if visitor.extra.get("ended") else {}))
    if areas:
        if visitor.hat is None:
            return to(request, "account:roles", next=here)
        if not set(areas) & set(visitor.hat.areas):
            return _wrong_hat(request, areas, here)
    return _too_weak(request, act, here)


def _page_of(request: HttpRequest) -> str:
    """The page on which the form stood that was sent: after a login one is there again, not where it was sent to."""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host():
        return request.path
    return came.path + (f"?{came.query}" if came.query else "")


def _too_weak(request: HttpRequest, act: str, here: str) -> HttpResponse | None:
    """Another login, a stronger one or a fresh identification is needed: the way there."""
    visitor = request.visitor  # type: ignore[attr-defined]
    try:
        must_stay_in_app(act, app=visitor.login.app is not None)
        must_reach_level(act, visitor.login.level)
        must_be_confirmed(act, visitor.login.confirmed_at, visitor.now)
    except Crossing:
        return to(request, "account:login", next=here, why="crossing")
    except LevelTooLow:
        return to(request, "account:login", next=here, why="level")
    except ConfirmAgain:
        return to(request, "account:confirm", next=here)
    return None


def _wrong_hat(request: HttpRequest, areas: tuple[Area, ...], here: str) -> HttpResponse:
    """Another role is needed: offer those of the person's own that fit."""
    visitor = request.visitor  # type: ignore[attr-defined]
    fitting = tuple(hat for hat in visitor.hats if set(areas) & set(hat.areas))
    return page(
        request, "web/account/wrong_hat.html", status=403, fitting=lines(fitting, None, visitor.units), next=here
    )


def _shown(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    if _holds_nul(request, kwargs):
        return error_page(request, 404, refusals.sentence(NotFound()))
    try:
        return view(request, *args, **kwargs)
    except NotAllowed:
        return error_page(request, 403, refusals.sentence(NotAllowed()))
    except NotFound as refused:
        return error_page(request, 404, refusals.sentence(refused))
    except Refused as refused:
        return error_page(request, 409, refusals.sentence(refused))


def _holds_nul(request: HttpRequest, kwargs: dict[str, Any]) -> bool:
    """True when something that was sent holds the character NUL: no person types it, and no database keeps it."""
    sent = [request.GET, request.POST] if request.method == "POST" else [request.GET]
    texts = (text for some in sent for _name, values in some.lists() for text in values)
    return any("\0" in text for text in (*texts, *(one for one in kwargs.values() if isinstance(one, str))))


def to(request: HttpRequest, name: str, **query: str) -> HttpResponse:
    """A redirect that HTMX follows as a whole page too."""
    address = reverse(name) + (f"?{urlencode(query)}" if query else "")
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)
