"""A ceremony in the browser: the moving QR code, the e-ID's own words, the way back from its app, the end."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.reporting.queries import belonging
from testamur.surfaces.web import qr, refusals
from testamur.surfaces.web.account.browser import is_mobile, remember
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import error_page, fragment, page
from testamur.surfaces.web.proxies import address
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.staff import browser
from testamur.surfaces.web.staff.reviews import ask
from testamur.surfaces.web.staff.signers import METHODS, role_name, signer
from testamur.trust.records import steps
from testamur.trust.signing import actions as signing
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.codes import NoCodeAwaited
from testamur.trust.signing.methods.contract import Device, MethodRefused
from testamur.trust.signing.methods.simulated import NAME as SIMULATED
from testamur.trust.signing.queries import CeremonyView
from testamur.trust.signing.rules import FINAL, PERSONAL, State
from testamur.trust.signing.texts import check_number


class CodeForm(forms.Form):
    """Five digits, as the text message has them."""

    code = forms.CharField(
        label=gettext_lazy("Code from the text message"),
        help_text=gettext_lazy("Five digits."),
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autocapitalize": "none",
                "autofocus": True,
                "size": 8,
            }
        ),
    )


@require_GET
@door("staff.home", Area.STAFF)
def ceremony(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """The page of a ceremony; asked again each second it is its own live part, and the e-ID is asked at its pace.

    Without JavaScript the browser reloads it. A ceremony that is signed leads on to its progress, or back to its list.
    """
    return _page(request, ceremony, CodeForm())


def _page(request: WebRequest, ceremony: UUID, form: forms.Form) -> HttpResponse:
    by = signer(request.visitor)
    view, problem = _asked(by, _mine(by, ceremony), request.visitor.now)
    if view.state == State.SIGNED:
        return lead(request, _goal(by, ceremony))
    if view.method in PERSONAL and view.state not in FINAL:
        return lead(request, reverse("staff:certificate", args=[ceremony]))
    start = ceremonies.start_view(ceremony, by=by, now=request.visitor.now)
    message_id, words = ceremonies.message(view, locale=get_language() or "")
    over = view.state in FINAL
    answer = fragment(
        request,
        "web/staff/ceremony.html",
        "live",
        ceremony=view,
        method=METHODS.get(view.method, view.method),
        role=role_name(view.role),
        over=over,
        asked=view.state == State.PENDING and start.code is None,
        code=start.code,
        check=check_number(view.root),
        form=form,
        hands_on=view.method == SIMULATED,
        message_id=message_id if view.method != SIMULATED else "",
        words=words,
        problem=problem,
        qr=qr.svg(start.qr, _("QR code for the app of your e-ID")) if start.qr else "",
        link=start.app_link if is_mobile(request) else start.desktop_link,
        again=browser.review_address(request),
    )
    answer.status_code = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors and not over else answer.status_code
    return answer


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def confirm(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """The signer has typed the code of the text message. A step-up leads back to the page."""
    by, now = signer(request.visitor), request.visitor.now
    _mine(by, ceremony)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            settle(by, signing.confirm(by=by, ceremony=ceremony, code=form.cleaned_data["code"], now=now), now)
        except NoCodeAwaited:
            pass  # used, over, or never asked for: the page tells how it stands
        except Refused as refused:
            refusals.into(form, refused)
    if form.errors:
        return _page(request, ceremony, form)
    return remember(request, HttpResponseRedirect(reverse("staff:ceremony", args=[ceremony]), status=303))


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def begin(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """Ask the e-ID once more, when it could not be reached the first time. A step-up leads back to the page."""
    by = signer(request.visitor)
    view = _mine(by, ceremony)
    if request.method == "POST" and view.state == State.STARTED and view.method != SIMULATED:
        ask(request, by, ceremony, here=request.POST.get("where") == "here")
    return remember(request, HttpResponseRedirect(reverse("staff:ceremony", args=[ceremony]), status=303))


@require_POST
@door("staff.home", Area.STAFF)
def cancel(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """Withdraw. What the signature has reached already counts; else the documents wait again."""
    by = signer(request.visitor)
    _mine(by, ceremony)
    view = signing.cancel(by=by, ceremony=ceremony, now=request.visitor.now)
    settle(by, view, request.visitor.now)
    if view.state == State.SIGNED:
        return HttpResponseRedirect(_goal(by, ceremony), status=303)
    messages.info(request, _("Nothing was signed. The documents wait for you again."))
    again = "again" in request.POST  # a new code is a new signature: the former code is dead at once
    return HttpResponseRedirect(browser.review_address(request) if again else reverse("staff:home"), status=303)


@require_GET
@door("staff.home", Area.STAFF)
def back(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """The e-ID's app has returned to a browser: it must be the one that began, and bring the ceremony's own nonce."""
    by = signer(request.visitor)
    _mine(by, ceremony)
    nonce = request.GET.get("nonce", "")
    if not browser.began(request, ceremony) or not ceremonies.came_back(ceremony, by=by, nonce=nonce):
        return error_page(
            request,
            409,
            _("This signature was begun in another browser. Go back to that browser to go on; nothing is lost."),
        )
    return HttpResponseRedirect(reverse("staff:ceremony", args=[ceremony]), status=303)


@require_GET
@door("staff.home", Area.STAFF)
def app(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """The page that stands for the app of the simulated e-ID: what is to be signed, and two buttons."""
    view = _simulated(signer(request.visitor), ceremony)
    return page(request, "web/staff/app.html", ceremony=view, over=view.state in FINAL)


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def answer(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """The signer has pressed a button of the simulated app. A step-up leads back to the page."""
    by, now = signer(request.visitor), request.visitor.now
    view = _simulated(by, ceremony)
    if request.method != "POST" or view.state in FINAL:
        return HttpResponseRedirect(reverse("staff:ceremony", args=[ceremony]), status=303)
    if request.POST.get("answer") == "sign":
        signing.begin(by=by, ceremony=ceremony, device=Device(ip=address(request)), now=now)
        view = signing.collect(by=by, ceremony=ceremony, now=now)
    else:
        view = signing.cancel(by=by, ceremony=ceremony, now=now)
    settle(by, view, now)
    return HttpResponseRedirect(reverse("staff:ceremony", args=[ceremony]), status=303)


def _goal(by: Actor, ceremony: UUID) -> str:
    """Where a signature leads: the result list that was signed, or how far the documents have come."""
    one = belonging.list_in(by=by, ceremony=ceremony)
    return reverse("results:review", args=[one]) if one else reverse("staff:progress", args=[ceremony])


def settle(by: Actor, view: CeremonyView, now: datetime) -> None:
    """Carry the end of a ceremony over to its documents: signed, or waiting again. Doing it twice changes nothing."""
    if view.state in FINAL:
        steps.settle_one(by=by, ceremony=view.id, now=now)


def _asked(by: Actor, view: CeremonyView, now: datetime) -> tuple[CeremonyView, str]:
    """The ceremony after asking its e-ID, and what is wrong with the e-ID if it could not be asked."""
    problem = ""
    if view.state == State.PENDING:
        try:
            view = signing.collect(by=by, ceremony=view.id, now=now)
        except MethodRefused as refused:
            problem = browser.words(refused)
    settle(by, view, now)
    return view, problem


def _mine(by: Actor, ceremony: UUID) -> CeremonyView:
    """The ceremony, if the visitor is its signer. Raises NotFound."""
    view = ceremonies.ceremony(ceremony, by=by)
    if view.signer != by.id:
        raise NotFound("There is no such ceremony.", ceremony=str(ceremony))
    return view


def _simulated(by: Actor, ceremony: UUID) -> CeremonyView:
    view = _mine(by, ceremony)
    if view.method != SIMULATED:
        raise NotFound("There is no such ceremony.", ceremony=str(ceremony))
    return view


def lead(request: HttpRequest, address: str) -> HttpResponse:
    """On to another page, also from a part that is asked again each second."""
    if request.htmx:  # type: ignore[attr-defined]  # set by HtmxMiddleware
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)
