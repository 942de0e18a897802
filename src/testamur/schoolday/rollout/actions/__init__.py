"""Verbs of the roll-out."""

from __future__ import annotations

from testamur.schoolday.rollout.actions.first import bring_back, put_away
from testamur.schoolday.rollout.actions.joining import join
from testamur.schoolday.rollout.actions.plans import change_plan, close_plan, discard_plan, draft_plan, put_in_force

__all__ = [
    "bring_back", "change_plan", "close_plan", "discard_plan", "draft_plan", "join", "put_away", "put_in_force",
]  # fmt: skip
