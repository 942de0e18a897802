"""Long lists in pages."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Pages:
    """Which page of how many, and the addresses of its neighbours (empty: there is none)."""

    number: int
    count: int
    total: int
    before: str
    after: str


def offset(request: HttpRequest, size: int) -> int:
    """How many rows come before the page that is asked for."""
    return (number(request) - 1) * size


def number(request: HttpRequest) -> int:
    """The page that is asked for, from 1; nonsense is the first."""
    told = request.GET.get("page", "1")
    return max(1, int(told)) if told.isascii() and told.isdigit() and len(told) < 7 else 1  # noqa: PLR2004 - digits


def pages(request: HttpRequest, total: int, size: int) -> Pages:
    """The page's place among all."""
    at, count = number(request), max(1, -(-total // size))

    def address(to: int) -> str:
        query = request.GET.copy()
        query["page"] = str(to)
        return f"{request.path}?{urlencode(list(query.items()))}"

    return Pages(at, count, total, address(at - 1) if at > 1 else "", address(at + 1) if at < count else "")
