"""Text of others, made fit to be shown or to name a file."""

from __future__ import annotations

import re
import unicodedata

_STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')
MAX_NAME = 150
"""Bytes of a file name's stem: file systems take 255 for the whole name."""


def harmless(text: str) -> str:
    """`text` with U+FFFD for whatever could steer a terminal, hide letters or turn the reading direction."""
    return "".join("\ufffd" if unicodedata.category(c) in _STEERING else c for c in text)


def file_stem(text: str) -> str:
    """`text` as the beginning of a file name on any system: no path, no option, nothing hidden, not too long.

    May be empty when nothing is left.
    """
    plain = "".join(" " if unicodedata.category(c) in _STEERING else c for c in unicodedata.normalize("NFC", text))
    plain = " ".join(_NOT_IN_NAMES.sub("-", plain).split()).lstrip(".-~ ")
    return plain.encode()[:MAX_NAME].decode(errors="ignore").rstrip(". ")
