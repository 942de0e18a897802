"""Reports about pupils, classes, subjects, teachers and schools. Each asks for a constant number of queries.

Who holds ``diary.report.see`` at a school is told its figures; who holds ``diary.report.pupils`` too, at the school or
at a group, those of each pupil. A teacher is told of the subjects that he or she teaches in a group, a class teacher
(``diary.class.report``) of the whole class.
"""

from __future__ import annotations

from testamur.schoolday.diary.queries.reports.classes import (
    ClassReport,
    PupilLine,
    RiskReport,
    class_report,
    risk_report,
)
from testamur.schoolday.diary.queries.reports.frame import CLASS, PUPILS, SEE, Choice, Frame
from testamur.schoolday.diary.queries.reports.pupil import PupilReport, SubjectLine, pupil_report
from testamur.schoolday.diary.queries.reports.school import (
    SchoolReport,
    TeacherLine,
    TeachersReport,
    school_report,
    teachers_report,
)
from testamur.schoolday.diary.queries.reports.years import (
    SchoolLine,
    TermLine,
    schools_report,
    years_report,
)

__all__ = [
    "CLASS",
    "PUPILS",
    "SEE",
    "Choice",
    "ClassReport",
    "Frame",
    "PupilLine",
    "PupilReport",
    "RiskReport",
    "SchoolLine",
    "SchoolReport",
    "SubjectLine",
    "TeacherLine",
    "TeachersReport",
    "TermLine",
    "class_report",
    "pupil_report",
    "risk_report",
    "school_report",
    "schools_report",
    "teachers_report",
    "years_report",
]
