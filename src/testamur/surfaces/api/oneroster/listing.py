"""Lists as OneRoster has them: limit and offset, filter, sort, fields, Link and X-Total-Count (1.2, section 3)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from testamur.surfaces.api import asking
from testamur.surfaces.api.refusing import QueryInvalid

PAGE, MOST, FARTHEST = 100, 1000, 10_000_000
_CLAUSE = re.compile(r"\s*([A-Za-z.]{1,60})\s*(>=|<=|!=|=|>|<|~)\s*'([^']{0,200})'\s*")
_JOIN = re.compile(r"\s+(AND|OR)\s+(?=[A-Za-z.]{1,60}\s*(?:>=|<=|!=|=|>|<|~)\s*')")
TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "~": lambda found, wanted: wanted.casefold() in found.casefold(),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a filter: ``dateLastModified>'2026-11-01'``."""

    field: str
    test: str
    value: str


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    limit: int
    offset: int


def page(request: HttpRequest) -> Page:
    """Limit and offset. Raises QueryInvalid."""
    return Page(
        asking.number(request, "limit", PAGE, least=1, most=MOST),
        asking.number(request, "offset", 0, least=0, most=FARTHEST),
    )


def clauses(request: HttpRequest) -> tuple[tuple[Clause, ...], str]:
    """The parts of the filter (at most two, as the standard has it) and how they are joined. Raises QueryInvalid."""
    text = request.GET.get("filter")
    if text is None:
        return (), "AND"
    parts = _JOIN.split(text)
    found = [_CLAUSE.fullmatch(part) for part in parts[::2]]
    if len(parts) > 3 or None in found:  # noqa: PLR2004 - two parts and what stands between
        raise QueryInvalid("The filter is field='value', or two of them joined by AND or OR.", parameter="filter")
    return tuple(Clause(*match.groups()) for match in found if match), parts[1] if len(parts) > 1 else "AND"


def ordering(request: HttpRequest, fields: Sequence[str], default: str) -> tuple[str, bool]:
    """By which field, and whether the greatest comes first. Raises QueryInvalid."""
    name, way = request.GET.get("sort", default), request.GET.get("orderBy", "asc")
    if name not in fields:
        raise QueryInvalid(f"This list is sorted by {', '.join(fields)}.", parameter="sort")
    if way not in {"asc", "desc"}:
        raise QueryInvalid("orderBy is asc or desc.", parameter="orderBy")
    return name, way == "desc"


def chosen(request: HttpRequest, rows: Sequence[dict[str, Any]], fields: Sequence[str]) -> list[dict[str, Any]]:
    """The objects with the fields that are asked for. Raises QueryInvalid for one that there is not."""
    text = request.GET.get("fields")
    if text is None:
        return list(rows)
    wanted = [name.strip() for name in text.split(",")]
    if not set(wanted) <= set(fields):
        raise QueryInvalid(f"The fields are {', '.join(fields)}.", parameter="fields")
    return [{name: row[name] for name in wanted if name in row} for row in rows]


def narrowed(request: HttpRequest, rows: Sequence[dict[str, Any]], fields: Sequence[str]) -> list[dict[str, Any]]:
    """A short list that is held in memory, filtered and sorted by any of its plain fields. Raises QueryInvalid."""
    parts, joined = clauses(request)
    for part in parts:
        if part.field.removesuffix(".sourcedId") not in fields:
            raise QueryInvalid(f"There is no field {part.field}.", parameter="filter")
    every = all if joined == "AND" else any
    kept = [row for row in rows if not parts or every(_meets(row, part) for part in parts)]
    if "sort" in request.GET:
        name, down = ordering(request, fields, fields[0])
        kept.sort(key=lambda row: _plain(row.get(name)), reverse=down)
    return kept


def headers(request: HttpRequest, asked: Page, total: int) -> dict[str, str]:
    """How many there are, and where the first, last, next and previous pages are."""
    last = max(0, (total - 1) // asked.limit * asked.limit)
    places = {"first": 0, "last": last}
    if asked.offset + asked.limit < total:
        places["next"] = asked.offset + asked.limit
    if asked.offset > 0:
        places["prev"] = max(0, asked.offset - asked.limit)
    kept = [(name, value) for name, value in request.GET.items() if name not in {"limit", "offset"}]
    home = settings.PUBLIC_URL.rstrip("/") + request.path
    links = [
        f'<{home}?{urlencode([*kept, ("limit", asked.limit), ("offset", place)])}>; rel="{name}"'
        for name, place in places.items()
    ]
    return {"X-Total-Count": str(total), "Link": ", ".join(links)}


def _meets(row: Mapping[str, Any], part: Clause) -> bool:
    return TESTS[part.test](_plain(row.get(part.field.removesuffix(".sourcedId"))), part.value)


def _plain(value: object) -> str:
    """What a field is compared by: of a reference the id."""
    if isinstance(value, dict):
        return str(value.get("sourcedId", ""))
    return str(value or "")
