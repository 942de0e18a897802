"""Which hat carries more authority than another: putting on a weightier one needs a fresh identification."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from testamur.access.accounts.rules.hats import GUARDIAN, SELF
from testamur.access.accounts.rules.levels import STEP_UP, ConfirmAgain

POWER: Mapping[str, int] = {
    SELF: 0,
    GUARDIAN: 0,
    "teacher": 1,
    "class_teacher": 1,
    "examiner": 1,
    "delegate": 1,
    "archivist": 2,
    "principal": 2,
    "administrator": 2,
}
"""Role → weight."""


def must_be_fresh_for(role: str, *, worn: str, confirmed_at: datetime, now: datetime) -> None:
    """Raise `ConfirmAgain` when `role` is weightier than `worn` (empty: none) and identity was found too long ago."""
    if POWER.get(role, 2) > POWER.get(worn, 0) and now - confirmed_at > STEP_UP:
        raise ConfirmAgain("Please identify yourself again before you take on this role.", field="hat")
