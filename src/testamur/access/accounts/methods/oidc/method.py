"""OpenID Connect as a way to log in."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import UUID

import httpx
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from testamur.access.accounts.methods.base import Base
from testamur.access.accounts.methods.contract import Asked, Begun, Found, MethodRefused, Progress, Way
from testamur.access.accounts.methods.hiding import same
from testamur.access.accounts.methods.oidc.settings import Provider, read, where
from testamur.access.accounts.methods.oidc.tokens import TokenRefused, claims_of
from testamur.access.accounts.rules import Level, Purpose
from testamur.kernel.base.clock import parse_stamp, stamp

log = logging.getLogger(__name__)

LIFETIME = timedelta(minutes=10)
DENIED, REFUSED = "providerDenied", "providerRefused"
_KEEP = 3600.0
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class Oidc(Base):
    """Authorization code flow with PKCE."""

    name = "oidc"
    remote = True

    def __init__(self, table: Mapping[str, Provider], http: httpx.BaseTransport | None = None) -> None:
        """`table` as in the settings; `http` replaces the network in tests."""
        self._table = table
        self._http = http
        self._metadata: dict[str, tuple[float, dict[str, Any]]] = {}

    def ways(self, *, person: UUID | None) -> Iterator[Way]:  # noqa: ARG002 - for everybody
        """One for each provider, at the best level that it gives."""
        for name, provider in self._table.items():
            best = max(Level[level.upper()] for level in provider.levels.values())
            yield Way(self.name, best, choice=name, label=provider.label)

    def begin(self, asked: Asked) -> Begun:
        """The address to send the browser to, with state, nonce and the challenge of PKCE."""
        name = asked.given.get("provider", "")
        provider = self._table.get(name)
        if provider is None:
            raise MethodRefused("There is no such provider.", field="provider")
        state = f"{asked.attempt.hex}.{secrets.token_urlsafe(24)}"
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        further: dict[str, str] = {"nonce": nonce}
        if provider.asks_for:
            further["acr_values"] = " ".join(provider.asks_for)
        if asked.purpose is Purpose.CONFIRM:
            further |= {"prompt": "login", "max_age": "0"}
        if asked.browser.locale:
            further["ui_locales"] = asked.browser.locale
        try:
            with self._client(provider, asked.back) as client:
                go, _ = client.create_authorization_url(
                    self._known(name, provider)["authorization_endpoint"],
                    state=state,
                    code_verifier=verifier,
                    **further,
                )
        except (httpx.HTTPError, ValueError, KeyError) as error:
            log.warning("provider %s cannot be reached: %s", name, type(error).__name__)
            raise MethodRefused("The provider cannot be reached just now.", field="provider") from error
        kept = {
            "provider": name,
            "state": state,
            "nonce": nonce,
            "verifier": verifier,
            "back": asked.back,
            "fresh": asked.purpose is Purpose.CONFIRM,
            "begun": stamp(asked.now),
        }
        return Begun(kept, LIFETIME, go=go)

    def proceed(self, kept: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> Progress:
        """Change the code for tokens, and believe the ID token only when all of it is right."""
        provider = self._table.get(kept["provider"])
        if provider is None or not same(kept["state"], given.get("state", "")):
            return Progress(REFUSED, failed=True)
        if given.get("iss", provider.issuer) != provider.issuer:  # RFC 9207: another provider's answer
            return Progress(REFUSED, failed=True)
        if given.get("error") or not given.get("code"):
            return Progress(DENIED, failed=True)
        try:
            return Progress(found=self._redeem(provider, kept, given["code"], now))
        except TokenRefused as refused:
            log.warning("provider %s: token refused: %s", kept["provider"], refused)
        except (OAuthError, httpx.HTTPError, ValueError, KeyError) as error:
            log.warning("provider %s: no token: %s", kept["provider"], type(error).__name__)
        return Progress(REFUSED, failed=True)

    def _redeem(self, provider: Provider, kept: Mapping[str, Any], code: str, now: datetime) -> Found:
        known = self._known(kept["provider"], provider)
        with self._client(provider, kept["back"]) as client:
            answer = client.fetch_token(
                known["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=kept["verifier"]
            )
            token, access = str(answer["id_token"]), str(answer.get("access_token", ""))
            keys = client.request("GET", known["jwks_uri"], withhold_token=True).raise_for_status().json()
            claims = claims_of(
                token,
                keys=keys,
                provider=provider,
                nonce=kept["nonce"],
                access_token=access,
                fresh_since=parse_stamp(kept["begun"]) if kept["fresh"] else None,
                now=now,
            )
            if provider.userinfo and not any(one.claim in claims for one in provider.identifiers):
                further = client.get(known["userinfo_endpoint"]).raise_for_status().json()
                if further.get("sub") != claims["sub"]:
                    raise TokenRefused("userinfo of somebody else")
                claims = {**further, **claims}
        level = provider.level(claims.get("acr"))
        numbers = tuple(
            (one.scheme.value, claims[one.claim], one.context)
            for one in provider.identifiers
            if isinstance(claims.get(one.claim), str)
        )
        if level is None or not numbers:
            raise TokenRefused("no number of the register")
        return Found(level, numbers=numbers, evidence=sha256(token.encode()).hexdigest(), body=provider.body)

    def _client(self, provider: Provider, back: str) -> OAuth2Client:
        secret = provider.secret
        return OAuth2Client(
            provider.client_id,
            secret,
            scope=provider.scope,
            redirect_uri=back,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            transport=self._http,
            timeout=10.0,
            trust_env=False,
            follow_redirects=False,
        )

    def _known(self, name: str, provider: Provider) -> dict[str, Any]:
        """The provider's own description, read once an hour; its issuer must be the one that we trust."""
        at, found = self._metadata.get(name, (0.0, {}))
        if found and monotonic() - at < _KEEP:
            return found
        with httpx.Client(transport=self._http, timeout=10.0, trust_env=False) as client:
            address = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            known: dict[str, Any] = client.get(address).raise_for_status().json()
        if known.get("issuer") != provider.issuer:
            raise ValueError("another issuer")
        secure = provider.issuer.startswith("https://")
        if any(secure and not str(known[name_]).startswith("https://") for name_ in _ENDPOINTS):
            raise ValueError("an endpoint without https")
        self._metadata[name] = (monotonic(), known)
        return known


@lru_cache(maxsize=4)
def _made(path: Path, changed: int) -> Oidc:
    return Oidc(read(path, changed))


def configured() -> Oidc:
    """As the file of ``TESTAMUR_OIDC`` says; a changed file is read anew. Raises `NotSetUp`."""
    return _made(*where())
