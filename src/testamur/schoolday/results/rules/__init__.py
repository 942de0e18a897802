"""Pure parts of the results: decisions, and the end of a class's year."""

from __future__ import annotations

from testamur.schoolday.results.rules.decisions import (
    Amendment,
    Change,
    Key,
    NewDecision,
    Reason,
    Recorded,
    Rejected,
    differences,
)
from testamur.schoolday.results.rules.year import (
    AgreementMissing,
    AwardGiven,
    Closed,
    CommentTooLong,
    Confirmed,
    Line,
    MeritMissing,
    MomentBusy,
    MomentIncomplete,
    MomentState,
    NoSuchAward,
    NotThatResult,
    NotThePrincipals,
    NotWeak,
    PupilYear,
    TooManyAwards,
)

__all__ = [
    "AgreementMissing",
    "Amendment",
    "AwardGiven",
    "Change",
    "Closed",
    "CommentTooLong",
    "Confirmed",
    "Key",
    "Line",
    "MeritMissing",
    "MomentBusy",
    "MomentIncomplete",
    "MomentState",
    "NewDecision",
    "NoSuchAward",
    "NotThatResult",
    "NotThePrincipals",
    "NotWeak",
    "PupilYear",
    "Reason",
    "Recorded",
    "Rejected",
    "TooManyAwards",
    "differences",
]
