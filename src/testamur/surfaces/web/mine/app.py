"""Access for the app, ticked in the web profile, and the devices that are connected (row C15); how to install it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts import actions, queries
from testamur.access.accounts.rules import Area
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.app.keys import COOKIE
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@door("mine.app", Area.FAMILY)
@require_http_methods(["GET", "POST"])
def app(request: WebRequest) -> HttpResponse:
    """The tick, and the devices. Taking the tick away ends them all."""
    visitor = request.visitor
    if request.method == "POST":
        if request.POST.get("on") == "1":
            actions.allow_app(by=visitor.actor, now=visitor.now)
            messages.success(request, _("The app is allowed. Connect the devices on which you want it."))
        else:
            actions.forbid_app(by=visitor.actor, now=visitor.now)
            messages.success(request, _("The app is not allowed any more, and every device is disconnected."))
        return SeeOther(reverse("mine:app"))
    return page(
        request,
        "web/mine/app.html",
        allowed=queries.app_allowed(by=visitor.actor),
        devices=queries.app_devices(by=visitor.actor, now=visitor.now),
        passkeys=queries.factors(by=visitor.actor).passkeys,
    )


@door("mine.app", Area.FAMILY)
@require_POST
def end(request: WebRequest, device: UUID) -> HttpResponse:
    """Disconnect a device."""
    actions.end_app(by=request.visitor.actor, device=device, now=request.visitor.now)
    messages.success(request, _("The device is disconnected."))
    return SeeOther(reverse("mine:app"))


@public
@require_GET
def install(request: HttpRequest) -> HttpResponse:
    """How the product becomes an app of a telephone or computer."""
    return page(request, "web/mine/install.html", connected=bool(request.COOKIES.get(COOKIE)))
