"""The definitive entry (rows B25, B36, B42)."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.reporting.queries.reach import held
from testamur.schoolday.reporting.rules.control import ControlNumberWrong, read_control_number
from testamur.schoolday.reporting.rules.lists import ListNotSent
from testamur.schoolday.reporting.rules.states import ListState


@transaction.atomic
def enter(*, by: Actor, list: UUID, control_number: str, now: datetime) -> bool:
    """Note that a signed list stands in the registry; False when it was noted before.

    The control number is that of the archive list, in any usual spelling. For the office in its administrator mode, and
    for the step that saw the registry attest everything. Needs ``reporting.list.enter`` at the list. Raises NotFound,
    `ListNotSent` for a list that is not signed, `ControlNumberWrong` for another list's number. Journal:
    ``reporting.list.entered/1``.
    """
    row = held(list)
    by.must("reporting.list.enter", row.path)
    if row.state not in {ListState.SIGNED, ListState.ENTERED}:
        raise ListNotSent("The list is not signed.", field="list", state=row.state)
    if read_control_number(control_number) != row.control_number:
        raise ControlNumberWrong("That is the control number of another list.", field="control_number")
    if row.state == ListState.ENTERED:
        return False
    row.state, row.entered_at, row.entered_by = ListState.ENTERED, now, by.id
    row.save(update_fields=["state", "entered_at", "entered_by"])
    told = {"list": str(row.id), "number": row.number, "control_number": row.control_number}
    append(by=by, kind="reporting.list.entered/1", path=row.path, refs=told, now=now)
    return True
