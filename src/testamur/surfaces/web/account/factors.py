"""Ways to log in that a person sets up: passkeys, an authenticator app, codes on paper."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts import actions, queries
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web import qr, refusals
from testamur.surfaces.web.account import browser
from testamur.surfaces.web.account.codes import CodeForm
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

STATE = "passkey"
"""Key of the session under which the challenge stands while a passkey is being made."""


class PasskeyForm(forms.Form):
    """What the browser brings."""

    name = forms.CharField(
        label=gettext_lazy("Name of this passkey"),
        help_text=gettext_lazy("So that you know it again, for example the name of the telephone."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    response = forms.CharField(widget=forms.HiddenInput, max_length=20_000)


class TotpForm(CodeForm):
    """The first code of an app, with the secret that it was given."""

    sealed = forms.CharField(widget=forms.HiddenInput, max_length=400)


@door("account.methods")
@require_GET
def overview(request: WebRequest) -> HttpResponse:
    """What is set up."""
    return page(request, "web/account/methods.html", factors=queries.factors(by=request.visitor.actor))


@door("account.methods")
@require_http_methods(["GET", "POST"])
def add_passkey(request: WebRequest) -> HttpResponse:
    """Make a passkey on this device and keep it."""
    visitor = request.visitor
    origin = f"{request.scheme}://{request.get_host()}"
    form = PasskeyForm(request.POST or None, initial={"name": browser.device(request)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_passkey(
                by=visitor.actor,
                origin=origin,
                state=request.session.pop(STATE, {}),
                now=visitor.now,
                **form.cleaned_data,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The passkey is kept. You can log in with it from now on."))
            return SeeOther(reverse("account:methods"))
    options, state = queries.passkey_options(by=visitor.actor, origin=origin, name=visitor.name)
    request.session[STATE] = state
    return page(request, "web/account/add_passkey.html", form=form, options=options, status=422 if form.errors else 200)


@door("account.methods")
@require_POST
def remove_passkey(request: WebRequest, passkey: UUID) -> HttpResponse:
    """Forget a passkey."""
    actions.remove_passkey(by=request.visitor.actor, passkey=passkey, now=request.visitor.now)
    messages.success(request, _("The passkey is forgotten. Delete it on your device too."))
    return SeeOther(reverse("account:methods"))


@door("account.methods")
@require_http_methods(["GET", "POST"])
def add_totp(request: WebRequest) -> HttpResponse:
    """Set up an authenticator app; its codes on paper are shown once."""
    visitor = request.visitor
    form = TotpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = actions.add_totp(by=visitor.actor, now=visitor.now, **form.cleaned_data)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            return page(request, "web/account/paper_codes.html", codes=codes)
    sealed, secret, address = queries.totp_offer(by=visitor.actor, name=visitor.name)
    again = TotpForm(initial={"sealed": sealed})
    return page(
        request,
        "web/account/add_totp.html",
        form=again,
        faults=form.errors.get("code", ()) if request.method == "POST" else (),
        secret=" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        code=qr.svg(address, _("QR code for the authenticator app")),
        status=422 if request.method == "POST" else 200,
    )


@door("account.methods")
@require_POST
def remove_totp(request: WebRequest) -> HttpResponse:
    """Forget the authenticator app."""
    actions.remove_totp(by=request.visitor.actor, now=request.visitor.now)
    messages.success(request, _("The authenticator app is forgotten, and the codes on paper are void."))
    return SeeOther(reverse("account:methods"))


@door("account.methods")
@require_POST
def renew_codes(request: WebRequest) -> HttpResponse:
    """New codes on paper."""
    codes = actions.renew_recovery_codes(by=request.visitor.actor, now=request.visitor.now)
    return page(request, "web/account/paper_codes.html", codes=codes)
