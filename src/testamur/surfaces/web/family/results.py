"""A student's own results, with the certificate of each (row B37)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import SELF, Area
from testamur.register.studies import queries as studies
from testamur.schoolday.reporting.queries import own
from testamur.schoolday.reporting.rules.views import OwnResult
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest


@dataclass(frozen=True, slots=True)
class Line:
    """One result: `name` of its module; `certificate` is a document that can be fetched, None while there is none."""

    result: OwnResult
    name: str
    certificate: UUID | None


@dataclass(frozen=True, slots=True)
class CourseResults:
    """A course: its final grade, where there is one, and what was got in its modules, the latest first."""

    code: str
    name: str
    final: Sequence[Line]
    modules: Sequence[Line]


@require_GET
@door("family.results", Area.FAMILY)
def results(request: WebRequest) -> HttpResponse:
    """Every result of one's own, by course; what a correction replaced stands there and says so."""
    visitor = request.visitor
    found = own.results(by=visitor.actor, person=visitor.actor.id)
    there = {one.record for one in reach.own(visitor)}
    english = (get_language() or "").startswith("en")
    lines = [
        Line(one, _part(one, english=english), one.certificate if one.certificate in there else None) for one in found
    ]
    courses: dict[str, list[Line]] = {}
    for line in lines:
        courses.setdefault(line.result.course_code, []).append(line)
    return page(
        request,
        "web/family/results.html",
        courses=[
            CourseResults(
                code,
                _name(some[0].result, english=english),
                [line for line in some if not line.result.module_code],
                [line for line in some if line.result.module_code],
            )
            for code, some in courses.items()
        ],
        waiting=any(line.result.certificate is not None and line.certificate is None for line in lines),
    )


def studies_somewhere(visitor: Visitor) -> bool:
    """Whether there is such a page for the visitor: somebody who studies, as oneself."""
    return visitor.hat is not None and visitor.hat.key == SELF and bool(studies.courses_of(person=visitor.actor.id))


def _part(one: OwnResult, *, english: bool) -> str:
    return one.module_name_en if english and one.module_name_en else one.module_name


def _name(one: OwnResult, *, english: bool) -> str:
    return one.course_name_en if english and one.course_name_en else one.course_name
