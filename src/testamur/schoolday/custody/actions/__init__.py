"""Verbs of custody."""

from __future__ import annotations

from testamur.schoolday.custody.actions.copying import issue_copy, print_copy
from testamur.schoolday.custody.actions.looking import fetch_original, look_up
from testamur.schoolday.custody.actions.moving import (
    accept_transfer,
    ask_transfer,
    refuse_transfer,
    release_transfer,
    withdraw_transfer,
)

__all__ = [
    "accept_transfer",
    "ask_transfer",
    "fetch_original",
    "issue_copy",
    "look_up",
    "print_copy",
    "refuse_transfer",
    "release_transfer",
    "withdraw_transfer",
]
