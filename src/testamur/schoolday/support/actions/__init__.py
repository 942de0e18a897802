"""The verbs of support. One file for each family of verbs; callers import them from here."""

from __future__ import annotations

from testamur.schoolday.support.actions.cases import do_step, follow_up_on, note_case_told, open_case, undo_step
from testamur.schoolday.support.actions.contacts import change_contact, enter_contact, remove_contact
from testamur.schoolday.support.actions.links import (
    add_tool,
    allow_host,
    end_link,
    end_placement,
    end_tool,
    forbid_host,
    place_tool,
    set_link,
)
from testamur.schoolday.support.actions.questions import answer, ask, ask_more, hand_on, note, note_told, reply

__all__ = [
    "add_tool",
    "allow_host",
    "answer",
    "ask",
    "ask_more",
    "change_contact",
    "do_step",
    "end_link",
    "end_placement",
    "end_tool",
    "enter_contact",
    "follow_up_on",
    "forbid_host",
    "hand_on",
    "note",
    "note_case_told",
    "note_told",
    "open_case",
    "place_tool",
    "remove_contact",
    "reply",
    "set_link",
    "undo_step",
]
