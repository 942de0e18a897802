"""Verbs of keeping."""

from testamur.schoolday.keeping.actions.extracts import ask_extract, fetch_extract
from testamur.schoolday.keeping.actions.lists import approve_list, carry_out, drop_list, propose_list
from testamur.schoolday.keeping.actions.requests import ask_correction, decide_correction, withdraw_correction

__all__ = [
    "approve_list",
    "ask_correction",
    "ask_extract",
    "carry_out",
    "decide_correction",
    "drop_list",
    "fetch_extract",
    "propose_list",
    "withdraw_correction",
]
