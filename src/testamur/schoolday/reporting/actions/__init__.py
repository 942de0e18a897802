"""Result lists: all verbs behind this door, one file per subject matter."""

from __future__ import annotations

from testamur.schoolday.reporting.actions.lists import discard, open_list, reveal, set_title
from testamur.schoolday.reporting.actions.rows import (
    add_student,
    add_students,
    fetch_exam,
    fetch_registered,
    save_rows,
)
from testamur.schoolday.reporting.actions.sending import mail_unregistered, recall, return_list, send
from testamur.schoolday.reporting.actions.talking import add_grader, comment, remove_grader, see

__all__ = [
    "add_grader",
    "add_student",
    "add_students",
    "comment",
    "discard",
    "fetch_exam",
    "fetch_registered",
    "mail_unregistered",
    "open_list",
    "recall",
    "remove_grader",
    "return_list",
    "reveal",
    "save_rows",
    "see",
    "send",
    "set_title",
]
