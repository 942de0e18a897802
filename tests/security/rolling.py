"""A plan in force of a body, for the matrix of who may come in."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.schoolday.rollout import actions
from testamur.schoolday.rollout.rules import NEEDED, NewPlan, Reach, Stage


def rolled_out(body: UUID, *, sibling: bool) -> dict[str, object]:
    """A plan that asks grade 1 of all schools; the second one of a body is of the year after."""
    now = clock.now()
    stage = Stage("Pilot", (1,), Reach.ALL, dict.fromkeys(NEEDED, date(2026, 6, 30)))
    new = NewPlan("Plan", "Decision", "2026/2027" if sibling else "2025/2026", (stage,))
    plan = actions.draft_plan(by=operator(), authority=body, new=new, now=now)
    actions.put_in_force(by=operator(), plan=plan, now=now)
    return {"rollout": plan}
