"""Students come into a list and are graded."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.states import Source
from testamur.schoolday.reporting.rules.views import Entry, Fetched, Incoming, Saved


def add_students(
    *,
    by: Actor,
    list: UUID,
    incoming: Sequence[Incoming],
    source: Source,
    now: datetime,
) -> Fetched:
    """Bring students into a list."""
    raise NotImplementedError


def add_student(*, by: Actor, list: UUID, person: UUID, now: datetime) -> Fetched:
    """Bring one student."""
    raise NotImplementedError


def fetch_registered(
    *,
    by: Actor,
    list: UUID,
    occasion: UUID | None = None,
    term: str = "",
    now: datetime,
) -> Fetched:
    """Bring who is registered."""
    raise NotImplementedError


def fetch_exam(*, by: Actor, list: UUID, exam: UUID, now: datetime) -> Fetched:
    """Bring who is signed up for an exam."""
    raise NotImplementedError


def save_rows(
    *,
    by: Actor,
    list: UUID,
    entries: Sequence[Entry],
    revision: int,
    now: datetime,
) -> Saved:
    """Save what was typed."""
    raise NotImplementedError
