"""The learning platforms of a university: what they are told of us, and what the office enters of them."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.lms import actions, queries
from testamur.exchange.connectors.lms.rules import NewPlatform, NumberFrom
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.lti.launches import address
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

NUMBERS = {
    NumberFrom.SOURCEDID: gettext_lazy("the number from the student register (sourcedid, in Moodle idnumber)"),
    NumberFrom.EMAIL: gettext_lazy("the e-mail address"),
    NumberFrom.USER_ID: gettext_lazy("the platform's own user id"),
}


class PlatformForm(forms.Form):
    """A platform as it shows itself to tools."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    issuer = forms.CharField(label=gettext_lazy("Issuer (platform id)"), max_length=400)
    client_id = forms.CharField(label=gettext_lazy("Client id"), max_length=200)
    deployment_id = forms.CharField(
        label=gettext_lazy("Deployment id"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty: every deployment of that client."),
    )
    auth_url = forms.CharField(label=gettext_lazy("Authentication request URL"), max_length=400)
    token_url = forms.CharField(label=gettext_lazy("Access token URL"), max_length=400)
    jwks_url = forms.CharField(label=gettext_lazy("Public keyset URL"), max_length=400)
    number_from = forms.ChoiceField(
        label=gettext_lazy("Students are recognised by"),
        choices=[(one.value, text) for one, text in NUMBERS.items()],
        help_text=gettext_lazy("Choose an e-mail address only where students cannot change it in the platform."),
    )


@require_http_methods(["GET", "POST"])
@door("results.admin", Area.RESULTS)
def platforms(request: WebRequest) -> HttpResponse:
    """What is entered, and the form for another."""
    visitor = request.visitor
    path = visitor.hat.unit_path if visitor.hat is not None else "/"
    found = queries.platforms(by=visitor.actor, path=path)
    form = PlatformForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = {**form.cleaned_data, "number_from": NumberFrom(form.cleaned_data["number_from"])}
        try:
            actions.add_platform(by=visitor.actor, new=NewPlatform(path=path, **told), now=visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The learning platform is entered."))
            return redirect("lti:platforms")
    ours = [
        (_("Tool URL and redirect URI"), address("launch")),
        (_("Initiate login URL"), address("login")),
        (_("Public keyset URL"), address("keys")),
    ]
    lines = [{"one": one, "number": NUMBERS[one.number_from]} for one in found]
    return page(
        request, "web/lti/platforms.html", status=422 if form.errors else 200, form=form, lines=lines, ours=ours
    )


@require_POST
@door("results.admin", Area.RESULTS)
def end(request: WebRequest, platform: UUID) -> HttpResponse:
    """Use a platform no more."""
    actions.end_platform(by=request.visitor.actor, platform=platform, now=request.visitor.now)
    messages.success(request, _("The learning platform is used no more."))
    return redirect("lti:platforms")
