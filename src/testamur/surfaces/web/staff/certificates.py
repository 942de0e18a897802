"""Signing with a certificate of one's own: choose it, sign here or elsewhere, hand in what was signed, go on later.

Everything works with files alone. With scripts the page talks to the agent on the signer's own computer, and only
this page may: its policy names that one address beside our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from cryptography import x509
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.proofs import chain
from testamur.register.schools import queries as schools
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.browser import remember
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.middleware import POLICY
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.staff import browser
from testamur.surfaces.web.staff.ceremonies import settle
from testamur.surfaces.web.staff.signers import METHODS, role_name, signer
from testamur.trust.records import certified
from testamur.trust.signing import personal
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.methods.certificate import certificates
from testamur.trust.signing.methods.certificate.requests import (
    RequestedDocument,
    SigningRequest,
    fingerprint,
    read_answer,
)
from testamur.trust.signing.queries import CeremonyView
from testamur.trust.signing.rules import CERTIFICATE, FINAL, PERSONAL, State

AGENT_PORT = 24826
MOST_CERTIFICATES = 64 << 10
MOST_ANSWER = 64 << 20


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
        label=gettext_lazy("Answer"),
        help_text=gettext_lazy("The file that was made when you signed the request."),
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """A certificate in words."""

    name: str
    issuer: str
    until: datetime


@require_GET
@door("staff.home", Area.STAFF)
def certificate(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """How far the ceremony has come, and what to do next."""
    return show(request, ceremony)


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def choose(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """Sign with the certificate in this file, or with those that the agent named."""
    by = signer(request.visitor)
    mine(by, ceremony)
    if request.method != "POST":
        return back(request, ceremony)
    form = CertificateForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["certificate"]
        try:
            if file.size > MOST_CERTIFICATES:
                raise certificates.CertificateUnreadable("The file is too large.", field="certificate")
            given = certificates.read(file.read())
            personal.offer(by=by, ceremony=ceremony, given=given, now=request.visitor.now)
        except personal.NotWaiting:
            return back(request, ceremony)
        except Refused as refused:
            refusals.into(form, refused)
    return show(request, ceremony, choosing=form) if form.errors else back(request, ceremony)


@require_GET
@door("staff.home", Area.STAFF)
def request_file(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """What is not signed yet, as the file that `testamur sign-request` and the agent take."""
    by = signer(request.visitor)
    view = mine(by, ceremony)
    chosen = personal.chosen(by=by, ceremony=ceremony)
    waiting = certified.to_sign(by=by, ceremony=ceremony)
    if chosen is None or not waiting:
        raise NotFound("There is nothing to sign.", ceremony=str(ceremony))
    body = schools.units([view.organisation]).get(view.organisation)
    found = SigningRequest(
        service=_origin(),
        ceremony=ceremony,
        signer=view.signer_name,
        capacity=", ".join(part for part in (role_name(view.role), body.name if body else "") if part),
        certificate=fingerprint(chosen.certificates[0]),
        documents=tuple(RequestedDocument(one.record, one.title, one.to_be_signed) for one in waiting),
    )
    answer = HttpResponse(found.written(), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="sign-{str(ceremony)[:8]}.json"'
    return answer


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def hand_in(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """Take in an answer: all of it or some; a page with scripts gets JSON with how many are signed."""
    by, now = signer(request.visitor), request.visitor.now
    view = mine(by, ceremony)
    if request.method != "POST":
        return back(request, ceremony)
    form = AnswerForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            if form.cleaned_data["answer"].size > MOST_ANSWER:
                raise certified.UnknownDocument("The file is too large.", field="answer")
            answer = read_answer(form.cleaned_data["answer"].read())
            if answer.ceremony != ceremony:
                raise certified.UnknownDocument("The answer is to another request.", field="answer")
            standing = certified.hand_in(by=by, ceremony=ceremony, signatures=answer.signatures, now=now)
            settle(by, standing.view, now)
            view = standing.view
        except personal.NotWaiting:
            pass  # it is over: the page tells how it ended
        except Refused as refused:
            refusals.into(form, refused)
    if request.headers.get("Accept") == "application/json":
        told = {"done": personal.done(ceremony), "count": view.count, "problem": _first(form)}
        return JsonResponse(told, status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    return show(request, ceremony, answering=form) if form.errors else back(request, ceremony)


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def other(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """Another certificate, as long as nothing is signed."""
    by = signer(request.visitor)
    mine(by, ceremony)
    if request.method == "POST":
        try:
            personal.withdraw(by=by, ceremony=ceremony)
        except Refused as refused:
            messages.error(request, refusals.sentence(refused))
    return back(request, ceremony)


def show(
    request: WebRequest, ceremony: UUID, *, choosing: forms.Form | None = None, answering: forms.Form | None = None
) -> HttpResponse:
    """The page of a ceremony with a certificate of one's own. One that is signed leads on to its progress."""
    by = signer(request.visitor)
    view = mine(by, ceremony)
    settle(by, view, request.visitor.now)
    if view.state in FINAL:
        goal = "staff:progress" if view.state == State.SIGNED else "staff:ceremony"
        return HttpResponseRedirect(reverse(goal, args=[ceremony]), status=303)
    chosen = personal.chosen(by=by, ceremony=ceremony)
    done = personal.done(ceremony)
    port = _port(request)
    answer = page(
        request,
        "web/staff/certificate.html",
        ceremony=view,
        method=METHODS.get(view.method, view.method),
        role=role_name(view.role),
        chosen=_holder(chosen.certificates[0]) if chosen else None,
        fingerprint=fingerprint(chosen.certificates[0]) if chosen else "",
        done=done,
        left=view.count - done,
        here=view.method == CERTIFICATE,
        choosing=choosing or CertificateForm(),
        answering=answering or AnswerForm(),
        port=port,
        service=_origin(),
        again=browser.review_address(request),
    )
    failed = any(form is not None and form.errors for form in (choosing, answering))
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if failed else HTTPStatus.OK
    if view.method == CERTIFICATE:
        answer["Content-Security-Policy"] = POLICY.replace(
            "connect-src 'self'", f"connect-src 'self' http://127.0.0.1:{port}"
        )
    return answer


def mine(by: Actor, ceremony: UUID) -> CeremonyView:
    """The ceremony, if the visitor is its signer and it is signed with a certificate. Raises NotFound."""
    view = ceremonies.ceremony(ceremony, by=by)
    if view.signer != by.id or view.method not in PERSONAL:
        raise NotFound("There is no such ceremony.", ceremony=str(ceremony))
    return view


def back(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """To the page of the ceremony."""
    return remember(request, HttpResponseRedirect(reverse("staff:certificate", args=[ceremony]), status=303))


def _holder(der: bytes) -> Holder:
    leaf = chain.load(der)
    names = leaf.issuer.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    issuer = str(names[0].value) if names else leaf.issuer.rfc4514_string()
    return Holder(chain.name_of(leaf), issuer, leaf.not_valid_after_utc)


def _first(form: forms.Form) -> str:
    return next((str(error) for errors in form.errors.values() for error in errors), "")


def _port(request: HttpRequest) -> int:
    text = request.GET.get("port", "")
    return int(text) if text.isascii() and text.isdigit() and 1024 <= int(text[:6]) <= 65535 else AGENT_PORT  # noqa: PLR2004 - ports


def _origin() -> str:
    """How a browser names this service."""
    found = urlsplit(settings.PUBLIC_URL)
    return f"{found.scheme}://{found.netloc}"
