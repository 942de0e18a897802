"""Signing with a certificate of one's own: choose it, sign here or elsewhere, hand in what was signed, go on later.

Everything works with files alone. With scripts the page talks to the agent on the signer's own computer, and only
this page may: its policy names that one address beside our own.
"""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import queries as people
from testamur.register.people.rules import Protection
from testamur.register.schools import queries as schools
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.staff.ceremonies import settle
from testamur.surfaces.web.staff.own import AnswerForm, CertificateForm, Given, back, first, mine, origin, show
from testamur.surfaces.web.staff.signers import role_name, signer
from testamur.trust.records import certified
from testamur.trust.signing import personal
from testamur.trust.signing.methods.certificate import certificates
from testamur.trust.signing.methods.certificate.requests import (
    RequestedDocument,
    SigningRequest,
    fingerprint,
    read_answer,
)

MOST_CERTIFICATES = 64 << 10
MOST_ANSWER = 64 << 20


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
            certified.choose(by=by, ceremony=ceremony, given=given, now=request.visitor.now)
        except personal.NotWaiting:
            return back(request, ceremony)
        except personal.AlreadySigning as refused:
            messages.error(request, refusals.sentence(refused))
            return back(request, ceremony)
        except Refused as refused:
            refusals.into(form, refused)
    return show(request, ceremony, Given(choosing=form)) if form.errors else back(request, ceremony)


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
    called = _called(by, {one.subject for one in waiting if one.subject is not None})
    found = SigningRequest(
        service=origin(),
        ceremony=ceremony,
        signer=view.signer_name,
        capacity=", ".join(part for part in (role_name(view.role), body.name if body else "") if part),
        certificate=fingerprint(chosen.certificates[0]),
        documents=tuple(
            RequestedDocument(one.record, f"{one.title}, {called.get(one.subject, one.code)}", one.to_be_signed)
            for one in waiting
        ),
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
        told = {"done": personal.done(ceremony), "count": view.count, "problem": first(form)}
        return JsonResponse(told, status=HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
    return show(request, ceremony, Given(answering=form)) if form.errors else back(request, ceremony)


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


def _called(by: Actor, pupils: set[UUID]) -> dict[UUID | None, str]:
    """Names that may stand in a file: of nobody whose identity is protected, whoever asks."""
    seen = people.people(by=by, ids=pupils, numbers=False) if pupils else {}
    return {key: one.name for key, one in seen.items() if not one.masked and one.protection is Protection.NONE}
