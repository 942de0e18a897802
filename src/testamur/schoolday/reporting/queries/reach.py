"""Who reaches one list: whoever may at its place, and those who were asked into it. For this package's own use."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.reporting.models import Grader, ResultList
from testamur.schoolday.reporting.rules.lists import ListFrozen
from testamur.schoolday.reporting.rules.states import ListState

READ = "reporting.list.read"
WRITE = "reporting.list.write"
COMMENT = "reporting.list.comment"
_OF_GRADERS = frozenset({READ, WRITE, COMMENT})


def must(by: Actor, verb: str, row: ResultList) -> None:
    """Raise NotAllowed unless `by` has the verb where the list is.

    A grader of another department, who was asked into this list, needs it somewhere.
    """
    if by.may(verb, row.path):
        return
    asked = verb in _OF_GRADERS and any(grant.covers(verb, grant.path) for grant in by.grants)
    if not (asked and Grader.objects.filter(list=row, person=by.id).exists()):
        by.must(verb, row.path)


def found(list: UUID) -> ResultList:
    """The list; raises NotFound."""
    row = ResultList.objects.filter(id=list).first()
    if row is None:
        raise NotFound("There is no such list.", field="list")
    return row


def held(list: UUID) -> ResultList:
    """The list, kept from others until the transaction ends; raises NotFound."""
    row = ResultList.objects.select_for_update().filter(id=list).first()
    if row is None:
        raise NotFound("There is no such list.", field="list")
    return row


def draft(by: Actor, verb: str, list: UUID) -> ResultList:
    """A draft that `by` may change, kept from others; raises NotFound, NotAllowed, `ListFrozen`."""
    row = held(list)
    must(by, verb, row)
    if row.state != ListState.DRAFT:
        raise ListFrozen(
            "The list was sent and is not changed any more. Take it back, or have it returned, first.",
            field="list",
            state=row.state,
        )
    return row
