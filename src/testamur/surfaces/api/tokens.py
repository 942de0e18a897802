"""Bearer tokens: an hour long, signed by the installation, and good only while their client is.

They hold the client's id, its scopes and the end. Each use looks the client up, so an ended one is shut out at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.core.signing import BadSignature, Signer

LIFETIME = timedelta(hours=1)
MOST = 4000
"""Characters of a token that is looked at."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a good token says."""

    client: UUID
    scopes: tuple[str, ...]


def made(client: UUID, scopes: tuple[str, ...], *, now: datetime) -> str:
    """A token for that client."""
    ends = int((now + LIFETIME).timestamp())
    return _signer().sign_object({"client": str(client), "scopes": list(scopes), "ends": ends})


def read(text: str, *, now: datetime) -> Token | None:
    """What it says, or None for one that is forged, cut or over."""
    if len(text) > MOST:
        return None
    try:
        told = _signer().unsign_object(text)
    except (BadSignature, ValueError):
        return None
    if now >= datetime.fromtimestamp(told["ends"], UTC):
        return None
    return Token(UUID(told["client"]), tuple(told["scopes"]))


def _signer() -> Signer:
    """Parts are joined by points: a bearer token has no colon (RFC 6750, section 2.1)."""
    return Signer(sep=".", salt="testamur.api.token")
