"""What people write → the codes of a pack. Forgiving about case, accents and punctuation, never about meaning."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LONGEST = 120
"""Longer text is no name; it is cut before any comparison, so that bad input costs nothing."""

_LETTERS = str.maketrans({"đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "ı": "i"})


def fold(text: str) -> str:
    """Lower case without accents; everything that is neither letter nor digit becomes one space.

    ``Đạo đức`` and ``dao duc`` fold alike, and so do precomposed and decomposed forms and the Icelandic eth that
    old Vietnamese files have in place of đ.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text[:LONGEST]).casefold())
    kept = (c if c.isalnum() else " " for c in plain.translate(_LETTERS) if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def fold_word(text: str) -> str:
    """`fold` for values, where a sign changes the meaning: empty when `text` holds anything but letters and digits."""
    if any(not (c.isalnum() or c.isspace() or unicodedata.combining(c)) for c in text[:LONGEST]):
        return ""
    return fold(text)


@dataclass(frozen=True, slots=True)
class Names:
    """A table of names, ready for look-up. `codes` and `shown` are keyed by the folded name."""

    codes: Mapping[str, str]
    shown: Mapping[str, str]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, Iterable[str]]]) -> Names:
        """From (code, names) rows; the code is a name of itself. Raises ValueError when two codes share a name."""
        codes: dict[str, str] = {}
        shown: dict[str, str] = {}
        for code, names in rows:
            for name in (code, *names):
                key = fold(name)
                if codes.setdefault(key, code) != code:
                    raise ValueError(f"{name!r} names both {codes[key]} and {code}")
                shown.setdefault(key, name)
        return cls(codes, shown)

    def find(self, text: str) -> str | None:
        """The code, or None."""
        return self.codes.get(fold(text))

    def near(self, text: str) -> tuple[str, ...]:
        """Up to three names that look like `text`, best first, one for each code."""
        best: dict[str, str] = {}
        for key in difflib.get_close_matches(fold(text), self.codes, n=9, cutoff=0.6):
            best.setdefault(self.codes[key], self.shown[key])
        return tuple(best.values())[:3]
