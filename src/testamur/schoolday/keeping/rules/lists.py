"""States of a list of deletion, and who may move it on: one person approves, another one carries it out."""

from __future__ import annotations

from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused


class ListState(StrEnum):
    """Where a list stands."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


MOVES = frozenset({
    ("proposed", "approved"), ("proposed", "dropped"), ("approved", "running"), ("approved", "dropped"),
    ("running", "done"),
})  # fmt: skip
"""What the database itself lets happen."""
BATCH = 500
"""Rows that one transaction deletes."""
SHOWN = 200
"""Ids that a page shows of a list; the command shows all."""


class NothingToDelete(Refused):
    """Everything of that kind is younger than the plan asks for."""

    code = "keeping.list.nothing"


class ListStands(Refused):
    """There is an open list of that kind at that school already."""

    code = "keeping.list.stands"


class WrongState(Refused):
    """The list is not in the state that this needs."""

    code = "keeping.list.state"


class SamePerson(Refused):
    """Whoever approved a list may not carry it out."""

    code = "keeping.list.same_person"


class ListChanged(Refused):
    """The list is not the one that was looked at."""

    code = "keeping.list.changed"


def must_move(state: ListState, to: ListState) -> None:
    """Raise WrongState for a move that does not exist."""
    if (state.value, to.value) not in MOVES:
        raise WrongState("The list is at another step by now.", state=state.value)


def must_be_another(approved_by: UUID | None, by: UUID) -> None:
    """Raise SamePerson when one person would do both."""
    if approved_by == by:
        raise SamePerson("Somebody else than the one who approved has to carry it out.")
