"""Which pupils of a group somebody writes about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from testamur.register.schools import queries as schools
from testamur.schoolday.diary.rules.remarks import NotInGroup


def must_be_in(*, group: UUID, pupils: Sequence[UUID], on: date) -> None:
    """Raise `NotInGroup` unless all pupils are members of the group on that day. One query."""
    inside = {member.person for member in schools.members(group=group, on=on)}
    if outside := [pupil for pupil in pupils if pupil not in inside]:
        raise NotInGroup("The pupil does not belong to this group.", field="pupils", pupil=str(outside[0]))
