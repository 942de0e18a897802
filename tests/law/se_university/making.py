"""Plainly invented decisions and modules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from testamur.law.contract import Decision, Period
from testamur.law.results import ModuleResult

DAY = date(2026, 10, 30)
DECIDED = date(2026, 11, 9)


def decision(value: str = "C", scale: str = "AF", *, on: date = DAY, **more: Any) -> Decision:
    """A module's result; `on` is the day of examination."""
    told: dict[str, Any] = {
        "kind": "module", "code": "DV1574/1405", "decided_on": DECIDED, "decided_by": ("Eskil Examinator",), **more,
    }  # fmt: skip
    return Decision(
        value=value,
        scale=scale,
        occasion=on.isoformat(),
        period=Period("2026/2027", "HT", on, on),
        year_level=0,
        **told,
    )


def module(code: str, value: str = "", scale: str = "AF", hp: str = "2.5", **more: Any) -> ModuleResult:
    """A module with that grade; examined on `DAY` unless told."""
    told: dict[str, Any] = {"examined_on": DAY if value else None, **more}
    return ModuleResult(code, f"Modul {code}", Decimal(hp), scale, value, **told)
