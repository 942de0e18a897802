"""What keeps a list from being sent."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from testamur.schoolday.reporting.rules.views import Check


def of(*, list: UUID, now: datetime) -> tuple[Check, ...]:
    """Everything that the checks find."""
    raise NotImplementedError
