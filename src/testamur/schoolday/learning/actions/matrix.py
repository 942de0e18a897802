"""Stating where pupils stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import latest_day
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.learning.actions.plans import locked
from testamur.schoolday.learning.models import Goal, Plan, Statement
from testamur.schoolday.learning.queries import matrix
from testamur.schoolday.learning.queries.reach import group_of, must_be_members, must_teach
from testamur.schoolday.learning.rules import DateInvalid, LevelInvalid, Mark, bounded

WRITE = "learning.matrix.write"


@transaction.atomic
def state(*, by: Actor, plan: UUID, marks: Sequence[Mark], on: date, now: datetime) -> int:
    """State where pupils stand at goals of a plan on a day; returns how many statements are new.

    What stands already word for word on that day is not stated again. Journal: ``learning.matrix.stated/1``, or
    ``learning.matrix.told/1`` where families see the matrix and are told. Needs
    ``learning.matrix.write`` in the group, and to teach the subject there. Raises NotFound, NotYourPupil, NotInGroup,
    LevelInvalid, DateInvalid (a day to come), TextTooLong.
    """
    row = locked(by, plan, WRITE)
    group = group_of(row.group_id)
    must_teach(by, WRITE, group, row.subject, now.date())
    if on > latest_day(now):
        raise DateInvalid("The day is still to come.", field="on")
    must_be_members(group, {mark.pupil for mark in marks}, on)
    _must_fit(row, marks)
    standing = matrix(by=by, plan=plan, on=on).standing
    new = []
    for mark in marks:
        known = standing.get((mark.goal, mark.pupil))
        said = bounded(mark.comment, "comment", 2000)
        if (known.level, known.comment) == (mark.level, said) if known else mark.level is None and not said:
            continue
        new.append(
            Statement(
                id=new_id(), goal_id=mark.goal, pupil_id=mark.pupil, level=mark.level, comment=said, on=on,
                made_by=by.id, made_at=now,
            )
        )  # fmt: skip
    if not new:
        return 0
    Statement.objects.bulk_create(new)
    # a family is told only of a matrix that it may see
    pupils = sorted({str(one.pupil_id) for one in new})
    refs = {"plan": str(plan), "pupils": pupils, "count": len(new)}
    kind = "learning.matrix.told/1" if row.matrix_at is not None else "learning.matrix.stated/1"
    append(by=by, kind=kind, path=row.path, refs=refs, now=now)
    return len(new)


def _must_fit(row: Plan, marks: Sequence[Mark]) -> None:
    goals = set(Goal.objects.filter(plan=row).values_list("id", flat=True))
    if any(mark.goal not in goals for mark in marks):
        raise NotFound("There is no such goal in this plan.", field="goal")
    if any(mark.level is not None and not 0 <= mark.level < len(row.levels) for mark in marks):
        raise LevelInvalid("There is no such level in this matrix.", field="level")
