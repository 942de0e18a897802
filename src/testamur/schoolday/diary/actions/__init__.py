"""Writing the diary: one file per subject matter, all verbs behind this door."""

from __future__ import annotations

from testamur.schoolday.diary.actions.assessments import publish_assessments, save_assessment
from testamur.schoolday.diary.actions.health import end_health, note_health, read_health
from testamur.schoolday.diary.actions.remarks import withdraw_remark, write_remark
from testamur.schoolday.diary.actions.visits import note_visit

__all__ = [
    "end_health",
    "note_health",
    "note_visit",
    "publish_assessments",
    "read_health",
    "save_assessment",
    "withdraw_remark",
    "write_remark",
]
