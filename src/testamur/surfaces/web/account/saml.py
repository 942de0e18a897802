"""Logging in at an identity provider of SAML: there by a link, back by a post from the provider's page."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts import actions
from testamur.access.accounts.methods.contract import method
from testamur.access.accounts.methods.saml import metadata as described
from testamur.access.accounts.methods.saml.method import Saml
from testamur.kernel.base.refused import NotFound, Refused
from testamur.surfaces.web.account import trying
from testamur.surfaces.web.account.browser import remember
from testamur.surfaces.web.account.entering import DOORKEEPER
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.requests import WebRequest

MOST = 400_000
"""Characters of a response that is looked at."""


@public
@require_GET
def start(request: WebRequest, provider: str) -> HttpResponse:
    """On to the provider. A link and no form: the policy of our pages lets forms go nowhere else."""
    try:
        started = trying.begin(request, "saml", given={"provider": provider})
    except Refused as refusal:
        return trying.refused(request, refusal)
    return remember(request, HttpResponseRedirect(started.go))


@public
@csrf_exempt  # it comes from the provider's page, signed; whose browser it is, is asked at the next address
@require_POST
def acs(request: WebRequest) -> HttpResponse:
    """The provider's answer is judged and kept; the browser goes on with its cookies, which a post did not bring."""
    state, response = request.POST.get("RelayState", ""), request.POST.get("SAMLResponse", "")
    if len(response) > MOST:
        raise NotFound("There is no such login under way.")
    given = {"state": state, "response": response}
    actions.deliver(by=DOORKEEPER, attempt=_attempt(state), given=given, now=request.visitor.now)
    answer = HttpResponseRedirect(f"{reverse('account:saml-return')}?{urlencode({'state': state})}")
    answer.status_code = 303
    return answer


@public
@require_GET
def back(request: WebRequest) -> HttpResponse:
    """The browser that began goes in; `state` says to which try."""
    state = request.GET.get("state", "")
    view = trying.proceed(request, _attempt(state), {"state": state})
    return trying.outcome(request, view) or trying.failed(request, view)


@public
@require_GET
def metadata(request: WebRequest) -> HttpResponse:
    """Who we are, for providers; signed. Raises NotFound where no provider is set up."""
    try:
        ours = method("saml")
    except Refused:
        raise NotFound("There is no SAML here.") from None
    assert isinstance(ours, Saml)
    return HttpResponse(described.ours(ours.table, now=request.visitor.now), "application/samlmetadata+xml")


def _attempt(state: str) -> UUID:
    try:
        return UUID(state.partition(".")[0])
    except ValueError:
        raise NotFound("There is no such login under way.") from None
