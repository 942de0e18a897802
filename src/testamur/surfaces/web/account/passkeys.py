"""Logging in with a passkey; the browser's own dialogue needs JavaScript, and the page says so."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts import queries
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web.account import browser, trying
from testamur.surfaces.web.account.entering import go
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@public
@require_POST
def start(request: WebRequest) -> HttpResponse:
    """A challenge for this browser."""
    try:
        started = trying.begin(request, "passkey")
    except Refused as refusal:
        return trying.refused(request, refusal)
    return browser.remember(request, go(request, reverse("account:passkey", args=[started.id])))


@public
@require_http_methods(["GET", "POST"])
def passkey(request: WebRequest, attempt: UUID) -> HttpResponse:
    """Let the browser ask for a passkey, and take its answer."""
    if request.method == "POST":
        view = trying.proceed(request, attempt, {"response": request.POST.get("response", "")})
        return trying.outcome(request, view) or trying.failed(request, view)
    known = browser.known(request)
    stand = queries.attempt(attempt, browser=known)
    if stand is None or stand.state != "open":
        return go(request, trying.chooser(stand) if stand is not None else reverse("account:login"))
    shown = queries.shown(attempt, browser=known, mobile=False, locale=get_language() or "en", now=request.visitor.now)
    return page(
        request, "web/account/passkey.html", attempt=stand, options=dict(shown.options), again=trying.chooser(stand)
    )
