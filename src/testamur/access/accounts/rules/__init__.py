"""Pure rules of access: hats and what each may do, levels of assurance, how long a login lasts."""

from testamur.access.accounts.rules.hats import GUARDIAN, SELF, Area, Hat, HatUnknown, actor_of, hats_from
from testamur.access.accounts.rules.levels import (
    NEEDED,
    STEP_UP,
    ConfirmAgain,
    Level,
    LevelTooLow,
    Need,
    must_be_confirmed,
    must_reach_level,
)
from testamur.access.accounts.rules.lifetimes import ABSOLUTE, IDLE, LoginOver, is_over

__all__ = [
    "ABSOLUTE",
    "GUARDIAN",
    "IDLE",
    "NEEDED",
    "SELF",
    "STEP_UP",
    "Area",
    "ConfirmAgain",
    "Hat",
    "HatUnknown",
    "Level",
    "LevelTooLow",
    "LoginOver",
    "Need",
    "actor_of",
    "hats_from",
    "is_over",
    "must_be_confirmed",
    "must_reach_level",
]
