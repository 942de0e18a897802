"""Reading lists."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.rules import EntryView
from testamur.schoolday.reporting.rules.states import ListState
from testamur.schoolday.reporting.rules.views import ListHead, ListView, RowView


def by_number(*, by: Actor, number: int) -> ListHead:
    """The list with that number."""
    raise NotImplementedError


def head(*, by: Actor, list: UUID) -> ListHead:
    """A list without its rows."""
    raise NotImplementedError


def view(*, by: Actor, list: UUID, now: datetime) -> ListView:
    """A list with rows and checks."""
    raise NotImplementedError


def mine(*, by: Actor, person: UUID, states: Sequence[ListState] = ()) -> tuple[ListHead, ...]:
    """Lists that somebody made, sent or grades in; newest first."""
    raise NotImplementedError


def waiting_for(*, by: Actor, examiner: UUID) -> tuple[ListHead, ...]:
    """Sent lists that wait for that examiner."""
    raise NotImplementedError


def search(
    *, by: Actor, path: str, course: str = "", module: str = "", states: Sequence[ListState] = (), limit: int = 100
) -> tuple[ListHead, ...]:
    """Lists at or below a path."""
    raise NotImplementedError


def ordered(*, by: Actor, rows: Sequence[RowView], sort: str = "family") -> tuple[RowView, ...]:
    """Rows in the one order of names."""
    raise NotImplementedError


def history(*, by: Actor, list: UUID) -> tuple[EntryView, ...]:
    """What was done with a list."""
    raise NotImplementedError


def examiners(*, course_code: str, unit: UUID, now: datetime) -> tuple[UUID, ...]:
    """Who may sign results of a course at a unit."""
    raise NotImplementedError
