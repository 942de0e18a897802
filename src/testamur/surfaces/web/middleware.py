"""Who is it, in which language, under which rules of the browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import timezone, translation

from testamur.access.accounts import actions, queries
from testamur.kernel.base import clock
from testamur.kernel.base.memory import remembered
from testamur.register.people import queries as people
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.times import zone_of

Next = Callable[[HttpRequest], HttpResponse]
READS = ("GET", "HEAD")
LOGIN = "login"
"""Key of the session under which the login's id stands."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-src 'self' blob:; object-src 'self' blob:; media-src 'self' blob:; "
    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'self'"
)
"""Content-Security-Policy of every page: nothing from elsewhere, no inline script or style."""


class SmallPages(GZipMiddleware):
    """Pages go over the line packed: a slow telephone waits for a quarter of the bytes.

    HTML alone: pictures, fonts and PDFs are packed already, and what programs fetch stays as it is. Random bytes of
    random length go into each answer, and every answer masks its token anew, against guessing by size (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The packed answer, or the same where it is no page."""
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)


class VisitorMiddleware:
    """Puts `visitor` on the request: a login that goes on, the hats of the day, the actor of the hat that is worn."""

    def __init__(self, get_response: Next) -> None:
        """`get_response` is the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look the visitor up once; a page that is only shown then reads nothing of it again."""
        if request.method in READS:
            with remembered():
                return self._answered(request, visitor_of(request))
        with remembered():
            visitor = visitor_of(request)
        return self._answered(request, visitor)

    def _answered(self, request: HttpRequest, visitor: Visitor) -> HttpResponse:
        request.visitor = visitor  # type: ignore[attr-defined]  # WebRequest names it for the views
        if visitor.login is not None:
            actions.note_seen(by=visitor.actor, login=visitor.login.id, seen_at=visitor.login.seen_at, now=visitor.now)
        with timezone.override(zone_of(visitor)):
            return self.get_response(request)


def visitor_of(request: HttpRequest) -> Visitor:
    """The visitor of a request; a session whose login is over is emptied."""
    now = clock.now()
    if request.path.startswith(settings.STATIC_URL):
        return Visitor(now)
    text = request.session.get(LOGIN)
    if not text:
        return Visitor(now)
    login = queries.login(UUID(text), now=now)
    if login is None:
        request.session.flush()
        return Visitor(now, extra={"ended": True})
    hats = queries.hats(person=login.person, on=now.date())
    hat = next((h for h in hats if h.key == login.hat), None)
    base = hat or next(h for h in hats if h.role == "self")
    actor = queries.actor(
        base, person=login.person, identified_by=login.method, admin_mode=login.admin_at is not None, on=now.date()
    )
    persons = people.people(by=actor, ids=(login.person, *base.wards), numbers=False)
    name = persons[login.person].name if login.person in persons else ""
    visitor = Visitor(now, actor, login, hats, hat, name, persons, queries.places(hats))
    return replace(visitor, now=clock.there(now, zone_of(visitor)))


class LanguageMiddleware:
    """The language: what was chosen on this device, else what the browser asks for."""

    def __init__(self, get_response: Next) -> None:
        """`get_response` is the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate one of the installation's languages for this request."""
        language = translation.get_language_from_request(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if not request.path.startswith(settings.STATIC_URL):
            response.headers["Vary"] = ", ".join(
                dict.fromkeys(
                    [*filter(None, response.headers.get("Vary", "").split(", ")), "Accept-Language", "Cookie"]
                )
            )
        translation.deactivate()
        return response


class PolicyMiddleware:
    """Headers that tell the browser what a page may do, and that nobody keeps what is not public."""

    def __init__(self, get_response: Next) -> None:
        """`get_response` is the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers that the view has not set itself."""
        response = self.get_response(request)
        headers = response.headers
        headers.setdefault("Content-Security-Policy", POLICY)
        headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), interest-cohort=()")
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)  # for browsers that know no frame-ancestors
        if not request.path.startswith(settings.STATIC_URL):
            headers.setdefault("Cache-Control", "no-store")
            headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response
