"""The link by which a reader stops messages without logging in: a person, a way, and a keyed hash of both."""

from __future__ import annotations

from uuid import UUID

from testamur.access.accounts.methods.hiding import keyed, same
from testamur.exchange.notifications.rules.families import PUSHED, Way

_SIGN = 32


def token(person: UUID, way: Way) -> str:
    """``<person>-<way>-<hash>``."""
    return f"{person.hex}-{way.value}-{keyed('notices stop', person.hex, way.value)[:_SIGN]}"


def read_token(text: str) -> tuple[UUID, Way] | None:
    """Person and way of a link of ours, else None."""
    parts = text.split("-")
    if len(parts) != 3 or parts[1] not in {way.value for way in PUSHED}:  # noqa: PLR2004 - as written above
        return None
    try:
        person = UUID(hex=parts[0])
    except ValueError:
        return None
    return (person, Way(parts[1])) if same(token(person, Way(parts[1])), text) else None
