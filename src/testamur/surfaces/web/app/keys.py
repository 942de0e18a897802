"""Opening the app with the device's key, connecting a device, and leaving (rows C13, C15)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts import actions, queries
from testamur.access.accounts.rules import UNUSED, Area
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web import proxies, refusals
from testamur.surfaces.web.account import browser
from testamur.surfaces.web.account.entering import DOORKEEPER, SeeOther, enter, home, wanted
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

COOKIE = "testamur_app"
"""The device's key: sent to the app's own addresses alone, and out of reach of scripts."""
PATH = "/app/"


@public
@require_GET
def start(request: WebRequest) -> HttpResponse:
    """Where the installed app begins: in with the device's key, else what it takes to connect the device."""
    visitor, key = request.visitor, request.COOKIES.get(COOKIE, "")
    target = wanted(request)
    target = target if target.startswith(PATH) and target != PATH else reverse("app:home")
    if visitor.login is not None:
        return SeeOther(target if visitor.hat is None or Area.FAMILY in visitor.hat.areas else home(visitor.hat))
    if not key:
        return page(request, "web/app/start.html", ended=False)
    try:
        login = actions.open_app(by=DOORKEEPER, key=key, network=proxies.network(request), now=visitor.now)
    except Refused:
        answer = page(request, "web/app/start.html", ended=True)
        answer.delete_cookie(COOKIE, path=PATH)
        return answer
    return _keeping(enter(request, login, target), key)


@door("mine.app", Area.FAMILY)
@require_POST
def connect(request: WebRequest) -> HttpResponse:
    """Give this device a key."""
    visitor = request.visitor
    hat = visitor.hat.key if visitor.hat is not None else ""
    try:
        key = actions.connect_app(by=visitor.actor, hat=hat, name=browser.device(request), now=visitor.now)
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
        return SeeOther(reverse("mine:app"))
    messages.success(request, _("This device is connected. The app opens without a login from now on."))
    return _keeping(SeeOther(reverse("app:home")), key)


@door("app.home", Area.FAMILY)
@require_POST
def leave(request: WebRequest) -> HttpResponse:
    """This device has no app any more: its key dies, and the login that it opened."""
    visitor, key = request.visitor, request.COOKIES.get(COOKIE, "")
    mine = {one.id.hex: one.id for one in queries.app_devices(by=visitor.actor, now=visitor.now)}
    device = mine.get(key.partition(".")[0])
    if device is not None:
        actions.end_app(by=visitor.actor, device=device, now=visitor.now)
    request.session.flush()
    answer = SeeOther(reverse("account:login") + "?why=left")
    answer.delete_cookie(COOKIE, path=PATH)
    return answer


def _keeping(answer: HttpResponse, key: str) -> HttpResponse:
    """The answer, with which the browser keeps the key for as long again."""
    answer.set_cookie(
        COOKIE,
        key,
        max_age=int((UNUSED + timedelta(days=1)).total_seconds()),
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return answer
