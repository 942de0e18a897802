"""The platforms' own keys: read from the address that an administrator entered, kept an hour, bounded."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from joserfc.jws import extract_compact

from testamur.exchange.connectors.lms.rules import Bounds, LaunchRefused, PlatformView
from testamur.exchange.connectors.lms.wire import Wire

KEEP = 3600.0
AGAIN = 30.0
"""Seconds between two looks for a key that is not known: a launch with made-up key ids asks no platform in a loop."""
BOUNDS = Bounds(answer=128 * 1024, seconds=10.0, silence=5.0)
_SMALLEST, _LARGEST = 2048, 8192
_MOST = 20
_LONGEST = 32 * 1024
_known: dict[tuple[UUID, str], tuple[float, dict[str, RSAKey]]] = {}


def claims_of(token: str, *, platform: PlatformView, wire: Wire) -> dict[str, Any]:
    """The claims of a token that verifies under a key of the platform, RS256 alone.

    Raises `LaunchRefused` (why: ``token``, ``key``, ``signature``), and what `Wire` raises.
    """
    kid = _kid(token)
    key = _key(platform, kid, wire)
    if key is None:
        raise LaunchRefused("The launch is signed with a key that the platform does not have.", why="key")
    try:
        return dict(jwt.decode(token, key, algorithms=["RS256"]).claims)
    except (JoseError, ValueError, TypeError, KeyError):
        raise LaunchRefused("The signature of the launch is wrong.", why="signature") from None


def forget() -> None:
    """Forget what was read, for tests."""
    _known.clear()


def _kid(token: str) -> str:
    try:
        header: Mapping[str, Any] = extract_compact(token[:_LONGEST].encode()).headers()
    except (JoseError, ValueError, TypeError, AttributeError):
        raise LaunchRefused("That is no token.", why="token") from None
    kid = header.get("kid", "")
    if header.get("alg") != "RS256" or not isinstance(kid, str) or "crit" in header:
        raise LaunchRefused("The launch is signed in a way that is not taken.", why="signature")
    return kid


def _key(platform: PlatformView, kid: str, wire: Wire) -> RSAKey | None:
    """The key of that id; of a platform with one key alone, that one where no id is said."""
    place = (platform.id, platform.jwks_url)
    at, found = _known.get(place, (float("-inf"), {}))
    age = time.monotonic() - at
    if age > KEEP or (_chosen(found, kid) is None and age > AGAIN):
        page, _next = wire.get(platform.jwks_url, accept="application/json")
        found = _read(page)
        _known[place] = (time.monotonic(), found)
    return _chosen(found, kid)


def _chosen(found: Mapping[str, RSAKey], kid: str) -> RSAKey | None:
    return next(iter(found.values())) if not kid and len(found) == 1 else found.get(kid)


def _read(page: object) -> dict[str, RSAKey]:
    """RSA keys of 2048 to 8192 bits, by id; all others are passed over."""
    told = page.get("keys") if isinstance(page, dict) else None
    found: dict[str, RSAKey] = {}
    for number, one in enumerate(told[:_MOST] if isinstance(told, list) else ()):
        if not isinstance(one, dict) or one.get("kty") != "RSA" or one.get("use", "sig") != "sig" or "d" in one:
            continue
        try:
            keys = KeySet.import_key_set({"keys": [one]}).keys
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        key = keys[0]
        if isinstance(key, RSAKey) and _SMALLEST <= key.public_key.key_size <= _LARGEST:
            found[str(one.get("kid", f"#{number}"))] = key
    return found
