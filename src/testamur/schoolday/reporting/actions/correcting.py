"""Corrections of decisions that stand."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor


def open_correction(
    *,
    by: Actor,
    decision: UUID,
    reason: str,
    value: str,
    explanation: str,
    heard: Collection[str] = (),
    hearing_unneeded: str = "",
    grounds: Collection[str] = (),
    now: datetime,
) -> UUID:
    """Open a list that corrects one decision and return its id."""
    raise NotImplementedError
