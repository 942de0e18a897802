"""Grades and syllabuses as SS 12000 writes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from testamur.kernel.base.refused import Refused
from testamur.schoolday.results.feeds import Given
from testamur.surfaces.api.syllabuses import SCHOOL_TYPES, UNIVERSITY, Subject

LAST_YEAR = 9
CODES: Mapping[int, str] = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    429: "TOO_MANY_REQUESTS",
    501: "NOT_IMPLEMENTED",
}
CORRECTIONS: Mapping[str, str] = {"rectification": "Rättelse", "change": "Ändring", "re-examination": "Ändring"}


def error(status: int, refused: Refused) -> dict[str, Any]:
    """The standard's error."""
    return {"code": CODES[status], "message": str(refused)}


def grade(one: Given, subject: Subject, names: Mapping[UUID, str], *, expand: bool) -> dict[str, Any]:
    """A grade. `names`: of units, and of those deciders who may be named; the others are ids alone."""
    facts = one.row.facts
    teacher = _reference(one.row.decided_by[0], names, expand=expand) if one.row.decided_by else None
    told: dict[str, Any] = {
        "id": str(one.row.id),
        "meta": {"created": _stamp(one.row.made_at), "modified": _stamp(one.changed_at)},
        "student": {"id": str(one.row.pupil)},
        "organisation": _reference(one.unit, names, expand=expand),
        "registeredBy": teacher,
        "gradingTeacher": teacher,
        "registeredDate": (facts.decided_on or timezone.localdate(one.row.made_at)).isoformat(),
        "gradeValue": facts.value,
        "finalGrade": _final(one),
        "trial": "test" in facts.flags,
        "adaptedStudyPlan": "adjusted_timetable" in facts.flags,
        "converted": False,
        "correctionType": CORRECTIONS.get(facts.reason),
        "semester": facts.period.term if facts.period.term in {"HT", "VT"} else None,
        "year": facts.period.ends.year,
        "syllabus": {"id": str(subject.id)} | ({"displayName": subject.name} if expand else {}),
    }
    return {name: value for name, value in told.items() if value is not None}


def syllabus(one: Subject) -> dict[str, Any]:
    """A syllabus: the law's subject, or a course or module of a university."""
    told: dict[str, Any] = {
        "id": str(one.id),
        "schoolType": SCHOOL_TYPES[one.pack],
        "subjectCode": one.code.partition("/")[0],
        "subjectName": one.course.name if one.course is not None else one.name,
        "official": one.pack != UNIVERSITY,
    }
    if one.course is not None:
        told |= {"courseCode": one.code, "courseName": one.name}
    if one.credits is not None and one.credits == int(one.credits):
        told["points"] = int(one.credits)  # the standard has whole points alone: 7.5 is left out, not rounded
    return told


def _final(one: Given) -> bool:
    if one.row.pack == UNIVERSITY:
        return one.row.facts.kind == "course"
    return one.row.facts.year_level == LAST_YEAR and one.row.facts.period.term == "VT"


def _reference(key: UUID, names: Mapping[UUID, str], *, expand: bool) -> dict[str, str]:
    return {"id": str(key)} | ({"displayName": names[key]} if expand and key in names else {})


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
