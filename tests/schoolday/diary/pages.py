"""What stands in pupils' diaries, written straight into the tables: for tests of reading."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from testamur.schoolday.diary.models import Absence, Assessment, HealthNote, Lesson, Mark, Remark, Task
from tests.schoolday.diary.school import NOW, TODAY, School


def column(school: School, subject: str = "MAT", **changes: Any) -> Task:
    """A column of current marks."""
    values: dict[str, Any] = {
        "school_id": school.school, "path": school.group_path, "group_id": school.group, "subject": subject,
        "term_id": school.terms[1], "kind": "current", "on": TODAY - timedelta(days=2), "made_at": NOW,
        "made_by": school.persons["teacher"],
    }  # fmt: skip
    return Task.objects.create(**(values | changes))


def mark(task: Task, pupil: UUID, value: str, *, at: datetime = NOW, **changes: Any) -> Mark:
    """A mark in it."""
    return Mark.objects.create(task=task, pupil_id=pupil, value=value, made_by=task.made_by, made_at=at, **changes)


def lesson(school: School, on: date = TODAY, *, slot: UUID | None = None, **changes: Any) -> Lesson:
    """A lesson of the class in mathematics."""
    values: dict[str, Any] = {
        "school_id": school.school, "path": school.group_path, "group_id": school.group, "subject": "MAT", "slot": slot,
        "teacher": school.persons["teacher"], "on": on, "starts": time(9), "ends": time(9, 45), "number": 1,
    }  # fmt: skip
    return Lesson.objects.create(**(values | changes))


def absence(of: Lesson, pupil: UUID, *, at: datetime = NOW, **changes: Any) -> Absence:
    """Not there in that lesson."""
    values: dict[str, Any] = {
        "school_id": of.school_id, "group_id": of.group_id, "subject": of.subject, "on": of.on, "kind": "absent",
        "weight": Decimal(1), "made_at": at, "changed_at": at, "made_by": of.teacher,
    }  # fmt: skip
    return Absence.objects.create(lesson=of, pupil_id=pupil, **(values | changes))


def remark(school: School, pupil: UUID, text: str, *, at: datetime = NOW, **changes: Any) -> Remark:
    """A remark of the teacher."""
    values: dict[str, Any] = {
        "school_id": school.school, "path": school.group_path, "group_id": school.group, "kind": "remark",
        "positive": False, "on": at.date(), "made_by": school.persons["teacher"],
    }  # fmt: skip
    return Remark.objects.create(pupil_id=pupil, text=text, made_at=at, **(values | changes))


def assessment(school: School, pupil: UUID, text: str, **changes: Any) -> Assessment:
    """A written assessment, a draft where `published_at` is not said."""
    values: dict[str, Any] = {
        "school_id": school.school, "path": school.group_path, "group_id": school.group, "subject": "MAT",
        "term_id": school.terms[1], "made_by": school.persons["teacher"], "made_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    return Assessment.objects.create(pupil_id=pupil, text=text, **(values | changes))


def health(school: School, pupil: UUID, text: str, **changes: Any) -> HealthNote:
    """An allergy."""
    values: dict[str, Any] = {
        "school_id": school.school, "path": school.path, "kind": "allergy", "circle": "head", "starts": TODAY,
        "made_by": school.persons["principal"], "made_at": NOW,
    }  # fmt: skip
    return HealthNote.objects.create(pupil_id=pupil, text=text, **(values | changes))
