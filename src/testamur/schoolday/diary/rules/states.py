"""The states and kinds of the diary's rows."""

from __future__ import annotations

from enum import StrEnum


class LessonState(StrEnum):
    """Where a lesson stands. Taken: attendance is registered."""

    PLANNED = "planned"
    TAKEN = "taken"
    CANCELLED = "cancelled"


class AbsenceKind(StrEnum):
    """How a pupil was not there."""

    ABSENT = "absent"
    LATE = "late"
    LEFT_EARLY = "left_early"


class LeaveKind(StrEnum):
    """A report tells of an absence (today, or one that was); leave is asked for before."""

    REPORT = "report"
    LEAVE = "leave"


class LeaveState(StrEnum):
    """Where a report or request stands. Waiting: for the other guardian's word."""

    WAITING = "waiting"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


LEAVE_MOVES = (
    ("waiting", "asked"), ("waiting", "granted"), ("waiting", "withdrawn"), ("asked", "granted"), ("asked", "refused"),
    ("asked", "withdrawn"), ("granted", "withdrawn"), ("granted", "refused"), ("waiting", "refused"),
)  # fmt: skip


class HealthKind(StrEnum):
    """What a health note is about."""

    ALLERGY = "allergy"
    CONDITION = "condition"
    MEDICATION = "medication"
    EXEMPTION = "exemption"
    OTHER = "other"


class Circle(StrEnum):
    """Who needs to know of a pupil's health: everybody who teaches the pupil, the class teacher, or the head alone."""

    TEACHERS = "teachers"
    CLASS_TEACHER = "class_teacher"
    HEAD = "head"


class Part(StrEnum):
    """A part of a pupil's diary that a family reads, and is told of."""

    MARKS = "marks"
    ABSENCES = "absences"
    REMARKS = "remarks"
    HEALTH = "health"
    ASSESSMENTS = "assessments"
    RESULTS = "results"
    """What is decided when a moment of the school year is closed, and what follows from it."""
    HOMEWORK = "homework"
    LEAVE = "leave"
    EVENTS = "events"
    LESSONS = "lessons"
    """A lesson that falls out, moves or is given by another."""
    MESSAGES = "messages"
    FORMS = "forms"
    CARE = "care"
    LEARNING = "learning"
