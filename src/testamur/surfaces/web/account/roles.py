"""Choosing the role in which one acts (row C16)."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from testamur.access.accounts import actions
from testamur.access.accounts.rules import ConfirmAgain
from testamur.surfaces.web.account.entering import SeeOther, go, home, wanted, with_next
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@door("account.sessions")
@require_http_methods(["GET", "POST"])
def roles(request: WebRequest) -> HttpResponse:
    """Show the person's roles of today, and put on the one that is chosen."""
    visitor = request.visitor
    if request.method == "POST" and visitor.login is not None:
        key = request.POST.get("hat", "")
        try:
            actions.choose_hat(by=visitor.actor, login=visitor.login.id, hat=key, now=visitor.now)
        except ConfirmAgain:
            return go(request, with_next("account:confirm", with_next("account:roles", wanted(request), wish=key)))
        hat = next(h for h in visitor.hats if h.key == key)
        return SeeOther(wanted(request) or home(hat))
    return page(request, "web/account/roles.html", next=wanted(request), wish=request.GET.get("wish", ""))
