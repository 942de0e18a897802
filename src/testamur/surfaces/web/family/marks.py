"""A child's marks by subject, with their course over the year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import MarkLine, Schooling, SubjectMarks
from testamur.schoolday.diary.rules.states import Part
from testamur.surfaces.web import charts
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import opened, was_seen
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

LEAST = 2
"""Marks with a place on a scale that make a course worth drawing."""


@dataclass(frozen=True, slots=True)
class SubjectPart:
    """One subject as the page shows it; `chart` where there is a course to draw, `latest` is the newest mark."""

    subject: SubjectMarks
    marks: tuple[MarkLine, ...]
    chart: charts.Chart | None

    @property
    def latest(self) -> MarkLine | None:
        """The newest of the marks shown."""
        return self.marks[0] if self.marks else None


@require_GET
@door("family.records", Area.FAMILY)
def marks(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Marks of the school year, those that are new marked; one term alone where asked (E6, E27, E28)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "marks")
    found = diary.marks(by=visitor.actor, pupils=[pupil], on=visitor.now.date(), of={pupil: child.schooling})[pupil]
    terms = [term.code for term in child.schooling.year.terms] if child.schooling.year is not None else []
    term = request.GET.get("term", "")
    chosen = term if term in terms else ""
    subjects = [
        SubjectPart(one, _newest(one.marks, chosen), _course(child.schooling, one, child.today))
        for one in found.subjects
    ]
    response = page(
        request,
        "web/family/marks.html",
        child=child,
        found=found,
        subjects=[one for one in subjects if one.marks or one.subject.closing],
        new=child.new(Part.MARKS),
        terms=terms,
        term=chosen,
        children=child.children,
    )
    was_seen(visitor, child, Part.MARKS)
    return response


def _newest(lines: Iterable[MarkLine], term: str) -> tuple[MarkLine, ...]:
    shown = [line for line in lines if not term or line.term == term]
    return tuple(sorted(shown, key=lambda line: (line.on, line.at, line.id), reverse=True))


def _course(schooling: Schooling, one: SubjectMarks, today: date) -> charts.Chart | None:
    """The marks of a subject over the school year, where the scale has numbers."""
    points = [charts.Point(m.on, m.points, m.value) for m in one.marks if m.points is not None]
    kinds = schooling.mark_kinds(today)
    scale = next((kinds[m.kind].scale for m in one.marks if m.kind in kinds), None)
    if scale is None or len(points) < LEAST:
        return None
    steps = {step.points: step.value for step in scale.values if step.points is not None}
    if len(steps) < LEAST:
        return None
    first, last = schooling.period(today)
    begins = {term.starts: date_format(term.starts, "M") for term in (schooling.year.terms if schooling.year else ())}
    return charts.line(
        _("%(subject)s: marks over the year") % {"subject": one.name},
        [charts.Series(one.name, tuple(points))],
        steps=dict(sorted(steps.items(), key=lambda pair: pair[0] or Decimal(0))),
        head=(_("Day"), _("Mark")),
        first=first,
        last=last,
        shown={**begins, last: date_format(last, "M")},
    )
