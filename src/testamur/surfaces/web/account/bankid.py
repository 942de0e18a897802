"""Logging in with BankID: on this device by a link, on another one by a QR code that is new each second."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts import actions, queries
from testamur.access.accounts.methods.contract import MethodRefused
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web import qr, trouble
from testamur.surfaces.web.account import browser, trying
from testamur.surfaces.web.account.entering import DOORKEEPER, go
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import fragment, page
from testamur.surfaces.web.requests import WebRequest
from testamur.trust.signing.methods.bankid import messages

TEMPLATE = "web/account/bankid.html"


@public
@require_POST
def start(request: WebRequest) -> HttpResponse:
    """Start an order; ``where=here`` when the app is on this device."""
    here = request.POST.get("where") == "here"
    attempt_address = reverse("account:bankid-return", args=[UUID(int=0)]).replace(str(UUID(int=0)), "{attempt}")
    back = f"{request.scheme}://{request.get_host()}{attempt_address}?nonce={{nonce}}"
    try:
        started = trying.begin(request, "bankid", same_device=here, back=back)
    except MethodRefused as refusal:
        return _not_started(request, refusal)
    except Refused as refusal:
        return trying.refused(request, refusal)
    return browser.remember(request, go(request, reverse("account:bankid", args=[started.id])))


@public
@require_GET
def order(request: WebRequest, attempt: UUID) -> HttpResponse:
    """The page of an order, and (by HTMX, each second) the part of it that moves."""
    view = trying.proceed(request, attempt)
    leads = trying.outcome(request, view)
    if leads is not None:
        return leads
    locale = get_language() or "en"
    shown = queries.shown(
        attempt,
        browser=browser.known(request),
        mobile=browser.is_mobile(request),
        locale=locale,
        now=request.visitor.now,
    )
    return fragment(
        request,
        TEMPLATE,
        "live",
        attempt=view,
        shown=shown,
        open=view.state == "open",
        over=view.state in {"failed", "done"},
        code=qr.svg(shown.qr, _("QR code for the BankID app")) if shown.qr and not view.same_device else "",
        link=shown.app_link if browser.is_mobile(request) else shown.desktop_link,
        again=trying.chooser(view),
        confirms=view.purpose == "confirm",
    )


@public
@require_GET
def back(request: WebRequest, attempt: UUID) -> HttpResponse:
    """The app brings a browser back: only the one that began goes on."""
    ours = actions.came_back(
        by=DOORKEEPER,
        attempt=attempt,
        browser=browser.known(request),
        nonce=request.GET.get("nonce", ""),
        now=request.visitor.now,
    )
    if not ours:
        return page(request, "web/account/other_browser.html", status=403)
    return go(request, reverse("account:bankid", args=[attempt]))


@public
@require_POST
def cancel(request: WebRequest, attempt: UUID) -> HttpResponse:
    """Give up the order."""
    actions.cancel(by=DOORKEEPER, attempt=attempt, browser=browser.known(request), now=request.visitor.now)
    return go(request, reverse("account:bankid", args=[attempt]))


def _not_started(request: WebRequest, refusal: MethodRefused) -> HttpResponse:
    """BankID would not begin: its own message, and the way to try again."""
    trouble.note(refusal, now=request.visitor.now)
    locale = get_language() or "en"
    message_id = refusal.message_id if refusal.message_id in messages.TEXTS else "RFA22"
    return page(
        request,
        "web/account/bankid_down.html",
        status=503,
        text=messages.text(message_id, locale),
        message_id=message_id,
        official=messages.speaks(locale),
    )
