"""Small readers for parsed JSON: each takes a value and a name for it, and returns it typed or raises `ShapeError`."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.clock import parse_stamp

MAX_TEXT = 4_096
_HEX64 = re.compile(r"[0-9a-f]{64}")
_URN = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class ShapeError(ValueError):
    """A JSON value has not the form that docs/formats.md gives it."""


def members(value: object, names: Collection[str], what: str) -> dict[str, Any]:
    """An object with exactly these members."""
    if not isinstance(value, dict):
        raise ShapeError(f"{what} is not an object")
    if missing := [name for name in names if name not in value]:
        raise ShapeError(f"{what} lacks {missing[0]}")
    if unknown := [str(name) for name in value if name not in names]:
        raise ShapeError(f"{what} has the unknown member {unknown[0][:40]!r}")
    return value


def text(value: object, what: str, *, limit: int = MAX_TEXT) -> str:
    """A string of at most `limit` characters."""
    if not isinstance(value, str) or len(value) > limit:
        raise ShapeError(f"{what} is not a text")
    return value


def whole(value: object, what: str, *, least: int = 0, most: int = 2**53) -> int:
    """A whole number between `least` and `most`."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ShapeError(f"{what} is not a number from {least}")
    return value


def yes_no(value: object, what: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ShapeError(f"{what} is not true or false")
    return value


def items(value: object, what: str, *, limit: int = 10_000) -> list[Any]:
    """An array of at most `limit` items."""
    if not isinstance(value, list) or len(value) > limit:
        raise ShapeError(f"{what} is not a list of at most {limit}")
    return value


def digest(value: object, what: str) -> str:
    """SHA-256 in lower-case hex."""
    if not isinstance(value, str) or not _HEX64.fullmatch(value):
        raise ShapeError(f"{what} is not a SHA-256 in lower-case hex")
    return value


def urn(value: object, what: str) -> UUID:
    """`urn:uuid:…` in its one spelling."""
    if not isinstance(value, str) or not _URN.fullmatch(value):
        raise ShapeError(f"{what} is not a urn:uuid")
    return UUID(value[9:])


def time(value: object, what: str) -> datetime:
    """`YYYY-MM-DDTHH:MM:SSZ`."""
    try:
        return parse_stamp(text(value, what))
    except ValueError:
        raise ShapeError(f"{what} is not a time of the form YYYY-MM-DDTHH:MM:SSZ") from None


def binary(value: object, what: str, *, limit: int = 4 << 20) -> bytes:
    """Standard base64 in its one spelling, decoded."""
    encoded = text(value, what, limit=limit)
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ShapeError(f"{what} is not base64") from None
    if base64.b64encode(data).decode() != encoded:
        raise ShapeError(f"{what} is not base64 in its one spelling")
    return data
