"""What an ID token has to say before it is believed (OpenID Connect Core 1.0, sections 3.1.3.7 and 2)."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256, sha384, sha512
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from testamur.access.accounts.methods.hiding import same
from testamur.access.accounts.methods.oidc.settings import Provider

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
"""Asymmetric ones only: a token signed with the client's own secret proves nothing here."""
SKEW = timedelta(minutes=2)
OLDEST = timedelta(minutes=10)
_HASHES = {"256": sha256, "384": sha384, "512": sha512, "dsa": sha512, "519": sha512}


class TokenRefused(Exception):  # noqa: N818 - an answer, as Refused is
    """The token is not believed; the text says why, for the log."""


def claims_of(
    token: str,
    *,
    keys: Mapping[str, Any],
    provider: Provider,
    nonce: str,
    access_token: str,
    fresh_since: datetime | None,
    now: datetime,
) -> dict[str, Any]:
    """The claims of a token that verifies. Raises `TokenRefused`.

    `fresh_since`: the person must have identified at the provider no earlier (``auth_time``); None asks for nothing.
    """
    try:
        found = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=ALGORITHMS)  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise TokenRefused(f"signature ({type(error).__name__})") from error
    claims = dict(found.claims)
    _addressed(claims, provider, nonce)
    _timely(claims, fresh_since, now)
    if "at_hash" in claims:
        made = _HASHES.get(str(found.header.get("alg"))[-3:], sha256)(access_token.encode()).digest()
        half = urlsafe_b64encode(made[: len(made) // 2]).rstrip(b"=").decode()
        _need(same(half, str(claims["at_hash"])), "at_hash")
    _need(provider.level(claims.get("acr")) is not None, "acr")
    amr = claims.get("amr", [])
    _need(isinstance(amr, list) and set(provider.amr) <= set(amr), "amr")
    return claims


def _addressed(claims: Mapping[str, Any], provider: Provider, nonce: str) -> None:
    _need(claims.get("iss") == provider.issuer, "iss")
    audience = claims.get("aud")
    several = audience if isinstance(audience, list) else [audience]
    _need(provider.client_id in several, "aud")
    _need(len(several) == 1 or claims.get("azp") == provider.client_id, "azp")
    _need(claims.get("azp", provider.client_id) == provider.client_id, "azp")
    _need(isinstance(claims.get("nonce"), str) and same(claims["nonce"], nonce), "nonce")
    _need(isinstance(claims.get("sub"), str) and bool(claims["sub"]), "sub")


def _timely(claims: Mapping[str, Any], fresh_since: datetime | None, now: datetime) -> None:
    at, skew = now.timestamp(), SKEW.total_seconds()
    for name in ("exp", "iat"):
        _need(isinstance(claims.get(name), int | float) and not isinstance(claims[name], bool), name)
    _need(claims["exp"] > at - skew, "exp")
    _need(at - OLDEST.total_seconds() < claims["iat"] < at + skew, "iat")
    _need(claims.get("nbf", 0) < at + skew, "nbf")
    if fresh_since is not None:
        auth_time = claims.get("auth_time")
        _need(isinstance(auth_time, int | float) and auth_time >= fresh_since.timestamp() - skew, "auth_time")


def _need(condition: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if not condition:
        raise TokenRefused(what)
