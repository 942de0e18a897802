"""The page of a shared document, for a stranger with a link and a PIN. Nothing is told before the PIN is right."""

from __future__ import annotations

import hashlib
import json
from uuid import UUID

from django import forms
from django.core.validators import RegexValidator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from testamur.kernel.base.refused import NotFound
from testamur.kernel.proofs.report import Verdict
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.register.schools import queries as schools
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.files import attachment, record_stem
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.proxies import address
from testamur.surfaces.web.requests import WebRequest
from testamur.trust.records import actions, bundle
from testamur.trust.records.actions import OpenedShare, ShareRefused

OPENED = "opened"
"""Key of the session: digest of a token → the share that its PIN has opened in this browser."""
KEPT = 3


class PinForm(forms.Form):
    """The PIN that came with the link."""

    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("Six digits. Whoever gave you the link gave you the PIN too."),
        max_length=12,
        validators=[RegexValidator(r"^\s*\d{6}\s*$", _("The PIN has six digits."))],
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


@require_http_methods(["GET", "POST"])
@public
def open_(request: WebRequest, token: str) -> HttpResponse:
    """Ask for the PIN; then the document, what a check of it says, and the way to check it oneself."""
    if request.method == "POST":
        return _tried(request, token)
    share = _share(request, token)
    if share is None:
        return _asked(request, PinForm())
    try:
        opened = actions.fetch_shared(by=request.visitor.actor, share=share, now=request.visitor.now)
    except ShareRefused:
        return _asked(request, PinForm())
    units = schools.units([opened.unit])
    return _quiet(
        page(
            request,
            "web/family/shared.html",
            opened=opened,
            token=token,
            school=units[opened.unit].name if opened.unit in units else "",
            verdict=_verdict(opened, request),
        )
    )


@require_GET
@public
def original(request: WebRequest, token: str) -> HttpResponse:
    """The original, after the PIN."""
    share = _share(request, token)
    if share is None:
        return HttpResponseRedirect(reverse("shared:open", args=[token]), status=303)
    try:
        opened = actions.fetch_shared(by=request.visitor.actor, share=share, now=request.visitor.now)
    except ShareRefused:
        return HttpResponseRedirect(reverse("shared:open", args=[token]), status=303)
    if opened.fetched is None:
        raise NotFound("The document was declared void.")
    return _quiet(
        attachment(
            opened.fetched.pdf, f"{record_stem(opened.title, opened.period, opened.code)}.pdf", "application/pdf"
        )
    )


def _tried(request: WebRequest, token: str) -> HttpResponse:
    form = PinForm(request.POST)
    if form.is_valid():
        try:
            opened = actions.open_share(
                by=request.visitor.actor,
                token=token,
                pin=form.cleaned_data["pin"],
                network=address(request),
                now=request.visitor.now,
            )
        except ShareRefused as refused:
            refusals.into(form, refused)
        else:
            known = {**request.session.get(OPENED, {}), _digest(token): opened.share.hex}
            request.session[OPENED] = dict(list(known.items())[-KEPT:])
            return _quiet(HttpResponseRedirect(reverse("shared:open", args=[token]), status=303))
    return _asked(request, form)


def _asked(request: WebRequest, form: PinForm) -> HttpResponse:
    status = 422 if form.is_bound and form.errors else 200
    return _quiet(page(request, "web/family/pin.html", status=status, form=form))


def _share(request: WebRequest, token: str) -> UUID | None:
    found = request.session.get(OPENED, {}).get(_digest(token))
    return UUID(found) if found else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()[:20]


def _verdict(opened: OpenedShare, request: WebRequest) -> Verdict | None:
    """What `testamur verify` says of the very file, with the trust that this installation hands out."""
    if opened.fetched is None:
        return None
    now = request.visitor.now
    trust = parse_trust(json.dumps(bundle.current(now=now)).encode())
    return verify_file(opened.fetched.pdf, trust, f"{opened.code}.pdf", sidecar=opened.fetched.proof, at=now)


def _quiet(answer: HttpResponse) -> HttpResponse:
    """Neither a search engine nor another site learns of the link.

    Not ``no-referrer``: browsers then send the form with the origin ``null``, which is nobody's.
    """
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return answer
