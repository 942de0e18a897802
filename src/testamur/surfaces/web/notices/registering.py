"""Registering with a pupil code on the web (rows E18 to E20, E33, E35): code and address, then the code sent there.

What is said is the same for right and wrong codes; of the pupil nothing is shown.
"""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from testamur.exchange.notifications import actions
from testamur.exchange.notifications.rules.registrations import Route
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.codes import CodeForm
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.public.enquiries import network
from testamur.surfaces.web.requests import WebRequest


class RegisterForm(forms.Form):
    """A pupil code, an address, a name for the school."""

    code = forms.CharField(
        label=_("Pupil code"),
        help_text=_("Ten letters and digits from the label that the school gave you."),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    contact = forms.CharField(
        label=_("E-mail address or mobile number"),
        help_text=_("Messages will go there. A number abroad begins with + and the country code."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
    )
    name = forms.CharField(
        label=_("Your name"),
        help_text=_("Only the school sees it, to know who you are."),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    replace = forms.BooleanField(label=_("I have a new address: the old one is no longer used"), required=False)


@public
@require_http_methods(["GET", "POST"])
def register(request: WebRequest) -> HttpResponse:
    """Ask to be told."""
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.open_registration(
                by=request.visitor.actor,
                code=said["code"],
                contact=said["contact"],
                route=Route.WEB,
                name=said["name"],
                replace=said["replace"],
                locale=request.LANGUAGE_CODE or "en",
                network=network(request),
                now=request.visitor.now,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            return SeeOther(reverse("notices:prove", args=[made]))
    return page(request, "web/notices/register.html", form=form, status=422 if form.errors else 200)


@public
@require_http_methods(["GET", "POST"])
def prove(request: WebRequest, attempt: UUID) -> HttpResponse:
    """The code that came to the address, if the pupil code was right."""
    form = CodeForm(request.POST or None)
    state = ""
    if request.method == "POST" and form.is_valid():
        try:
            state = actions.prove_registration(
                by=request.visitor.actor, registration=attempt, code=form.cleaned_data["code"], now=request.visitor.now
            ).value
        except Refused as refused:
            refusals.into(form, refused)
    return page(request, "web/notices/code.html", form=form, own=False, state=state, status=422 if form.errors else 200)
