"""What a student sees of the own results (row B37)."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView
from testamur.register.people import queries as people
from testamur.schoolday.reporting.models import ListRow
from testamur.schoolday.reporting.queries.law import results_of, university_of
from testamur.schoolday.reporting.queries.transfer import rows_of
from testamur.schoolday.reporting.rules.documents import COURSE, MODULE, SignedRow
from testamur.schoolday.reporting.rules.views import OwnResult
from testamur.schoolday.results import queries as decided
from testamur.schoolday.results.queries import Result


def results(*, by: Actor, person: UUID) -> tuple[OwnResult, ...]:
    """The results of a student, the latest examination first; those that a correction replaced are marked.

    `certificate` is a record: whether it can be fetched already says `records.queries.of_subjects`. Needs
    ``reporting.own.read`` for that person: one's own. Raises NotFound, NotAllowed.
    """
    path = people.paths([person]).get(person)
    if path is None:
        raise NotFound("There is no such person.", field="person")
    by.must("reporting.own.read", path, person=person)
    found = tuple(decided.results_about(pupil=person, kinds=(MODULE, COURSE)))
    courses = _courses(found)
    lines = _lines(found)
    return tuple(_own(one, courses, lines.get(one.id)) for one in found)


def list_rows(*, list: UUID) -> tuple[SignedRow, ...]:
    """Those of a signed list who have a new decision, for the step that tells them."""
    return rows_of(list)


def _courses(found: Iterable[Result]) -> Mapping[tuple[str, str], CourseView]:
    """By university and code."""
    wanted: dict[str, set[str]] = {}
    for one in found:
        wanted.setdefault(university_of(one.path), set()).add(one.code.partition("/")[0])
    return {
        (place, code): course
        for place, codes in wanted.items()
        for code, course in curriculum.courses_by_code(codes=sorted(codes), path=place).items()
    }


def _lines(found: Iterable[Result]) -> Mapping[UUID, ListRow]:
    rows = ListRow.objects.filter(decision__in=[one.id for one in found])
    return {row.decision: row for row in rows if row.decision is not None}


def _own(one: Result, courses: Mapping[tuple[str, str], CourseView], line: ListRow | None) -> OwnResult:
    code, _slash, module_code = one.code.partition("/")
    course = courses.get((university_of(one.path), code))
    module = next((m for m in course.modules if m.code == module_code), None) if course else None
    amount = module.credits if module else (course.credits if course and not module_code else Decimal(0))
    return OwnResult(
        decision=one.id,
        course_code=code,
        course_name=course.name if course else "",
        course_name_en=course.name_en if course else "",
        module_code=module_code,
        module_name=module.name if module else "",
        credits=amount,
        scale=one.scale,
        value=one.value,
        passed=_passed(one),
        examined_on=date.fromisoformat(one.occasion),
        decided_on=one.decided_on,
        points=line.points if line else "",
        certificate=line.certificate if line else None,
        replaced=one.replaced,
        module_name_en=module.name_en if module else "",
    )


def _passed(one: Result) -> bool:
    try:
        return results_of(one.pack).passed(one.scale, one.value)
    except Refused:  # of another time's scale
        return False
