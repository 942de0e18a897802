"""Signing with a key at a signing service: choose the key, type PIN and code, watch it go on, go on later."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.staff.own import FactorsForm, Given, Offered, back, holder, mine, origin, said, show
from testamur.surfaces.web.staff.signers import signer
from testamur.trust.records import remote
from testamur.trust.signing.personal import NotWaiting
from testamur.trust.signing.queries import CeremonyView
from testamur.trust.signing.rules import CSC


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def find(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """The signer's keys at the service, to choose one."""
    by = signer(request.visitor)
    _mine(by, ceremony)
    if request.method != "POST":
        return back(request, ceremony)
    try:
        offered = remote.offered(by=by, ceremony=ceremony)
    except Refused as refused:
        _tell(request, refused)
        return back(request, ceremony)
    return show(request, ceremony, Given(offered=[Offered(one.id, holder(one.certificates[0])) for one in offered]))


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def choose(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """Sign with that key."""
    by = signer(request.visitor)
    _mine(by, ceremony)
    if request.method == "POST":
        try:
            remote.choose(
                by=by, ceremony=ceremony, credential=request.POST.get("credential", "")[:200], now=request.visitor.now
            )
        except Refused as refused:
            _tell(request, refused)
    return back(request, ceremony)


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def code(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """Have a code sent."""
    by = signer(request.visitor)
    _mine(by, ceremony)
    if request.method == "POST":
        try:
            asked = remote.send_code(by=by, ceremony=ceremony, factor=request.POST.get("factor", "")[:60])
        except Refused as refused:
            _tell(request, refused)
        else:
            messages.info(request, asked or _("The signing service has sent you a code."))
    return back(request, ceremony)


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def authorise(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """Let the service sign, with the PIN and code that were typed."""
    by, now = signer(request.visitor), request.visitor.now
    _mine(by, ceremony)
    if request.method != "POST":
        return back(request, ceremony)
    try:
        factors = remote.credential_of(by=by, ceremony=ceremony).factors
        form = FactorsForm(factors, request.POST)
        if not form.is_valid():
            return show(request, ceremony, Given(typing=form))
        remote.authorise(by=by, ceremony=ceremony, values=form.values(), now=now)
    except Refused as refused:
        _tell(request, refused)
    return back(request, ceremony)


@require_http_methods(["GET", "POST"])
@door("staff.sign", Area.STAFF)
def leave(request: WebRequest, ceremony: UUID) -> HttpResponse:
    """Ask the service where the signer authorises in its own pages; the page then has the link there.

    A link and no redirect: the page's policy lets a form lead nowhere but here.
    """
    by = signer(request.visitor)
    _mine(by, ceremony)
    if request.method != "POST":
        return back(request, ceremony)
    try:
        address = remote.leave(by=by, ceremony=ceremony, back=_back_address(), now=request.visitor.now)
    except Refused as refused:
        _tell(request, refused)
        return back(request, ceremony)
    return show(request, ceremony, Given(leads=address))


@require_GET
@door("staff.home", Area.STAFF)
def returned(request: WebRequest) -> HttpResponse:
    """The browser comes back from the service's pages, with a code or without."""
    by = signer(request.visitor)
    state, code = request.GET.get("state", "")[:200], request.GET.get("code", "")[:2000]
    ceremony = remote.ceremony_of(state)
    _mine(by, ceremony)
    try:
        remote.returned(by=by, state=state, code=code, back=_back_address(), now=request.visitor.now)
    except NotFound:
        raise
    except Refused as refused:
        _tell(request, refused)
    return back(request, ceremony)


def _back_address() -> str:
    """The one address that is registered with the service, whichever host the browser used."""
    return f"{origin()}{reverse('staff:service-returned')}"


def _mine(by: Actor, ceremony: UUID) -> CeremonyView:
    view = mine(by, ceremony)
    if view.method != CSC:
        raise NotFound("There is no such ceremony.", ceremony=str(ceremony))
    return view


def _tell(request: WebRequest, refused: Refused) -> None:
    if isinstance(refused, NotWaiting):
        return  # it is over: the page tells how it ended
    messages.error(request, said(refused))
