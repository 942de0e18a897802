"""Sending a list to its examiner, taking it back, returning it."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor


def send(*, by: Actor, list: UUID, examiner: UUID, revision: int, now: datetime) -> str:
    """Send a list and return the digest of what was frozen."""
    raise NotImplementedError


def recall(*, by: Actor, list: UUID, now: datetime) -> None:
    """Take a sent list back."""
    raise NotImplementedError


def return_list(*, by: Actor, list: UUID, why: str, now: datetime) -> None:
    """Return a list with a reason."""
    raise NotImplementedError


def mail_unregistered(*, by: Actor, list: UUID, now: datetime) -> UUID:
    """Mail the unregistered to oneself."""
    raise NotImplementedError
