"""One's own e-mail address and mobile number (row C20): given, and proved by a code."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.exchange.notifications import actions
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.codes import CodeForm
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


class AddressForm(forms.Form):
    """An address of one's own."""

    contact = forms.CharField(
        label=gettext_lazy("E-mail address or mobile number"),
        help_text=gettext_lazy("We send a code there. A number abroad begins with + and the country code."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
    )
    replace = forms.BooleanField(
        label=gettext_lazy("It takes the place of the old one"),
        required=False,
    )


@door("family.address", Area.FAMILY)
@require_http_methods(["GET", "POST"])
def add(request: WebRequest) -> HttpResponse:
    """Give an address."""
    form = AddressForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_own(
                by=request.visitor.actor,
                contact=form.cleaned_data["contact"],
                replace=form.cleaned_data["replace"],
                locale=request.LANGUAGE_CODE or "en",
                now=request.visitor.now,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            return SeeOther(reverse("notices:address_code", args=[made]))
    return page(request, "web/notices/address.html", form=form, status=422 if form.errors else 200)


@door("family.address", Area.FAMILY)
@require_http_methods(["GET", "POST"])
def prove(request: WebRequest, attempt: UUID) -> HttpResponse:
    """The code that came to the address."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.prove_registration(
                by=request.visitor.actor, registration=attempt, code=form.cleaned_data["code"], now=request.visitor.now
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The address is yours. Messages go there from now on."))
            return SeeOther(reverse("notices:choices"))
    return page(request, "web/notices/code.html", form=form, own=True, state="", status=422 if form.errors else 200)
