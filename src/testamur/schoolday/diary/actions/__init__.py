"""Writing the diary: one file per subject matter, all verbs behind this door."""

from __future__ import annotations

from testamur.schoolday.diary.actions.absences import excuse_absences
from testamur.schoolday.diary.actions.assessments import publish_assessments, save_assessment
from testamur.schoolday.diary.actions.attendance import take_attendance, undo_attendance
from testamur.schoolday.diary.actions.health import end_health, note_health, read_health
from testamur.schoolday.diary.actions.history import load_history
from testamur.schoolday.diary.actions.leaves import ask_leave, consent_leave, decide_leave, withdraw_leave
from testamur.schoolday.diary.actions.lessons import add_lesson, assign_substitute, cancel_lesson, write_topic
from testamur.schoolday.diary.actions.marks import enter_marks
from testamur.schoolday.diary.actions.moments import open_moment
from testamur.schoolday.diary.actions.phrases import keep_phrase, retire_phrase
from testamur.schoolday.diary.actions.remarks import withdraw_remark, write_remark
from testamur.schoolday.diary.actions.standing_in import move_lesson, replace_teacher
from testamur.schoolday.diary.actions.tasks import add_task, change_task, ensure_closing, retire_task, show_task
from testamur.schoolday.diary.actions.visits import note_visit

__all__ = [
    "add_lesson",
    "add_task",
    "ask_leave",
    "assign_substitute",
    "cancel_lesson",
    "change_task",
    "consent_leave",
    "decide_leave",
    "end_health",
    "ensure_closing",
    "enter_marks",
    "excuse_absences",
    "keep_phrase",
    "load_history",
    "move_lesson",
    "note_health",
    "note_visit",
    "open_moment",
    "publish_assessments",
    "read_health",
    "replace_teacher",
    "retire_phrase",
    "retire_task",
    "save_assessment",
    "show_task",
    "take_attendance",
    "undo_attendance",
    "withdraw_leave",
    "withdraw_remark",
    "write_remark",
    "write_topic",
]
