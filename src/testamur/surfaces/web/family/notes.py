"""Remarks, written assessments and health notes of a child, and the comparison where the law knows one."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.queries.compare import compare as compared
from testamur.schoolday.diary.rules.compare import Beside, Comparison
from testamur.schoolday.diary.rules.states import Part
from testamur.surfaces.web import charts
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import opened, was_seen
from testamur.surfaces.web.family.week import names
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@require_GET
@door("family.records", Area.FAMILY)
def remarks(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Remarks and praise of the school year (E9)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "remarks")
    lines = diary.remarks(by=visitor.actor, pupils=[pupil], on=child.today, of={pupil: child.schooling})[pupil]
    response = page(
        request,
        "web/family/remarks.html",
        child=child,
        lines=lines,
        authors=names(visitor, {line.author for line in lines}),
        new=child.new(Part.REMARKS),
        children=child.children,
    )
    was_seen(visitor, child, Part.REMARKS)
    return response


@require_GET
@door("family.records", Area.FAMILY)
def assessments(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Published written assessments, subject by subject, with what comes next (C3)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "assessments")
    lines = diary.assessments(by=visitor.actor, pupils=[pupil], on=child.today, of={pupil: child.schooling})[pupil]
    response = page(
        request,
        "web/family/assessments.html",
        child=child,
        lines=lines,
        authors=names(visitor, {line.author for line in lines}),
        new=child.new(Part.ASSESSMENTS),
        children=child.children,
    )
    was_seen(visitor, child, Part.ASSESSMENTS)
    return response


@require_GET
@door("family.records", Area.FAMILY)
def health(request: WebRequest, pupil: UUID) -> HttpResponse:
    """What the school has noted about the child's health, and who of the staff is told (E8)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "health")
    response = page(
        request,
        "web/family/health.html",
        child=child,
        lines=diary.health(by=visitor.actor, pupils=[pupil], on=child.today)[pupil],
        new=child.new(Part.HEALTH),
        children=child.children,
    )
    was_seen(visitor, child, Part.HEALTH)
    return response


@require_GET
@door("family.records", Area.FAMILY)
def compare(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The child's averages beside class and year group; there is no such page where the law compares nobody (E30)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "compare")
    found = compared(by=visitor.actor, pupil=pupil, on=child.today)
    return page(
        request,
        "web/family/compare.html",
        child=child,
        found=found,
        legend=_names(child.name, found),
        chart=_chart(child.name, found),
        children=child.children,
    )


def _with_year(found: Comparison) -> bool:
    """Whether there is anything to tell of the year group."""
    return any(one.in_year is not None for one in (found.success, *found.subjects))


def _names(name: str, found: Comparison) -> tuple[str, ...]:
    return (name, _("The class"), *((_("All classes of the year"),) if _with_year(found) else ()))


def _chart(name: str, found: Comparison) -> charts.Chart:
    names = _names(name, found)
    every = ((found.success, _("All subjects")), *((one, one.name) for one in found.subjects))
    rows = [_bar(one, title, len(names)) for one, title in every]
    most = max((value for row in rows for value in row.values if value is not None), default=Decimal(1))
    return charts.bars(
        _("Averages beside class and year"), rows, names=names, head=_("Subject"), most=max(most, Decimal(1))
    )


def _bar(one: Beside, name: str, count: int) -> charts.Bar:
    values = (one.own, one.in_class, one.in_year)[:count]
    hidden = _("not told")
    return charts.Bar(name, values, tuple(str(localize(v)) if v is not None else hidden for v in values))
