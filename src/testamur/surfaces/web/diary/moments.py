"""Days, hours and numbers as addresses and forms of the diary hold them."""

from __future__ import annotations

from datetime import date, datetime, time

from django.http import QueryDict
from django.utils import timezone

from testamur.kernel.base.refused import NotFound
from testamur.surfaces.web.requests import Visitor

_DIGITS = 9


def here(visitor: Visitor) -> datetime:
    """The day and hour where the visitor is, as clocks there show it."""
    return timezone.localtime(visitor.now).replace(tzinfo=None)


def day_in(text: str) -> date:
    """The day in an address. Raises NotFound for anything else."""
    found = a_day(text)
    if found is None:
        raise NotFound("There is no such day.", on=text[:20])
    return found


def a_day(text: str) -> date | None:
    """``2026-03-11`` as a day; None for anything else, and for days that no school is about."""
    try:
        found = date.fromisoformat(text[:12])
    except ValueError:
        return None
    return found if 1990 < found.year < 2200 else None  # noqa: PLR2004 - far enough from where the calendar ends


def an_hour(text: str) -> time | None:
    """``09:45`` as a time of the day; None for anything else."""
    try:
        return time.fromisoformat(text[:8]).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        return None


def number(query: QueryDict, name: str) -> int | None:
    """A whole number of a form that is not too long; None for anything else."""
    text = query.get(name, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _DIGITS else None
