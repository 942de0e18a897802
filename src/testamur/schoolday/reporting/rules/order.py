"""The one order of names in a list (row B22), as Swedish catalogues have it: å, ä and ö come after z. Pure."""

from __future__ import annotations

import unicodedata

_LAST = {"å": "z1", "æ": "z2", "ä": "z2", "ø": "z3", "ö": "z3", "z": "z0"}
_PLAIN = {"ü": "y", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ß": "ss", "œ": "oe", "ı": "i"}

Key = tuple[str, ...]


def collated(name: str) -> str:
    """A name as a key: case and other diacritics do not matter, ``w`` stands by itself, hyphens part words."""
    found = []
    for letter in unicodedata.normalize("NFC", name).casefold():
        if letter in _LAST:
            found.append(_LAST[letter])
        elif letter in _PLAIN:
            found.append(_PLAIN[letter])
        elif letter.isalnum():
            plain = "".join(c for c in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(c))
            found.append(_PLAIN.get(plain, plain))
        elif letter in "-‐ ":
            found.append(" ")
    return "".join(found)


def key(family: str, given: str, sort: str) -> Key:
    """The place of a person in a list sorted by ``family`` or by ``given`` name."""
    parts = (given, family) if sort == "given" else (family, given)
    return tuple(map(collated, parts))
