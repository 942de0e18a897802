"""What may be typed into the cells of a list: dates of examination, points. Pure; grades are the pack's matter."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from testamur.kernel.base.refused import Refused

EXAMPLE = "2026-10-28"
"""How a date is written."""
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_POINTS = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,2})?")


class DateSpelling(Refused):
    """A date of examination is written year, month, day: ``2026-10-28``."""

    code = "reporting.row.date"


class DateAhead(Refused):
    """Nobody was examined on a day to come."""

    code = "reporting.row.date_ahead"


class PointsSpelling(Refused):
    """Points are a number with at most two decimals."""

    code = "reporting.row.points"


class RowChanged(Refused):
    """A colleague wrote in the same row since it was looked at."""

    code = "reporting.row.changed"


class RowGone(Refused):
    """The row left the list, or is one of another."""

    code = "reporting.row.gone"


def parse_date(text: str, today: date) -> date | None:
    """The date of examination, None for an empty cell; raises `DateSpelling` and `DateAhead`.

    One spelling alone is taken (rows B18, B19): who writes ``10/11/2026`` may mean two days.
    """
    typed = text.strip()
    if not typed:
        return None
    try:
        found = date.fromisoformat(typed) if _DATE.fullmatch(typed) else None
    except ValueError:
        found = None
    if found is None:
        raise DateSpelling(
            f"Write the date of examination as {EXAMPLE}.", field="examined_on", value=typed[:40], accepted=EXAMPLE
        )
    if found > today:
        raise DateAhead(
            "The examination is still to come on that day.",
            field="examined_on",
            value=typed,
            accepted=f"≤ {today.isoformat()}",
        )
    return found


def parse_points(text: str) -> str:
    """Points in one spelling, with a point and no needless zeros (``12,50`` → ``12.5``); raises `PointsSpelling`."""
    typed = text.strip()
    if not typed:
        return ""
    if not _POINTS.fullmatch(typed):
        raise PointsSpelling(
            "Points are a number with at most two decimals.", field="points", value=typed[:40], accepted="12,5"
        )
    plain = format(Decimal(typed.replace(",", ".")), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def accepted(found: Mapping[str, object]) -> tuple[str, ...]:
    """What a refusal says would be taken, as separate texts."""
    told = found.get("accepted", ())
    if isinstance(told, str):
        return tuple(part for part in told.split(", ") if part)
    return tuple(map(str, told)) if isinstance(told, Sequence) else ()
