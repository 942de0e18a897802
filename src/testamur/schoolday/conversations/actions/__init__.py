"""The verbs of conversations. One file per family of verbs; callers import them from here."""

from __future__ import annotations

from testamur.schoolday.conversations.actions.away import end_away, say_away
from testamur.schoolday.conversations.actions.posting import answer, close, mute, note_read, withdraw
from testamur.schoolday.conversations.actions.starting import call_off, send_planned, start
from testamur.schoolday.conversations.actions.telling_staff import choose_pace
from testamur.schoolday.conversations.actions.tidying import tidy_files

__all__ = [
    "answer",
    "call_off",
    "choose_pace",
    "close",
    "end_away",
    "mute",
    "note_read",
    "say_away",
    "send_planned",
    "start",
    "tidy_files",
    "withdraw",
]
