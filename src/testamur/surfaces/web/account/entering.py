"""What every way to log in ends with: a new session, a hat, and the page that was asked for."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme

from testamur.access.accounts import queries
from testamur.access.accounts.rules import Hat
from testamur.kernel.base.actor import Actor, Grant
from testamur.surfaces.web.middleware import LOGIN
from testamur.surfaces.web.requests import NOBODY, WebRequest

DOORKEEPER = Actor(
    id=NOBODY.id,
    identified_by=NOBODY.identified_by,
    grants=(Grant("web", "/", ("accounts.login.begin", "accounts.attempt.*", "accounts.login.end_elsewhere")),),
)
"""The login page itself: may find out who somebody is, and end what a provider says is over."""

SEE_OTHER = 303


class SeeOther(HttpResponseRedirect):
    """After a form was sent: fetch that page."""

    status_code = SEE_OTHER


def go(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect that HTMX follows as a whole page too."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return SeeOther(address)


def wanted(request: HttpRequest) -> str:
    """The page that was asked for before logging in (``next``); empty when it is not one of ours."""
    text = request.POST.get("next") or request.GET.get("next") or ""
    return text if is_ours(request, text) else ""


def is_ours(request: HttpRequest, address: str) -> bool:
    """True for an address of this installation, so that nobody is sent elsewhere after logging in."""
    return (
        address.isprintable()
        and address.startswith("/")
        and url_has_allowed_host_and_scheme(
            address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )
    )


def with_next(name: str, target: str, *args: object, **query: str) -> str:
    """Address of a page that knows where to go afterwards."""
    given = {**query, **({"next": target} if target else {})}
    return reverse(name, args=args) + (f"?{urlencode(given)}" if given else "")


def home(hat: Hat | None) -> str:
    """First page under a hat."""
    if hat is None:
        return reverse("account:roles")
    for name in (_first(hat), "account:sessions"):
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return "/"


def _first(hat: Hat) -> str:
    """Whoever teaches begins with the day, a university's office and registrar with what waits for them."""
    if hat.taught:
        return "diary:today"
    if hat.university and hat.role in {"administrator", "archivist"}:
        return "results:office"
    return f"{hat.home.value}:home"


def enter(request: WebRequest, login: UUID, target: str) -> HttpResponse:
    """Begin a session for a login: the old one is emptied, the language kept; then on to the page or the hats."""
    request.session.flush()
    request.session[LOGIN] = str(login)
    found = queries.login(login, now=request.visitor.now)
    hats = queries.hats(person=found.person, on=request.visitor.now.date()) if found else ()
    hat = next((h for h in hats if found and h.key == found.hat), None)
    if hat is None:
        return go(request, with_next("account:roles", target))
    return go(request, target or home(hat))
