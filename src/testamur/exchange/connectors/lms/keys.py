"""Our key pair, by which platforms know that it is we who ask. It lies under ``<data>/keys/lti``, mode 0600.

Every key there is published; the one whose file is newest signs. A key is changed by making a new one and, once the
platforms have read it (they ask anew for a key id that they do not know), removing the old file.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from joserfc import jwt
from joserfc.jwk import RSAKey

from testamur.kernel.base.durable import write_first

BITS = 2048
"""RS256 with keys of at least this length is what the security framework has every platform take."""
FIRST = "0001"
LIFETIME = timedelta(seconds=60)


def folder() -> Path:
    """Where the keys lie."""
    return Path(settings.DATA) / "keys" / "lti"


def ensure() -> None:
    """Make the first key where there is none."""
    if not _files():
        first = folder() / f"{FIRST}.pem"
        first.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_first(first, _new())


def make() -> Path:
    """Make a further key, which signs from now on; returns its file."""
    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    while True:
        path = place / f"{max((int(p.stem) for p in _files()), default=0) + 1:04}.pem"
        if write_first(path, _new()):
            return path


def public() -> dict[str, Any]:
    """The JSON Web Key Set of all our keys; empty while there is none."""
    return {"keys": [{**key.as_dict(private=False), "use": "sig", "alg": "RS256"} for key in _keys()]}


def assertion(*, client_id: str, token_url: str, now: datetime) -> str:
    """A signed statement of who we are, for the token address of a platform (RFC 7523; Security Framework 1.0, 4.1).

    The first use makes the first key.
    """
    at = int(now.timestamp())
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": token_url,
        "iat": at,
        "exp": at + int(LIFETIME.total_seconds()),
        "jti": secrets.token_urlsafe(18),
    }
    return signed(claims)


def signed(claims: dict[str, Any]) -> str:
    """These claims under our newest key; the first use makes the first key."""
    ensure()
    key = _keys()[-1]
    return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": key.kid}, claims, key, algorithms=["RS256"])


def _new() -> bytes:
    made = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _files() -> list[Path]:
    place = folder()
    return sorted(p for p in place.glob("*.pem") if p.stem.isdecimal()) if place.is_dir() else []


def _keys() -> list[RSAKey]:
    return [_read(path, path.stat().st_mtime_ns) for path in _files()]


@lru_cache(maxsize=16)
def _read(path: Path, _changed: int) -> RSAKey:
    key = RSAKey.import_key(path.read_bytes())
    return RSAKey.import_key(path.read_bytes(), {"kid": key.thumbprint()})
