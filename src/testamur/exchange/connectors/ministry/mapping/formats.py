"""How a value of the snapshot is written in a form. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
Write = Callable[[str, str, str], str]
"""(value, reads, writes) → text. Raises ValueError for a value that is not of the format."""


def _text(value: str, _reads: str, _writes: str) -> str:
    return " ".join(value.split())


def _date(value: str, reads: str, writes: str) -> str:
    """``reads`` and ``writes`` are strftime's; ISO where they are left out."""
    return datetime.strptime(value.strip(), reads or "%Y-%m-%d").strftime(writes or "%Y-%m-%d")  # noqa: DTZ007 - a day


def _instant(value: str, _reads: str, writes: str) -> str:
    read = datetime.fromisoformat(value)
    return read.strftime(writes) if writes else value


def _number(value: str, _reads: str, _writes: str) -> str:
    """The first number in it, with a point: ``120,5 cm`` is 120.5."""
    found = _NUMBER.search(value)
    if found is None:
        raise ValueError("no number")
    return found.group().replace(",", ".")


def _integer(value: str, reads: str, writes: str) -> str:
    found = _number(value, reads, writes)
    if "." in found:
        raise ValueError("no whole number")
    return str(int(found))


def _digits(value: str, _reads: str, writes: str) -> str:
    """Digits alone; `writes` says how many."""
    found = re.sub(r"[\s.-]", "", value)
    if not (found.isascii() and found.isdigit()) or (writes and len(found) != int(writes)):
        raise ValueError("other signs, or another length")
    return found


def _yes_no(value: str, _reads: str, _writes: str) -> str:
    return {"True": "true", "False": "false"}[value] if value in {"True", "False"} else value.lower()


def _uuid(value: str, _reads: str, _writes: str) -> str:
    return value.removeprefix("urn:uuid:")


FORMATS: Mapping[str, Write] = {
    "text": _text,
    "date": _date,
    "instant": _instant,
    "number": _number,
    "integer": _integer,
    "digits": _digits,
    "boolean": _yes_no,
    "uuid": _uuid,
}


def plain(value: Any) -> str:
    """A scalar of the snapshot as text; empty for None. Raises ValueError for a list or an object."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise ValueError("not one value")  # noqa: TRY004 - told as every other value that does not fit
    return str(value)
