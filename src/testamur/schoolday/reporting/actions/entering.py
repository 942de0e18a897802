"""The definitive entry."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor


def enter(*, by: Actor, list: UUID, control_number: str, now: datetime) -> bool:
    """Note that a signed list stands in the registry; False when it was noted before."""
    raise NotImplementedError
