"""One's own logins: seeing and ending them, logging out, language."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from testamur.access.accounts import actions, queries
from testamur.surfaces.web.account import saml
from testamur.surfaces.web.account.entering import SeeOther, wanted
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@door("account.sessions")
def sessions(request: WebRequest) -> HttpResponse:
    """The person's logins that go on."""
    visitor = request.visitor
    mine = queries.logins(by=visitor.actor, now=visitor.now)
    return page(request, "web/account/sessions.html", logins=mine, this=visitor.login)


@door("account.sessions")
@require_POST
def end(request: WebRequest, login: UUID) -> HttpResponse:
    """End one login on another device."""
    visitor = request.visitor
    actions.end_login(by=visitor.actor, login=login, because="revoked", now=visitor.now)
    return SeeOther(reverse("account:sessions"))


@door("account.sessions")
@require_POST
def end_others(request: WebRequest) -> HttpResponse:
    """End all logins but this one."""
    visitor = request.visitor
    if visitor.login is not None:
        actions.end_others(by=visitor.actor, keep=visitor.login.id, now=visitor.now)
        messages.success(request, _("All your other logins have ended."))
    return SeeOther(reverse("account:sessions"))


@public
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """End the login of this browser."""
    visitor = request.visitor  # type: ignore[attr-defined]
    there = ""
    if visitor.login is not None:
        actions.end_login(by=visitor.actor, login=visitor.login.id, because="left", now=visitor.now)
        there = saml.leaving(visitor.login.id)
    request.session.flush()
    return SeeOther(there or reverse("account:login") + "?why=left")


@public
def preferences(request: HttpRequest) -> HttpResponse:
    """Language and look of the pages; for those who are logged in also the way to all that is about them."""
    return page(request, "web/account/preferences.html")


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages, on this device and (when logged in) for messages."""
    visitor = request.visitor  # type: ignore[attr-defined]
    locale = request.POST.get("language", "")
    response = SeeOther(wanted(request) or reverse("account:preferences"))
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
