"""Dates as people write them. What could be two different days is never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

FIRST_YEAR = 1900
LAST_YEAR = 2199
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}.*)?\Z")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\s?г?\.?\Z")
_SLASH = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})(?: \d{1,2}:\d{2}.*)?\Z")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})\Z")
_MONTHS = 12
ACCEPTED = (
    "accepted: 2026-06-12, 20260612, 12.6.2026 (day first), or 12/6/2026 when the file or --dates shows the order"
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A date, or why there is none: `problem` is ``""``, ``ambiguous`` or ``invalid``; `order` when it mattered."""

    value: date | None
    problem: str = ""
    order: str = ""


@lru_cache(maxsize=8192)
def parse(text: str, order: str = "") -> Parsed:
    """Read a date. ISO 8601, compact, dotted (always day first) and slashed forms.

    `order` (``dmy``/``mdy``) decides the slashed form where both readings are days; without it the result is
    ``ambiguous``. Years outside 1900–2199 and two-digit years are invalid.
    """
    if match := _ISO.match(text) or _COMPACT.match(text) or _YEAR_FIRST.match(text):
        year, month, day = map(int, match.groups())
        return _made(year, month, day)
    if match := _DOTS.match(text):
        day, month, year = map(int, match.groups())
        return _made(year, month, day)
    if match := _SLASH.match(text):
        first, second, year = map(int, match.groups())
        return _slashed(first, second, year, order)
    return Parsed(None, "invalid")


def _slashed(first: int, second: int, year: int, order: str) -> Parsed:
    certain = "dmy" if first > _MONTHS else "mdy" if second > _MONTHS else ""
    if not certain and not order and first != second:
        return Parsed(None, "ambiguous")
    if (certain or order) == "dmy":
        return _made(year, second, first, certain)
    return _made(year, first, second, certain)


def _made(year: int, month: int, day: int, order: str = "") -> Parsed:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return Parsed(None, "invalid")
    try:
        return Parsed(date(year, month, day), order=order)
    except ValueError:
        return Parsed(None, "invalid")
