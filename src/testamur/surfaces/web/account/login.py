"""The login page: BankID first where it is set up, the others under other ways; in a demonstration a list of people."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from testamur.access.accounts import actions, queries
from testamur.access.accounts.rules import Level
from testamur.register.people import queries as people
from testamur.register.people.rules import Scheme
from testamur.surfaces.web.account import browser
from testamur.surfaces.web.account.entering import DOORKEEPER, enter, wanted
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page


class NumberForm(forms.Form):
    """Somebody's number, in a demonstration."""

    number = forms.CharField(label=_("Personal number"), max_length=40)


@public
def login(request: HttpRequest) -> HttpResponse:
    """Choose how to log in."""
    visitor = request.visitor  # type: ignore[attr-defined]  # set by VisitorMiddleware
    demo = settings.MODE == "demo"
    return page(
        request,
        "web/account/login.html",
        next=wanted(request),
        why=request.GET.get("why", ""),
        people=queries.demo_people(on=visitor.now.date()) if demo else (),
        form=NumberForm() if demo else None,
    )


@public
@require_POST
def demo(request: HttpRequest) -> HttpResponse:
    """Log in as an invented person."""
    if settings.MODE != "demo":
        raise Http404
    visitor = request.visitor  # type: ignore[attr-defined]
    person = _chosen(request, visitor.now.date())
    if person is None:
        return page(request, "web/account/unknown.html", status=403)
    id_ = actions.sign_in(
        by=DOORKEEPER,
        person=person,
        method="simulated",
        level=Level.HIGH,
        device=browser.device(request),
        network=browser.network(request),
        now=visitor.now,
    )
    return enter(request, id_, wanted(request))  # type: ignore[arg-type]


def _chosen(request: HttpRequest, on: object) -> UUID | None:
    if request.POST.get("person"):
        try:
            return UUID(request.POST["person"])
        except ValueError:
            return None
    text = request.POST.get("number", "")
    for scheme in Scheme:
        if scheme is not Scheme.LOCAL:
            found = people.holder_of_identifier(scheme=scheme, value=text, on=on)  # type: ignore[arg-type]
            if found is not None:
                return found
    return None
