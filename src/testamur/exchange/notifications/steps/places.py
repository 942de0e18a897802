"""Whose clock and whose language hold at a place: those of the country of its authority."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from testamur.exchange.notifications.rules import ZONES
from testamur.register.schools import queries as schools


def countries() -> Callable[[str], str]:
    """The country of a path, looked up once for each authority."""
    known: dict[str, str] = {}

    def country(path: str) -> str:
        root = path.split("/")[1]
        if root not in known:
            above = schools.units_above(path)
            known[root] = above[0].country if above else ""
        return known[root]

    return country


def zones() -> Callable[[str], ZoneInfo]:
    """The time zone of a path."""
    country = countries()
    return lambda path: ZoneInfo(ZONES.get(country(path), "UTC"))
