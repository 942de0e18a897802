"""Logging in at an identity provider of SAML: there by a link, back by a post from the provider's page."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from httpx import HTTPError

from testamur.access.accounts import actions, queries
from testamur.access.accounts.methods.contract import method
from testamur.access.accounts.methods.saml import logout
from testamur.access.accounts.methods.saml import metadata as described
from testamur.access.accounts.methods.saml.method import Saml
from testamur.access.accounts.methods.saml.xml import Refused as Unbelieved
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.base.text import harmless
from testamur.surfaces.web.account import trying
from testamur.surfaces.web.account.browser import remember
from testamur.surfaces.web.account.entering import DOORKEEPER
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

log = logging.getLogger(__name__)
MOST_STATE = 200

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


# -- logging out ------------------------------------------------------------------------------------------------

_LEAVING = "account.saml.leaving"
_LEAVES = timedelta(minutes=10)


def leaving(login: UUID) -> str:
    """Where to go on after a login ended here that came from a provider; empty for every other login."""
    if not queries.provider_session(login):
        return ""
    return f"{reverse('account:saml-leave')}?{urlencode({'t': signing.dumps(str(login), salt=_LEAVING)})}"


@public
@require_GET
def leave(request: WebRequest) -> HttpResponse:
    """Logged out here; a link leads on to the provider, where the login goes on until it is ended there too.

    A link and no redirect: the form that logs out may lead nowhere else, and who shares a computer has to know.
    """
    told = _session_left(request)
    provider = _ours().table.providers.get(told["provider"])
    if provider is None:
        raise NotFound("There is no such provider.")
    return page(request, "web/account/left_here.html", provider=provider.label, token=request.GET.get("t", ""))


@public
@require_GET
def leave_there(request: WebRequest) -> HttpResponse:
    """On to the provider, with our signed word that somebody logged out; home where it takes none."""
    go = _ours().leaving(_session_left(request), now=request.visitor.now)
    return HttpResponseRedirect(go or reverse("account:login") + "?why=left")


@public
@csrf_exempt  # it comes from the provider's page, signed
@require_http_methods(["GET", "POST"])
def slo(request: WebRequest) -> HttpResponse:
    """A provider says that somebody logged out there: every login that came from it ends, in whatever browser.

    An answer to our own word ends up here as well, and changes nothing: the login had ended before.
    """
    ours, now = _ours(), request.visitor.now
    sent = request.POST if request.method == "POST" else request.GET
    if "SAMLRequest" not in sent:
        return HttpResponseRedirect(reverse("account:login") + "?why=left")
    state = sent.get("RelayState", "")[:MOST_STATE]
    try:
        query = None if request.method == "POST" else request.META.get("QUERY_STRING", "")
        data = logout.packed(query) if query is not None else logout.posted(sent["SAMLRequest"])
        name, provider, asked = ours.left(data=data, query=query, now=now)
        actions.end_elsewhere(
            by=DOORKEEPER, provider=name, name_id=asdict(asked.name_id), sessions=asked.sessions, now=now
        )
        answer = HttpResponseRedirect(ours.answer(provider, asked, state=state, now=now))
    except (Unbelieved, OSError, ValueError, TypeError, HTTPError) as error:
        log.warning("a provider's word that somebody logged out is not taken: %s", harmless(str(error))[:120])
        raise NotFound("That is no word of a provider that is trusted here.") from None
    answer.status_code = 303
    return answer


def _session_left(request: WebRequest) -> dict[str, str]:
    """What the provider calls the login that ended. Raises NotFound."""
    try:
        login = UUID(signing.loads(request.GET.get("t", ""), salt=_LEAVING, max_age=_LEAVES))
    except (signing.BadSignature, ValueError):
        raise NotFound("There is no such login.") from None
    told = queries.provider_session(login)
    if not told:
        raise NotFound("There is no such login.")
    return told


def _ours() -> Saml:
    try:
        ours = method("saml")
    except Refused:
        raise NotFound("There is no SAML here.") from None
    assert isinstance(ours, Saml)
    return ours


@public
@require_GET
def metadata(request: WebRequest) -> HttpResponse:
    """Who we are, for providers; signed. Raises NotFound where no provider is set up."""
    return HttpResponse(described.ours(_ours().table, now=request.visitor.now), "application/samlmetadata+xml")


def _attempt(state: str) -> UUID:
    try:
        return UUID(state.partition(".")[0])
    except ValueError:
        raise NotFound("There is no such login under way.") from None
