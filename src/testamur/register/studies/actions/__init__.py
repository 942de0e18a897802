"""The verbs of studies. One file per family of verbs; callers import them from here.

All are bulk and may be said again: a row that stands there already with the same values changes nothing and writes
nothing; one that says otherwise is refused, by number.
"""

from __future__ import annotations

from testamur.register.studies.actions.credits import CreditDiffers, CreditInvalid, note_credits
from testamur.register.studies.actions.exams import (
    CodeTaken,
    ExamDiffers,
    SignUpDiffers,
    add_exams,
    note_attendance,
    sign_up,
)
from testamur.register.studies.actions.occasions import OccasionDiffers, OccasionInvalid, add_occasions
from testamur.register.studies.actions.registrations import (
    NotRegistered,
    RegistrationDiffers,
    RegistrationInvalid,
    end_registration,
    register_students,
)

__all__ = [
    "CodeTaken",
    "CreditDiffers",
    "CreditInvalid",
    "ExamDiffers",
    "NotRegistered",
    "OccasionDiffers",
    "OccasionInvalid",
    "RegistrationDiffers",
    "RegistrationInvalid",
    "SignUpDiffers",
    "add_exams",
    "add_occasions",
    "end_registration",
    "note_attendance",
    "note_credits",
    "register_students",
    "sign_up",
]
