"""Logging in at an identity provider (OpenID Connect): there by a link, back with a code."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from testamur.kernel.base.refused import NotFound, Refused
from testamur.surfaces.web.account import trying
from testamur.surfaces.web.account.browser import remember
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.requests import WebRequest


@public
@require_GET
def start(request: WebRequest, provider: str) -> HttpResponse:
    """On to the provider. A link and no form: the policy of our pages lets forms go nowhere else."""
    back = f"{request.scheme}://{request.get_host()}{reverse('account:oidc-return')}"
    try:
        started = trying.begin(request, "oidc", given={"provider": provider}, back=back)
    except Refused as refusal:
        return trying.refused(request, refusal)
    return remember(request, HttpResponseRedirect(started.go))


@public
@require_GET
def back(request: WebRequest) -> HttpResponse:
    """The provider sends the browser back; `state` says to which try."""
    state = request.GET.get("state", "")
    try:
        attempt = UUID(state.partition(".")[0])
    except ValueError:
        raise NotFound("There is no such login under way.") from None
    given = {name: request.GET[name] for name in ("state", "code", "iss", "error") if name in request.GET}
    view = trying.proceed(request, attempt, given)
    return trying.outcome(request, view) or trying.failed(request, view)
