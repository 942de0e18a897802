"""Confirming a development plan: with a button, or with an e-ID where the school asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import queries as people
from testamur.register.people.rules import Protection
from testamur.register.schools import queries as schools
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.actions import Signing
from testamur.schoolday.learning.actions.development import to_sign
from testamur.schoolday.learning.actions.signing import signer
from testamur.schoolday.learning.paper import words
from testamur.surfaces.web import qr, refusals, trouble
from testamur.surfaces.web.account.browser import is_mobile
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.learning.development import PARTS
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.staff import browser
from testamur.surfaces.web.staff.signers import LOCALES, METHODS, Choice, choices, identity
from testamur.trust.signing import actions as signing
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.methods.contract import MethodRefused
from testamur.trust.signing.methods.simulated import NAME as SIMULATED
from testamur.trust.signing.queries import CeremonyView
from testamur.trust.signing.rules import FINAL, SignerIdentity, State


@door("learning.sign", Area.STAFF, Area.FAMILY)
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: WebRequest, version: UUID) -> HttpResponse:
    """What is confirmed, in what capacity, and how; a POST confirms it, or opens the ceremony of an e-ID."""
    by = request.visitor.actor
    found = to_sign(by=by, version=version)
    me = identity(by) if found.eid else None
    methods = choices(me.scheme, found.part.value) if me is not None else []
    if request.method != "POST":
        return _review(request, found, methods=methods, me=me)
    if not found.eid:
        actions.confirm_development(by=by, version=version, now=request.visitor.now)
        messages.success(request, _("You have confirmed the plan."))
        return SeeOther(_goal(request, found.version))
    method = request.POST.get("method", "")
    if me is None or method not in {one.name for one in methods}:
        return _review(request, found, methods=methods, me=me, problem=_("Choose the e-ID you want to sign with."))
    school = schools.units([found.school])[found.school]
    ceremony = actions.start_signature(
        by=by, version=version, identity=me, method=method, title=_title(request, found, school.country),
        locale=LOCALES.get(school.country, "en"), organisation=school.name, now=request.visitor.now,
    )  # fmt: skip
    if method != SIMULATED:
        _ask(request, found, ceremony)
    return SeeOther(reverse("learning:ceremony", args=[version, ceremony]))


@door("learning.home", Area.STAFF, Area.FAMILY)
@require_safe
def ceremony(request: WebRequest, version: UUID, ceremony: UUID) -> HttpResponse:
    """The ceremony's page; it loads itself anew until the e-ID has answered, with and without a script."""
    by, now = request.visitor.actor, request.visitor.now
    view = _mine(request, version, ceremony)
    problem = ""
    acting = signer(by, view.path)
    if view.state is State.PENDING:
        try:
            view = signing.collect(by=acting, ceremony=ceremony, now=now)
        except MethodRefused as refused:
            problem = browser.words(refused)
    if view.state is State.SIGNED:
        actions.settle_signature(by=by, version=version, ceremony=ceremony, now=now)
        messages.success(request, _("You have signed the plan."))
        return SeeOther(_goal(request, version))
    start = ceremonies.start_view(ceremony, by=by, now=now)
    message_id, said = ceremonies.message(view, locale=get_language() or "")
    return page(
        request,
        "web/learning/ceremony.html",
        version=version,
        ceremony=view,
        method=METHODS.get(view.method, view.method),
        over=view.state in FINAL,
        hands_on=view.method == SIMULATED,
        pending=view.state is State.PENDING,
        words=said,
        message_id=message_id,
        problem=problem,
        qr=qr.svg(start.qr, _("QR code for the app of your e-ID")) if start.qr else "",
        link=start.app_link if is_mobile(request) else start.desktop_link,
    )


@door("learning.sign", Area.STAFF, Area.FAMILY)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: WebRequest, version: UUID, ceremony: UUID) -> HttpResponse:
    """Sign with the simulated e-ID, ask the e-ID once more, or give up. A step-up leads back to the ceremony."""
    view = _mine(request, version, ceremony)
    acting, now = signer(request.visitor.actor, view.path), request.visitor.now
    what = request.POST.get("answer", "") if request.method == "POST" else ""
    if view.state in FINAL or not what:
        return SeeOther(reverse("learning:ceremony", args=[version, ceremony]))
    if what == "cancel":
        signing.cancel(by=acting, ceremony=ceremony, now=now)
    elif what in {"sign", "again"} and view.state is State.STARTED:
        try:
            signing.begin(by=acting, ceremony=ceremony, device=browser.device(request, None), now=now)
        except MethodRefused as refused:
            trouble.note(refused, now=now)
            messages.error(request, browser.words(refused))
    return SeeOther(reverse("learning:ceremony", args=[version, ceremony]))


def _review(
    request: WebRequest, found: Signing, *, methods: Sequence[Choice], me: SignerIdentity | None, problem: str = ""
) -> HttpResponse:
    return page(
        request,
        "web/learning/sign.html",
        status=422 if problem else 200,
        found=found,
        part=PARTS[found.part],
        methods=methods,
        me=me,
        problem=problem,
        back=_goal(request, found.version),
    )


def _ask(request: WebRequest, found: Signing, ceremony: UUID) -> None:
    """Ask the e-ID to begin; when it says no, the ceremony stays as it is and its page tells why."""
    acting = signer(request.visitor.actor, found.path)
    device = browser.device(request, None)
    try:
        signing.begin(by=acting, ceremony=ceremony, device=device, now=request.visitor.now)
    except MethodRefused as refused:
        trouble.note(refused, now=request.visitor.now)
        messages.error(request, browser.words(refused))
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))


def _mine(request: WebRequest, version: UUID, ceremony: UUID) -> CeremonyView:
    """The ceremony over that version, if the visitor is its signer. Raises NotFound."""
    view = ceremonies.ceremony(ceremony, by=request.visitor.actor)
    if view.signer != request.visitor.actor.id or not ceremonies.holds(ceremony, record=version):
        raise NotFound("There is no such ceremony.", ceremony=str(ceremony))
    return view


def _title(request: WebRequest, found: Signing, country: str) -> str:
    """The line that the signer reads: the document, and whose it is; a protected name goes to no maker of e-IDs."""
    pupil = people.people(by=request.visitor.actor, ids=[found.pupil], numbers=False)[found.pupil]
    name = pupil.name if pupil.protection is Protection.NONE else ""
    return ", ".join(filter(None, (words(country).title, name, str(found.number))))


def _goal(request: WebRequest, version: UUID) -> str:
    """The plan's page, as the role that is worn has it."""
    pupil, found = queries.versions_by_id([version])[version]
    if request.visitor.hat is not None and Area.FAMILY in request.visitor.hat.areas:
        return reverse("learning:child_plan", args=[pupil, version])
    return reverse("learning:development", args=[found.development])
