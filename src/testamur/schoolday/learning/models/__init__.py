"""Tables of learning."""

from __future__ import annotations

from testamur.schoolday.learning.models.development import (
    Demand,
    Development,
    FollowUp,
    Preparation,
    Signature,
    Talk,
    Version,
)
from testamur.schoolday.learning.models.plans import Goal, Plan, Statement
from testamur.schoolday.learning.models.portfolio import Earlier, Entry, EntryChild, EntryGoal, Picture, PictureChild

__all__ = [
    "Demand",
    "Development",
    "Earlier",
    "Entry",
    "EntryChild",
    "EntryGoal",
    "FollowUp",
    "Goal",
    "Picture",
    "PictureChild",
    "Plan",
    "Preparation",
    "Signature",
    "Statement",
    "Talk",
    "Version",
]
