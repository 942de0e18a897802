"""A signed list as the registry reads it."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.documents import SignedList


def signed(*, by: Actor, list: UUID) -> SignedList:
    """A signed list with its decided rows: nothing in it changes any more."""
    raise NotImplementedError


def not_entered(*, by: Actor, path: str) -> tuple[UUID, ...]:
    """Signed lists at or below a path without a definitive entry, in order of signature."""
    raise NotImplementedError
