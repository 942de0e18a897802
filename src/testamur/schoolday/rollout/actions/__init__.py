"""Verbs of the roll-out."""

from __future__ import annotations

from testamur.schoolday.rollout.actions.beginning import ask_afresh, give_up, have_made
from testamur.schoolday.rollout.actions.first import bring_back, put_away
from testamur.schoolday.rollout.actions.joining import join, leave
from testamur.schoolday.rollout.actions.plans import change_plan, close_plan, discard_plan, draft_plan, put_in_force

__all__ = [
    "ask_afresh", "bring_back", "change_plan", "close_plan", "discard_plan", "draft_plan", "give_up", "have_made",
    "join", "leave", "put_away", "put_in_force",
]  # fmt: skip
