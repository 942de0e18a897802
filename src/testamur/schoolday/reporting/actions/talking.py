"""Remarks, further graders, and what somebody has seen."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor


def comment(*, by: Actor, list: UUID, row: UUID | None, text: str, now: datetime) -> UUID:
    """Say something about a list."""
    raise NotImplementedError


def add_grader(*, by: Actor, list: UUID, person: UUID, now: datetime) -> None:
    """Let somebody grade."""
    raise NotImplementedError


def remove_grader(*, by: Actor, list: UUID, person: UUID, now: datetime) -> None:
    """Let somebody grade no more."""
    raise NotImplementedError


def see(*, by: Actor, list: UUID, now: datetime) -> None:
    """Note what somebody saw."""
    raise NotImplementedError
