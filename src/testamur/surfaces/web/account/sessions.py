"""One's own logins: seeing and ending them, logging out, language."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from testamur.access.accounts import actions, queries
from testamur.surfaces.web.account.entering import SeeOther, wanted
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@door("account.sessions")
def sessions(request: WebRequest) -> HttpResponse:
    """The person's logins that go on."""
    visitor = request.visitor
    return page(request, "web/account/sessions.html", logins=queries.logins(by=visitor.actor, now=visitor.now))


@door("account.sessions")
@require_POST
def end(request: WebRequest, login: UUID) -> HttpResponse:
    """End one login on another device."""
    visitor = request.visitor
    actions.end_login(by=visitor.actor, login=login, because="revoked", now=visitor.now)
    return SeeOther(reverse("account:sessions"))


@public
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the login of this browser."""
    visitor = request.visitor  # type: ignore[attr-defined]
    if visitor.login is not None:
        actions.end_login(by=visitor.actor, login=visitor.login.id, because="left", now=visitor.now)
    request.session.flush()
    return SeeOther(reverse("account:login") + "?why=left")


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages, on this device and (when logged in) for messages."""
    visitor = request.visitor  # type: ignore[attr-defined]
    locale = request.POST.get("language", "")
    response = SeeOther(wanted(request) or "/")
    if locale in dict(settings.LANGUAGES):
        if visitor.login is not None:
            actions.choose_locale(by=visitor.actor, locale=locale, now=visitor.now)
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            locale,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )
    return response
