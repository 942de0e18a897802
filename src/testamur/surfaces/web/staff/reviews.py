"""Before the e-ID is asked: exactly what will be signed, how many, for whom, in which role, and by which e-ID."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.schoolday.reporting.rules.documents import SignedWithList
from testamur.surfaces.web import refusals, trouble
from testamur.surfaces.web.account.browser import remember
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.sightings import note
from testamur.surfaces.web.staff import browser
from testamur.surfaces.web.staff.signers import LOCALES, choices, identity, role_name, signer
from testamur.surfaces.web.staff.waiting import Step, choice_of, chosen, look, must_be_apart, steps
from testamur.trust.records import actions as records
from testamur.trust.signing import actions as signing
from testamur.trust.signing.actions import TooManyAtOnce
from testamur.trust.signing.codes import NoPhone
from testamur.trust.signing.methods.contract import MethodRefused
from testamur.trust.signing.methods.simulated import NAME as SIMULATED
from testamur.trust.signing.rules import PERSONAL, DocumentToSign, visible_text

SHOWN = 30
"""So many names of pupils are listed on the page; the rest can be opened one by one from the list."""


@dataclass(frozen=True, slots=True)
class Told:
    """A step as the page shows it."""

    step: Step
    organisation: str
    role: str
    text: str


@require_GET
@door("staff.sign", Area.STAFF)
def review(request: WebRequest) -> HttpResponse:
    """What the choice in the address comes to. Choosing changes nothing; it can be left and come back to."""
    visitor = request.visitor
    by = signer(visitor)
    waiting = look(by=by, query=request.GET)
    try:
        must_be_apart(waiting, request.GET)
    except SignedWithList as refused:
        return apart(request, refused)
    rows = chosen(waiting, request.GET)
    if not rows:
        messages.warning(request, _("Choose at least one document first."))
        return HttpResponseRedirect(reverse("staff:home"), status=303)
    found = [_told(step) for step in steps(rows)]
    me = identity(by)
    methods = choices(me.scheme, found[0].step.role, documents=True) if me else []
    browser.keep_choice(request, choice_of(request.GET))
    shown = rows if len(rows) <= SHOWN else []
    note(visitor, by, waiting.protected(shown), "staff.review")
    return page(
        request,
        "web/staff/review.html",
        steps=found,
        first=found[0],
        count=len(rows),
        rows=shown,
        me=me,
        methods=methods,
        other_device=any(not choice.hands_on for choice in methods),
        choice=choice_of(request.GET),
    )


def _told(step: Step) -> Told:
    bodies = schools.units([step.organisation])
    body = bodies[step.organisation]
    documents = [
        DocumentToSign(
            record=d.record, h0="", size=d.size, title=d.title, order=d.order, group=f"{d.title}, {d.period}"
        )
        for d in step.documents
    ]
    text = visible_text(
        documents=documents,
        role=step.role,
        root="",
        locale=LOCALES.get(body.country, "en"),
        organisation_name=body.name,
    )
    return Told(step, body.name, role_name(step.role), text.rpartition("\n")[0].rstrip())


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def start(request: WebRequest) -> HttpResponse:
    """Open the ceremony of the first step and ask the e-ID. After a step-up the way leads back to the review."""
    if request.method != "POST":
        return HttpResponseRedirect(browser.review_address(request), status=303)
    visitor = request.visitor
    by = signer(visitor)
    query = browser.query_of(request.POST.get("choice", ""))
    waiting = look(by=by, query=query)
    try:
        must_be_apart(waiting, query)
    except SignedWithList as refused:
        return apart(request, refused)
    found = steps(chosen(waiting, query))
    step = next((one for one in found if one.key == request.POST.get("step")), None)
    me = identity(by)
    method = request.POST.get("method", "")
    if step is None or me is None:
        messages.warning(request, _("These documents no longer wait for you. Nothing was signed."))
        return HttpResponseRedirect(reverse("staff:home"), status=303)
    if method not in {choice.name for choice in choices(me.scheme, step.role, documents=True)}:
        messages.warning(request, _("Choose the e-ID you want to sign with."))
        return HttpResponseRedirect(browser.review_address(request), status=303)
    body = schools.units([step.organisation])[step.organisation]
    try:
        ceremony = records.start_ceremony(
            by=by,
            path=step.path,
            organisation=body.id,
            organisation_name=body.name,
            signer=me,
            role=step.role,
            method=method,
            records=[d.record for d in step.documents],
            locale=LOCALES.get(body.country, "en"),
            now=visitor.now,
        )
    except (NoPhone, TooManyAtOnce) as refused:
        messages.error(request, refusals.sentence(refused))
        return HttpResponseRedirect(browser.review_address(request), status=303)
    browser.keep_ceremony(request, ceremony, choice_of(query), further=len(found) > 1)
    if method not in {SIMULATED, *PERSONAL}:
        ask(request, by, ceremony, here=request.POST.get("where") == "here")
    return remember(request, HttpResponseRedirect(reverse("staff:ceremony", args=[ceremony]), status=303))


def apart(request: WebRequest, refused: SignedWithList) -> HttpResponse:
    """Back to all that waits, where each list has its line: documents of a list are signed with it."""
    messages.error(request, refusals.sentence(refused))
    return HttpResponseRedirect(reverse("staff:home"), status=303)


def ask(request: WebRequest, by: Actor, ceremony: UUID, *, here: bool) -> None:
    """Ask the e-ID to begin; when it says no, the ceremony stays as it is and the page tells why."""
    device = browser.device(request, ceremony if here else None)
    try:
        signing.begin(by=by, ceremony=ceremony, device=device, now=request.visitor.now)
    except MethodRefused as refused:
        trouble.note(refused, now=request.visitor.now)
        messages.error(request, browser.words(refused))
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
