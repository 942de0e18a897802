"""Where a program gets its token: OAuth 2.0 client credentials (RFC 6749, section 4.4)."""

from __future__ import annotations

import binascii
from base64 import b64decode
from datetime import timedelta
from urllib.parse import unquote_plus
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from testamur.access.accounts import actions
from testamur.access.accounts.rules import TooMany
from testamur.access.accounts.rules.clients import ClientRefused
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant
from testamur.surfaces.api import tokens
from testamur.surfaces.web.proxies import network

DOORKEEPER = Actor(UUID(int=3), "api", (Grant("api", "/", ("accounts.*",)),))
MOST_CLIENT, MOST_NETWORK, WITHIN = 20, 100, timedelta(minutes=5)
LONGEST = 400


@csrf_exempt  # a program has no cookie; it has a secret
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A token for the client's own scopes, or for those of them that it names. Errors as RFC 6749, section 5.2."""
    if request.POST.get("grant_type") != "client_credentials":
        return _error("unsupported_grant_type", 400)
    name, secret = _credentials(request)
    now = clock.now()
    try:
        for key, most in ((f"client {name}", MOST_CLIENT), (f"network {network(request)}", MOST_NETWORK)):
            actions.limit(by=DOORKEEPER, name="api.token", key=key, most=most, within=WITHIN, now=now)
        client = actions.admit_client(by=DOORKEEPER, client=UUID(name), secret=secret, now=now)
    except TooMany as many:
        refused = _error("temporarily_unavailable", 429)
        refused.headers["Retry-After"] = str(max(1, round(many.wait)))
        return refused
    except (ClientRefused, ValueError):
        refused = _error("invalid_client", 401)
        refused.headers["WWW-Authenticate"] = 'Basic realm="testamur"'
        return refused
    asked = tuple(dict.fromkeys(request.POST.get("scope", "").split()))
    if not set(asked) <= set(client.scopes):
        return _error("invalid_scope", 400)
    scopes = asked or client.scopes
    told = {
        "access_token": tokens.made(client.id, scopes, now=now),
        "token_type": "Bearer",
        "expires_in": int(tokens.LIFETIME.total_seconds()),
        "scope": " ".join(scopes),
    }
    return JsonResponse(told, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


token.door = ("public", ())  # type: ignore[attr-defined]  # read by the matrix test: a secret is asked for


def _credentials(request: HttpRequest) -> tuple[str, str]:
    """Id and secret from the header (RFC 6749, section 2.3.1) or the form; empty where there are none."""
    kind, _space, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _colon, secret = b64decode(text[: 4 * LONGEST], validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return "", ""
        return unquote_plus(name)[:LONGEST], unquote_plus(secret)[:LONGEST]
    return request.POST.get("client_id", "")[:LONGEST], request.POST.get("client_secret", "")[:LONGEST]


def _error(code: str, status: int) -> HttpResponse:
    return JsonResponse({"error": code}, status=status, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})
