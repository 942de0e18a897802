"""Reading single pupils' diaries, as families do: marks, absences, notes, the week, and what is new.

Everything is asked for several pupils at once, with as many queries as for one, and answered by pupil; each needs
``diary.family.see`` for every one of them. What a teacher keeps hidden is not here.
"""

from __future__ import annotations

from testamur.schoolday.diary.queries.pupil_absences import absences
from testamur.schoolday.diary.queries.pupil_marks import marks
from testamur.schoolday.diary.queries.pupil_news import news
from testamur.schoolday.diary.queries.pupil_notes import assessments, health, remarks
from testamur.schoolday.diary.queries.pupil_week import days, groups_of, homework, week
from testamur.schoolday.diary.queries.schooling import schoolings

__all__ = [
    "absences",
    "assessments",
    "days",
    "groups_of",
    "health",
    "homework",
    "marks",
    "news",
    "remarks",
    "schoolings",
    "week",
]
