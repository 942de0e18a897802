"""Who is told when final grades can be set."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.states import How


def subscribe(*, by: Actor, course_code: str, path: str, ends: date, how: How, now: datetime) -> UUID:
    """Be told when final grades can be set in a course."""
    raise NotImplementedError


def unsubscribe(*, by: Actor, subscription: UUID, now: datetime) -> None:
    """Be told no longer."""
    raise NotImplementedError


def note_found(*, by: Actor, found: Collection[tuple[UUID, UUID, UUID]], now: datetime) -> int:
    """Students (subscription, student, course) of whom subscribers are to hear; each once."""
    raise NotImplementedError


def note_told(*, by: Actor, subscription: UUID, students: Collection[UUID], now: datetime) -> int:
    """The subscriber was told of these students."""
    raise NotImplementedError
