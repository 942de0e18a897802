"""Reading what stands in a query, with words for what cannot be read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from django.http import HttpRequest

from testamur.surfaces.api.refusing import QueryInvalid

_DIGITS = 9


def number(request: HttpRequest, name: str, default: int, *, least: int, most: int) -> int:
    """A whole number; a greater one counts as `most`. Raises QueryInvalid."""
    text = request.GET.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= _DIGITS) or int(text) < least:
        raise QueryInvalid(f"{name} is a whole number of at least {least}.", parameter=name)
    return min(int(text), most)


def identifier(request: HttpRequest, name: str) -> UUID | None:
    """A UUID, or None where nothing is asked. Raises QueryInvalid."""
    text = request.GET.get(name)
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError as error:
        raise QueryInvalid(f"{name} is a UUID.", parameter=name) from error


def day(request: HttpRequest, name: str) -> date | None:
    """A date, or None where nothing is asked. Raises QueryInvalid."""
    text = request.GET.get(name)
    return None if text is None else read_day(text, name)


def read_day(text: str, name: str) -> date:
    """A date as ``2026-11-30``. Raises QueryInvalid."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise QueryInvalid(f"{name} is a date like 2026-11-30.", parameter=name) from error


def instant(request: HttpRequest, name: str) -> datetime | None:
    """A time with its zone, or None where nothing is asked. Raises QueryInvalid."""
    text = request.GET.get(name)
    return None if text is None else read_instant(text, name)


def read_instant(text: str, name: str) -> datetime:
    """A time as RFC 3339 has it (``2026-11-30T09:00:00Z``); a date alone is its beginning. Raises QueryInvalid."""
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))  # a plus that nobody escaped
    except ValueError as error:
        raise QueryInvalid(f"{name} is a time like 2026-11-30T09:00:00Z.", parameter=name) from error
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise QueryInvalid(f"{name} is out of reach.", parameter=name) from error


def truth(request: HttpRequest, name: str) -> bool:
    """``true`` or ``false``; false where nothing is asked. Raises QueryInvalid."""
    text = request.GET.get(name, "false").lower()
    if text not in {"true", "false"}:
        raise QueryInvalid(f"{name} is true or false.", parameter=name)
    return text == "true"
