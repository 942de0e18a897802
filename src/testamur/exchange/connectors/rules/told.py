"""Pure reading of what another system tells in JSON: a value of the wrong shape is as if it were not there."""

from __future__ import annotations

from datetime import date
from typing import Any


def text_of(one: Any, name: str) -> str:
    """The text under a name, without spaces around it; empty where there is none."""
    value = one.get(name) if isinstance(one, dict) else None
    return value.strip() if isinstance(value, str) else ""


def objects_of(some: Any) -> list[dict[str, Any]]:
    """Those of a list that are objects."""
    return [one for one in some if isinstance(one, dict)] if isinstance(some, list) else []


def texts_of(some: Any) -> list[str]:
    """Those of a list that are texts and not empty."""
    return [one for one in some if isinstance(one, str) and one] if isinstance(some, list) else []


def day_of(value: Any) -> date | None:
    """The day that a date or an instant in ISO 8601 begins with."""
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
