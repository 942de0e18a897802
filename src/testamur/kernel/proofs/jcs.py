"""Canonical JSON (RFC 8785): the one form in which anything is hashed or signed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """The canonical UTF-8 bytes of `value` (dict, list, str, int, bool, None; no floats in our formats).

    Raises ValueError when the value cannot be written canonically.
    """
    return rfc8785.dumps(value)


def parse_canonical(data: bytes) -> Any:
    """Parse `data` and require that it is in canonical form; raises ValueError otherwise."""
    value = json.loads(data)
    if canonical(value) != data:
        raise ValueError("not canonical JSON (RFC 8785)")
    return value


def digest(value: Any) -> bytes:
    """SHA-256 of the canonical bytes."""
    return hashlib.sha256(canonical(value)).digest()
