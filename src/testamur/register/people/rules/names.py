"""Names: cleaned for keeping, folded for searching, ordered for showing."""

from __future__ import annotations

import unicodedata

from testamur.kernel.base.refused import Refused

MAX = 120
"""Longest part of a name that is kept, in characters."""

# Letters that Unicode does not decompose, as people type them without the right keyboard.
_PLAIN = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "þ": "th", "ħ": "h", "ı": "i"})


class NameInvalid(Refused):
    """A name is missing, too long or holds characters that no name has."""

    code = "people.name.invalid"


def clean_name(text: str, *, field: str = "name") -> str:
    """`text` in Unicode NFC with single spaces; `people.name.invalid` for control characters or over `MAX`."""
    if text.isascii() and text.isalpha() and len(text) <= MAX:
        return text  # most names; the rest of this function would not change them
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if len(name) > MAX:
        raise NameInvalid(f"A name may have at most {MAX} characters.", field=field, length=len(name))
    # Cf holds the bidirectional overrides, with which one name can be made to look like another
    if any(unicodedata.category(c) in {"Cc", "Cf", "Co", "Cs", "Cn"} and c not in "\u200c\u200d" for c in name):
        raise NameInvalid("A name may not hold control characters.", field=field)
    return name


def fold(text: str) -> str:
    """`text` without case and diacritics, words parted by one space: ``Đặng-Åsa`` gives ``dang asa``."""
    low = text.casefold()
    if not low.isascii():
        # decomposed before and after lowering: some letters lower only once they are plain (Unicode D146, identifiers)
        low = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
        low = "".join(c for c in low if not unicodedata.combining(c)).translate(_PLAIN)
    if not low.isalnum():
        low = " ".join("".join(c if c.isalnum() else "" if c in "'’´`" else " " for c in low).split())
    return low


def search_key(*parts: str) -> str:
    """What a search runs against: every folded word once, each after a space, so that `` an`` finds words in ``an``."""
    return "".join(f" {word}" for word in dict.fromkeys(fold(" ".join(parts)).split()))


def display_name(given: str, middle: str, family: str, *, family_first: bool = False) -> str:
    """The full name in the order its own tradition has: ``Nguyễn Văn An`` where the family name comes first."""
    parts = (family, middle, given) if family_first else (given, middle, family)
    return " ".join(p for p in parts if p)
