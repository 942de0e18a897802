"""Making decisions: one by one and in bulk, out of the diary, at the end of a year."""

from __future__ import annotations

from testamur.schoolday.results.actions.closing import (
    close_moment,
)
from testamur.schoolday.results.actions.decisions import (
    AlreadyDecided,
    NoSuchPost,
    NotACorrection,
    NotDelegable,
    choose_signer,
    correct_decision,
    record_decisions,
)
from testamur.schoolday.results.actions.year import (
    confirm_year,
    decide_promotion,
    give_award,
    reassess,
)

__all__ = [
    "AlreadyDecided",
    "NoSuchPost",
    "NotACorrection",
    "NotDelegable",
    "choose_signer",
    "close_moment",
    "confirm_year",
    "correct_decision",
    "decide_promotion",
    "give_award",
    "reassess",
    "record_decisions",
]
