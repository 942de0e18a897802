"""Signing a consent: what is signed, by which e-ID, and the ceremony in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.forms import actions, queries
from testamur.schoolday.forms.queries import FamilyLook
from testamur.schoolday.forms.rules import AnswerInvalid, FormView, SigningView, as_signer
from testamur.surfaces.web import proxies, qr, refusals, trouble
from testamur.surfaces.web.account import browser as seen
from testamur.surfaces.web.account.browser import is_mobile, remember
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.asking.words import answered
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import ChildPage, opened
from testamur.surfaces.web.pages import error_page, fragment, page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.staff import browser
from testamur.surfaces.web.staff.signers import METHODS, choices, identity
from testamur.trust.signing import actions as ceremonies_of
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.methods.contract import Device, MethodRefused
from testamur.trust.signing.methods.simulated import NAME as SIMULATED
from testamur.trust.signing.queries import CeremonyView
from testamur.trust.signing.rules import FINAL, State

ROLE = "guardian"


def prepare(
    request: WebRequest, child: UUID, look: FamilyLook, values: Mapping[str, Any], language: str
) -> HttpResponse:
    """Freeze what will be signed and lead to the review. What was begun before is over, unless it is signed already.

    Raises what the verbs refuse, and AnswerInvalid for somebody whom no e-ID could know.
    """
    visitor = request.visitor
    by, me = visitor.actor, identity(visitor.actor)
    if me is None:
        raise AnswerInvalid(_("The register has no number by which an e-ID could know you. Ask the school."))
    for one in queries.open_of(by=by, form=look.form.id, child=child):
        if one.ceremony is not None:
            view = ceremonies_of.cancel(by=as_signer(by, look.form.path), ceremony=one.ceremony, now=visitor.now)
            if view.state is State.SIGNED:
                actions.settle_signing(by=by, signing=one.id, now=visitor.now)
                return SeeOther(reverse("forms:answer", args=[child, look.form.id]))
    key = actions.ask_to_sign(
        by=by, form=look.form.id, child=child, values=values, signer=me, language=language, now=visitor.now
    )
    return SeeOther(reverse("forms:sign", args=[key]))


@require_http_methods(["GET", "POST"])
@door("forms.sign", Area.FAMILY)
def sign(request: WebRequest, signing: UUID) -> HttpResponse:
    """What will be signed, and by which e-ID; posted, the ceremony begins."""
    visitor = request.visitor
    one, form, child = _mine(request, signing)
    if one.over:
        return SeeOther(reverse("forms:answer", args=[one.child, form.id]))
    me = identity(visitor.actor)
    methods = choices(me.scheme, ROLE) if me is not None else []
    if request.method == "POST" and me is not None:
        method = request.POST.get("method", "")
        if method not in {choice.name for choice in methods}:
            messages.warning(request, _("Choose the e-ID you want to sign with."))
            return SeeOther(reverse("forms:sign", args=[signing]))
        try:
            ceremony = actions.start_signing(
                by=visitor.actor, signing=signing, signer=me, method=method, now=visitor.now
            )
        except Refused as refused:
            messages.error(request, refusals.sentence(refused))
            return SeeOther(reverse("forms:answer", args=[one.child, form.id]))
        browser.keep_ceremony(request, ceremony, "", further=False)
        if method != SIMULATED:
            _ask(request, form, signing, ceremony, here=request.POST.get("where") == "here")
        return remember(request, SeeOther(reverse("forms:ceremony", args=[signing])))
    language = one.language
    return page(
        request,
        "web/asking/sign.html",
        child=child,
        signing=one,
        found=form,
        title=form.content.title(language),
        text=form.content.text(language),
        answers=[
            (question.label(language), answered(question, one.values[question.key], language))
            for question in form.content.questions
            if question.key in one.values
        ],
        me=me,
        methods=methods,
        other_device=any(not choice.hands_on for choice in methods),
        children=child.children,
    )


@require_GET
@door("forms.home", Area.FAMILY)
def ceremony(request: WebRequest, signing: UUID) -> HttpResponse:
    """The page of a ceremony; asked again each second it is its own live part. A signed one leads back to the form."""
    visitor = request.visitor
    one, form, child = _mine(request, signing)
    if one.ceremony is None:
        return SeeOther(reverse("forms:sign", args=[signing]))
    acting = as_signer(visitor.actor, form.path)
    view, problem = _asked(request, acting, one)
    if view.state is State.SIGNED:
        messages.success(request, _("Your consent is signed. The school has it, and you have a receipt."))
        return _lead(request, reverse("forms:answer", args=[one.child, form.id]))
    start = ceremonies.start_view(view.id, by=acting, now=visitor.now)
    message_id, words = ceremonies.message(view, locale=get_language() or "")
    return fragment(
        request,
        "web/asking/ceremony.html",
        "live",
        child=child,
        signing=one,
        found=form,
        ceremony=view,
        method=METHODS.get(view.method, view.method),
        over=view.state in FINAL,
        asked=view.state is State.PENDING,
        hands_on=view.method == SIMULATED,
        message_id=message_id if view.method != SIMULATED else "",
        words=words,
        problem=problem,
        qr=qr.svg(start.qr, _("QR code for the app of your e-ID")) if start.qr else "",
        link=start.app_link if is_mobile(request) else start.desktop_link,
    )


@require_http_methods(["GET", "POST"])
@door("forms.sign", Area.FAMILY)
def begin(request: WebRequest, signing: UUID) -> HttpResponse:
    """Ask the e-ID once more, when it could not be reached the first time. A step-up leads back to the page."""
    one, form, _child = _mine(request, signing)
    if request.method == "POST" and one.ceremony is not None:
        view = ceremonies.ceremony(one.ceremony, by=request.visitor.actor)
        if view.state is State.STARTED and view.method != SIMULATED:
            _ask(request, form, signing, one.ceremony, here=request.POST.get("where") == "here")
    return remember(request, SeeOther(reverse("forms:ceremony", args=[signing])))


@require_POST
@door("forms.home", Area.FAMILY)
def cancel(request: WebRequest, signing: UUID) -> HttpResponse:
    """Withdraw from signing. What the signature has reached already counts."""
    visitor = request.visitor
    one, form, _child = _mine(request, signing)
    if one.ceremony is not None and not one.over:
        ceremonies_of.cancel(by=as_signer(visitor.actor, form.path), ceremony=one.ceremony, now=visitor.now)
        if actions.settle_signing(by=visitor.actor, signing=signing, now=visitor.now) is None:
            messages.info(request, _("Nothing was signed. Your consent is not given."))
    return SeeOther(reverse("forms:answer", args=[one.child, form.id]))


@require_GET
@door("forms.home", Area.FAMILY)
def back(request: WebRequest, signing: UUID) -> HttpResponse:
    """The e-ID's app has returned to a browser: it must be the one that began, and bring the ceremony's own nonce."""
    one, _form, _child = _mine(request, signing)
    nonce = request.GET.get("nonce", "")
    if one.ceremony is None or not (
        browser.began(request, one.ceremony)
        and ceremonies.came_back(one.ceremony, by=request.visitor.actor, nonce=nonce)
    ):
        return error_page(
            request,
            409,
            _("This signature was begun in another browser. Go back to that browser to go on; nothing is lost."),
        )
    return SeeOther(reverse("forms:ceremony", args=[signing]))


@require_GET
@door("forms.home", Area.FAMILY)
def app(request: WebRequest, signing: UUID) -> HttpResponse:
    """The page that stands for the app of the simulated e-ID: what is to be signed, and two buttons."""
    one, form, child = _mine(request, signing)
    view = _simulated(request.visitor.actor, one)
    return page(
        request, "web/asking/app.html", child=child, signing=one, found=form, ceremony=view, over=view.state in FINAL
    )


@require_http_methods(["GET", "POST"])
@door("forms.sign", Area.FAMILY)
def pressed(request: WebRequest, signing: UUID) -> HttpResponse:
    """The signer has pressed a button of the simulated app. A step-up leads back to the page."""
    visitor = request.visitor
    one, form, _child = _mine(request, signing)
    view = _simulated(visitor.actor, one)
    acting = as_signer(visitor.actor, form.path)
    if request.method == "POST" and view.state not in FINAL:
        if request.POST.get("answer") == "sign":
            device = Device(ip=proxies.address(request))
            ceremonies_of.begin(by=acting, ceremony=view.id, device=device, now=visitor.now)
            ceremonies_of.collect(by=acting, ceremony=view.id, now=visitor.now)
        else:
            ceremonies_of.cancel(by=acting, ceremony=view.id, now=visitor.now)
    return SeeOther(reverse("forms:ceremony", args=[signing]))


def _mine(request: WebRequest, signing: UUID) -> tuple[SigningView, FormView, ChildPage]:
    """The answer that waits for the visitor's signature, its form, and the child. Raises NotFound for every other."""
    one = queries.signing(signing, by=request.visitor.actor)
    child = opened(request.visitor, one.child, "forms")
    form = queries.form(one.form)
    if form is None:
        raise NotFound("There is no such form.", form=str(one.form))
    return one, form, child


def _asked(request: WebRequest, acting: Actor, one: SigningView) -> tuple[CeremonyView, str]:
    """The ceremony after asking its e-ID, and what is wrong with the e-ID if it could not be asked."""
    assert one.ceremony is not None
    view, problem = ceremonies.ceremony(one.ceremony, by=acting), ""
    if view.state is State.PENDING:
        try:
            view = ceremonies_of.collect(by=acting, ceremony=view.id, now=request.visitor.now)
        except MethodRefused as refused:
            problem = browser.words(refused)
    if view.state is State.SIGNED:
        actions.settle_signing(by=request.visitor.actor, signing=one.id, now=request.visitor.now)
    return view, problem


def _ask(request: WebRequest, form: FormView, signing: UUID, ceremony: UUID, *, here: bool) -> None:
    """Ask the e-ID to begin; when it says no, the ceremony stays as it is and the page tells why."""
    address = ""
    if here:
        back_to = request.build_absolute_uri(reverse("forms:back", args=[signing]))
        address = f"{back_to}?nonce={{nonce}}"
    device = Device(
        ip=proxies.address(request),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:255],
        domain=request.get_host().partition(":")[0],
        device_id=seen.mark(request),
        return_url=address,
    )
    try:
        ceremonies_of.begin(
            by=as_signer(request.visitor.actor, form.path), ceremony=ceremony, device=device, now=request.visitor.now
        )
    except MethodRefused as refused:
        trouble.note(refused, now=request.visitor.now)
        messages.error(request, browser.words(refused))
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))


def _simulated(by: Actor, one: SigningView) -> CeremonyView:
    view = ceremonies.ceremony(one.ceremony, by=by) if one.ceremony is not None else None
    if view is None or view.method != SIMULATED:
        raise NotFound("There is no such ceremony.", signing=str(one.id))
    return view


def _lead(request: WebRequest, address: str) -> HttpResponse:
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)
