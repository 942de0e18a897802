"""Answers of other systems, whatever they send: never more bytes than were asked for, never a longer wait."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def bounded(pieces: Iterable[bytes], most: int, refusal: Exception) -> bytes:
    """The pieces of a body together; `refusal` is raised as soon as they are more than `most` bytes."""
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > most:
            raise refusal
    return bytes(data)


def asked_to_wait(retry_after: str, most: float, otherwise: float = 0.0) -> float:
    """Seconds of a ``Retry-After`` header (RFC 9110 section 10.2.3), at most `most`; `otherwise` without a number.

    A date is not read: machines that speak of dates have clocks of their own.
    """
    if not (retry_after.isascii() and retry_after.isdigit()):
        return otherwise
    return min(float(retry_after[:9]), most)


def json_object(data: bytes) -> Mapping[str, Any]:
    """The JSON object in `data`; an empty one when it is something else (a refusal owes no reason)."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
