"""The page of a ceremony with a certificate of one's own: what it shows, and the forms on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from cryptography import x509
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.proofs import chain
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.browser import remember
from testamur.surfaces.web.middleware import POLICY
from testamur.surfaces.web.pages import fragment
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.staff.ceremonies import lead, settle
from testamur.surfaces.web.staff.signers import METHODS, role_name, signer
from testamur.trust.records import remote
from testamur.trust.signing import personal
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.methods.certificate.csc.client import Factor
from testamur.trust.signing.methods.certificate.requests import fingerprint
from testamur.trust.signing.queries import CeremonyView
from testamur.trust.signing.rules import CERTIFICATE, FINAL, PERSONAL, State

AGENT_PORT = 24826
PORT = "agent_port"


class CertificateForm(forms.Form):
    """The signer's certificate, with those above it where the file has them."""

    certificate = forms.FileField(
        label=gettext_lazy("Your certificate"),
        help_text=gettext_lazy("A file that ends in .pem, .crt or .cer. Never a file with your key (.p12, .pfx)."),
        widget=forms.FileInput(attrs={"accept": ".pem,.crt,.cer,.der"}),
    )


class AnswerForm(forms.Form):
    """What was signed elsewhere."""

    answer = forms.FileField(
        label=gettext_lazy("Answer file"),
        help_text=gettext_lazy("The file that was made when you signed the request."),
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate in words."""

    name: str
    issuer: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Offered:
    """A key at the service, in words."""

    id: str
    holder: Holder


class FactorsForm(forms.Form):
    """What the service wants to know: a PIN, a code."""

    def __init__(self, factors: tuple[Factor, ...], *args: Any) -> None:
        """One field for each factor that is typed here."""
        super().__init__(*args)
        self.factors = factors
        for number, factor in enumerate(factors):
            if factor.typed:
                self.fields[f"value_{number}"] = _field(factor)

    def values(self) -> dict[str, str]:
        """What was typed, by factor; empty for those that are confirmed elsewhere."""
        return {one.id: self.cleaned_data.get(f"value_{n}", "") for n, one in enumerate(self.factors)}


@dataclass(frozen=True, slots=True)
class Given:
    """What a visitor has just done on the page and has to look at again."""

    choosing: forms.Form | None = None
    answering: forms.Form | None = None
    typing: FactorsForm | None = None
    offered: Sequence[Offered] = ()
    leads: str = ""

    @property
    def failed(self) -> bool:
        """Whether a form of it has errors."""
        return any(form is not None and form.errors for form in (self.choosing, self.answering, self.typing))


def show(request: WebRequest, ceremony: UUID, given: Given = Given()) -> HttpResponse:
    """The page. A ceremony that is signed leads on to its progress; at a service, each look signs some more."""
    by, now = signer(request.visitor), request.visitor.now
    view = mine(by, ceremony)
    here = view.method == CERTIFICATE
    service = {} if here or given.failed else _at_service(by, view, now)
    view = mine(by, ceremony)
    settle(by, view, now)
    if view.state in FINAL:
        goal = "staff:progress" if view.state == State.SIGNED else "staff:ceremony"
        return lead(request, reverse(goal, args=[ceremony]))
    chosen = personal.chosen(by=by, ceremony=ceremony)
    done, port = personal.done(ceremony), _port(request)
    answer = fragment(
        request,
        "web/staff/certificate.html",
        "live",
        ceremony=view,
        method=METHODS.get(view.method, view.method),
        role=role_name(view.role),
        chosen=holder(chosen.certificates[0]) if chosen else None,
        fingerprint=fingerprint(chosen.certificates[0]) if chosen else "",
        done=done,
        left=view.count - done,
        here=here,
        choosing=given.choosing or CertificateForm(),
        answering=given.answering or AnswerForm(),
        offered=given.offered,
        leads=given.leads,
        port=port,
        service_address=origin(),
        **{"typing": given.typing, **service},
    )
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if given.failed else HTTPStatus.OK
    if here:
        answer["Content-Security-Policy"] = POLICY.replace(
            "connect-src 'self'", f"connect-src 'self' http://127.0.0.1:{port}"
        )
    return answer


def _at_service(by: Actor, view: CeremonyView, now: datetime) -> dict[str, Any]:
    """Sign the next documents where that is authorised; else what the service wants to know before it goes on."""
    if view.state != State.PENDING:
        return {}
    problem = ""
    try:
        place = remote.advance(by=by, ceremony=view.id, now=now)
    except Refused as refused:
        problem, place = said(refused), remote.place(by=by, ceremony=view.id, now=now)
    told: dict[str, Any] = {"problem": problem, "running": bool(place.authorised or place.elsewhere)}
    told["elsewhere"] = place.elsewhere
    if place.credential and not told["running"] and place.standing.left:
        try:
            known = remote.credential_of(by=by, ceremony=view.id)
        except Refused as refused:
            told["problem"] = problem or said(refused)
        else:
            told |= {
                "typing": FactorsForm(known.factors),
                "redirects": known.redirects,
                "challenged": [one for one in known.factors if one.challenged],
                "part": min(known.most, place.standing.left),
            }
    return told


def said(refused: Refused) -> str:
    """A refusal in words."""
    return refusals.sentence(refused)


def mine(by: Actor, ceremony: UUID) -> CeremonyView:
    """The ceremony, if the visitor is its signer and it is signed with a certificate. Raises NotFound."""
    view = ceremonies.ceremony(ceremony, by=by)
    if view.signer != by.id or view.method not in PERSONAL:
        raise NotFound("There is no such ceremony.", ceremony=str(ceremony))
    return view


def back(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """To the page of the ceremony."""
    return remember(request, HttpResponseRedirect(reverse("staff:certificate", args=[ceremony]), status=303))


def holder(der: bytes) -> Holder:
    """A certificate in words."""
    leaf = chain.load(der)
    names = leaf.issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    issuer = str(names[0].value) if names else leaf.issuer.rfc4514_string()
    return Holder(chain.name_of(leaf), issuer, leaf.not_valid_after_utc)


def first(form: forms.Form) -> str:
    """The first error of a form, or nothing."""
    return next((str(error) for errors in form.errors.values() for error in errors), "")


def _port(request: HttpRequest) -> int:
    """Where the agent listens: as this browser was told last."""
    text = request.GET.get("port", "")
    if text.isascii() and text.isdigit() and 1024 <= int(text[:6]) <= 65535:  # noqa: PLR2004 - ports
        request.session[PORT] = int(text)
    return int(request.session.get(PORT, AGENT_PORT))


def origin() -> str:
    """How a browser names this service."""
    found = urlsplit(settings.PUBLIC_URL)
    return f"{found.scheme}://{found.netloc}"


def _field(factor: Factor) -> forms.CharField:
    known = {"PIN": _("PIN"), "OTP": _("Code")}
    secret = factor.kind == "Password"
    attrs = {"autocomplete": "off" if secret else "one-time-code", "size": "12"}
    if factor.numeric:
        attrs["inputmode"] = "numeric"
    widget = forms.PasswordInput(attrs=attrs) if secret else forms.TextInput(attrs=attrs)
    return forms.CharField(label=known.get(factor.id, factor.label), max_length=100, widget=widget)
