"""The administrator mode: more powers for the rest of a login, off at each new one (row B43)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.access.accounts import actions
from testamur.access.accounts.rules import Area, NoAdminMode, has_admin_mode
from testamur.kernel.base.refused import NotAllowed
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@require_http_methods(["GET", "POST"])
@door("results.admin", Area.RESULTS)
def admin_mode(request: WebRequest) -> HttpResponse:
    """What it lets one do, and the switch."""
    visitor = request.visitor
    if visitor.login is None or visitor.hat is None or not has_admin_mode(visitor.hat):
        raise NotAllowed("This role has no administrator mode.")
    if request.method == "POST" and request.POST.get("on") in {"1", "0"}:
        on = request.POST["on"] == "1"
        try:
            actions.set_admin_mode(by=visitor.actor, login=visitor.login.id, on=on, now=visitor.now)
        except NoAdminMode:  # the post ended between two looks
            raise NotAllowed("This role has no administrator mode.") from None
        messages.success(
            request,
            _("Administrator mode is on until you switch it off, change role or log out.")
            if on
            else _("Administrator mode is off."),
        )
        return redirect("results:office")
    return page(request, "web/results/office/admin_mode.html", on=visitor.login.admin_at is not None)
