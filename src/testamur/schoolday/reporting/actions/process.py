"""Decisions about how results are signed."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.states import Way


def propose_process(*, by: Actor, path: str, way: Way, grade_from: date, reference: str = "", now: datetime) -> UUID:
    """Draw up a decision that the head of the university is to sign; returns its id."""
    raise NotImplementedError


def note_in_force(*, by: Actor, rule: UUID, now: datetime) -> None:
    """The decision is published: it holds."""
    raise NotImplementedError
