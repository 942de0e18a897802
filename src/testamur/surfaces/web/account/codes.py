"""Logging in with a code by SMS (rows C28 to C30), and confirming with an authenticator app or a code on paper."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.tasks import send_code
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web.account import trying
from testamur.surfaces.web.account.browser import remember
from testamur.surfaces.web.account.entering import go, wanted
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


class ContactForm(forms.Form):
    """Where to look the person up."""

    contact = forms.CharField(
        label=_("E-mail address or mobile number"),
        help_text=_("The one that the school has. The code goes to the mobile number in the school's register."),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "inputmode": "email", "autocapitalize": "none"}),
    )


class CodeForm(forms.Form):
    """Six digits."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PaperForm(forms.Form):
    """A code on paper."""

    code = forms.CharField(
        label=_("Code on paper"),
        help_text=_("Ten letters and digits. Each code works once."),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )


@public
@require_http_methods(["GET", "POST"])
def ask(request: WebRequest) -> HttpResponse:
    """Ask for a code. The answer is the same for everybody."""
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            started = trying.begin(request, "sms", given=form.cleaned_data)
        except Refused as refusal:
            return trying.refused(request, refusal)
        send_code.enqueue(str(started.id))
        return remember(request, go(request, reverse("account:sms-code", args=[started.id])))
    return page(request, "web/account/sms.html", form=form, next=wanted(request), confirms=_confirms(request))


@public
@require_http_methods(["GET", "POST"])
def enter_code(request: WebRequest, attempt: UUID) -> HttpResponse:
    """Enter the code."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        view = trying.proceed(request, attempt, form.cleaned_data)
        leads = trying.outcome(request, view)
        if leads is not None:
            return leads
        if view.state != "open":
            return trying.failed(request, view)
        form.add_error("code", trying.sentence(view.hint))
    return page(request, "web/account/sms_code.html", form=form, attempt=attempt, status=422 if form.errors else 200)


@door("account.sessions")
@require_http_methods(["GET", "POST"])
def second(request: WebRequest, method: str) -> HttpResponse:
    """Confirm with an authenticator app or a code on paper; raises the level of a login by one factor."""
    form = (CodeForm if method == "totp" else PaperForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            started = trying.begin(request, method)
            view = trying.proceed(request, started.id, form.cleaned_data)
        except Refused as refusal:
            return trying.refused(request, refusal)
        leads = trying.outcome(request, view)
        if leads is not None:
            return remember(request, leads)
        form.add_error("code", trying.sentence(view.hint))
    return page(
        request,
        "web/account/second.html",
        form=form,
        method=method,
        next=wanted(request),
        status=422 if form.errors else 200,
    )


def _confirms(request: WebRequest) -> bool:
    return trying.CONFIRM in {request.POST.get("for"), request.GET.get("for")}
