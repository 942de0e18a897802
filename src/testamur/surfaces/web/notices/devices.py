"""Browsers that get pushes (row C21), and the service worker that shows them."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.notifications import actions
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account import browser
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.requests import WebRequest

SCRIPTS = Path(__file__).resolve().parents[1] / "static" / "web"
WORKER = ("push-worker.js", "offline-worker.js")
"""The parts of the one program: a browser keeps one for all pages."""


class DeviceForm(forms.Form):
    """A push subscription as the browser made it."""

    endpoint = forms.CharField(max_length=1000)
    p256dh = forms.CharField(max_length=200)
    auth = forms.CharField(max_length=100)


@door("family.notices", Area.FAMILY)
@require_POST
def add(request: WebRequest) -> HttpResponse:
    """Send pushes to this browser."""
    form = DeviceForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This browser gave no address for pushes. Try again, or use another browser."))
        return SeeOther(reverse("notices:choices"))
    try:
        actions.add_device(
            by=request.visitor.actor,
            label=browser.device(request)[:80],
            locale=request.LANGUAGE_CODE or "en",
            now=request.visitor.now,
            **form.cleaned_data,
        )
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("This device gets pushes from now on. Choose for which child and what."))
    return SeeOther(reverse("notices:choices"))


@door("family.notices", Area.FAMILY)
@require_POST
def forget(request: WebRequest, device: UUID) -> HttpResponse:
    """No more pushes to that browser."""
    actions.forget_device(by=request.visitor.actor, device=device, now=request.visitor.now)
    messages.success(request, _("No more pushes go to that device."))
    return SeeOther(reverse("notices:choices"))


@public
@require_GET
def worker(_request: HttpRequest) -> HttpResponse:
    """The program that a browser keeps: shows pushes while no page is open, and kept pages without a connection."""
    program = b"\n".join((SCRIPTS / part).read_bytes() for part in WORKER)
    answer = HttpResponse(program, content_type="text/javascript; charset=utf-8")
    answer["Service-Worker-Allowed"] = "/"
    answer["Cache-Control"] = "no-cache"
    return answer
