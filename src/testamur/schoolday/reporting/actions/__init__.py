"""Result lists: all verbs behind this door, one file per subject matter."""

from __future__ import annotations

from testamur.schoolday.reporting.actions.correcting import open_correction
from testamur.schoolday.reporting.actions.deciding import decide, note_paper_signature
from testamur.schoolday.reporting.actions.desks import set_desk
from testamur.schoolday.reporting.actions.documents import note_prepared
from testamur.schoolday.reporting.actions.entering import enter
from testamur.schoolday.reporting.actions.lists import discard, open_list, reveal, set_title
from testamur.schoolday.reporting.actions.preferences import set_preference
from testamur.schoolday.reporting.actions.process import note_in_force, propose_process
from testamur.schoolday.reporting.actions.rows import (
    add_student,
    add_students,
    fetch_exam,
    fetch_registered,
    save_rows,
)
from testamur.schoolday.reporting.actions.sending import mail_unregistered, recall, return_list, send
from testamur.schoolday.reporting.actions.subscriptions import note_found, note_told, subscribe, unsubscribe
from testamur.schoolday.reporting.actions.talking import add_grader, comment, remove_grader, see
from testamur.schoolday.reporting.actions.writing import Feedback, remind, send_feedback

__all__ = [
    "Feedback",
    "add_grader",
    "add_student",
    "add_students",
    "comment",
    "decide",
    "discard",
    "enter",
    "fetch_exam",
    "fetch_registered",
    "mail_unregistered",
    "note_found",
    "note_in_force",
    "note_paper_signature",
    "note_prepared",
    "note_told",
    "open_correction",
    "open_list",
    "propose_process",
    "recall",
    "remind",
    "remove_grader",
    "return_list",
    "reveal",
    "save_rows",
    "see",
    "send",
    "send_feedback",
    "set_desk",
    "set_preference",
    "set_title",
    "subscribe",
    "unsubscribe",
]
