"""Identifiers: time-ordered, unguessable UUIDs (RFC 9562 version 7), made in one place."""

from __future__ import annotations

import secrets
import time
from uuid import UUID, uuid4


def new_id() -> UUID:
    """A version 7 UUID: 48 bits of milliseconds, then 74 random bits.

    Time order keeps indexes compact when a million rows arrive; the random part keeps ids unguessable.
    """
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def random_id() -> UUID:
    """A version 4 UUID, where even the time of making must not show (record ids that leave the house)."""
    return uuid4()


def urn(value: UUID) -> str:
    """`urn:uuid:…`, the form used in everything that is signed (RFC 9562 section 4)."""
    return f"urn:uuid:{value}"
