"""Tables of the diary."""

from __future__ import annotations

from testamur.schoolday.diary.models.lessons import Absence, AbsenceChange, Leave, Lesson
from testamur.schoolday.diary.models.marks import Mark, Task
from testamur.schoolday.diary.models.notes import Assessment, HealthNote, Remark, Visit
from testamur.schoolday.diary.models.phrases import Phrase

__all__ = [
    "Absence",
    "AbsenceChange",
    "Assessment",
    "HealthNote",
    "Leave",
    "Lesson",
    "Mark",
    "Phrase",
    "Remark",
    "Task",
    "Visit",
]
