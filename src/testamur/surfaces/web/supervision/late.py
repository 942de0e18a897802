"""Who is late, and why."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.schoolday.supervision import queries
from testamur.schoolday.supervision.queries import LateClasses
from testamur.schoolday.supervision.rules import Counts, Late, of_class
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import actor_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.reports.answering import today
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.supervision import words
from testamur.surfaces.web.supervision.board import pupils_text, told
from testamur.surfaces.web.supervision.place import address, crumbs, level_of, tabs

EACH = 100
"""Classes on one page."""
SCHOOLS = 20


@require_GET
@door("supervision.see", Area.OFFICE)
def show(request: WebRequest, body: UUID) -> HttpResponse:
    """Classes beyond a date: the step, whom it waits for, what is missing, since when nothing moved."""
    found = queries.late(
        by=actor_of(request), unit=body, year=request.GET.get("year", "")[:20],
        level=level_of(request.GET.get("level", "")), on=today(request.visitor),
    )  # fmt: skip
    shown = Paginator(found.rows, EACH).get_page(request.GET.get("page"))
    return page(
        request,
        "web/supervision/late.html",
        place=found.place,
        year=found.year,
        years=found.years,
        plan=found.plan,
        crumbs=[*crumbs(request.visitor, found.place, found.year),
                (found.place.name, address("place", found.place.id, year=found.year))],
        tabs=tabs(found.place, found.year, "late", len(found.rows)),
        facts=[(_("Classes beyond a date"), told(len(found.rows))),
               *((str(words.WAITS[waits]), told(n)) for waits, n in found.by_waits.items())],
        steps=[(words.WAITING[step], n) for step, n in found.by_step.items()],
        missing=words.missing_most(Counts(missing=found.missing), 8),
        schools=_schools(found),
        shown=shown,
        rows=[_row(one, found) for one in shown],
    )  # fmt: skip


def _schools(found: LateClasses) -> list[tuple[str, str, int]]:
    """The schools with most classes beyond a date."""
    most = sorted(found.by_school.items(), key=lambda one: (-one[1], found.units[one[0]].path))[:SCHOOLS]
    return [(found.units[unit].name, address("late", unit, year=found.year), n) for unit, n in most]


def _row(one: Late, found: LateClasses) -> dict[str, object]:
    standing, counts = one.standing, of_class(one.standing)
    unit = found.units.get(standing.unit)
    return {
        "school": unit.name if unit else "",
        "address": address("place", standing.unit, year=found.year),
        "code": standing.code,
        "level": standing.year_level,
        "pupils": pupils_text(counts),
        "step": words.STEPS[one.step],
        "due": one.due,
        "state": words.state_of(counts),
        "waits": words.WAITS[one.waits],
        "missing": [] if counts.few else words.missing_most(counts, 3),
        "few": counts.few,
        "reached": "" if counts.few else f"{counts.percent(one.step)} %",
        "since": one.since,
    }
