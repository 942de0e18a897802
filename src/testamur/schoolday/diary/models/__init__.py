"""Tables of the diary."""

from __future__ import annotations

from testamur.schoolday.diary.models.lessons import Absence, AbsenceChange, Leave, Lesson
from testamur.schoolday.diary.models.marks import Mark, Task
from testamur.schoolday.diary.models.notes import Assessment, HealthNote, Remark, Visit

__all__ = ["Absence", "AbsenceChange", "Assessment", "HealthNote", "Leave", "Lesson", "Mark", "Remark", "Task", "Visit"]
