"""Reading the roll-out."""

from __future__ import annotations

from testamur.schoolday.rollout.queries.beginning import beginning
from testamur.schoolday.rollout.queries.first import is_put_away
from testamur.schoolday.rollout.queries.joining import joined, participation
from testamur.schoolday.rollout.queries.plans import due, in_force, plan, plan_at, plans, plans_at

__all__ = [
    "beginning",
    "due",
    "in_force",
    "is_put_away",
    "joined",
    "participation",
    "plan",
    "plan_at",
    "plans",
    "plans_at",
]
