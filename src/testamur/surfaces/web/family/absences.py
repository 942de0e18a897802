"""A child's absences: a month as a calendar, the list, and the sums of the school year."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import AbsenceLine, PupilAbsences
from testamur.schoolday.diary.rules.states import Part
from testamur.surfaces.web import charts
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import opened, was_seen
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

KINDS = ("excused", "unexcused", "undecided")


@require_GET
@door("family.records", Area.FAMILY)
def absences(request: WebRequest, pupil: UUID) -> HttpResponse:
    """Absences of the school year with their sums, one month of them as a calendar (E7, E27)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "absences")
    first, last = child.schooling.period(child.today)
    found = diary.absences(
        by=visitor.actor, pupils=[pupil], first=first, last=last, on=child.today, of={pupil: child.schooling}
    )[pupil]
    month = _month(request.GET.get("month", ""), found, child.today, first, last)
    shown = [line for line in found.lines if (line.on.year, line.on.month) == (month.year, month.month)]
    response = page(
        request,
        "web/family/absences.html",
        child=child,
        found=found,
        sums=[(kind, found.show(getattr(found, kind))) for kind in KINDS],
        month=month,
        earlier=_neighbour(month, -1, first, last),
        later=_neighbour(month, 1, first, last),
        calendar=_calendar(found, shown, month),
        lines=shown,
        new=child.new(Part.ABSENCES),
        children=child.children,
    )
    was_seen(visitor, child, Part.ABSENCES)
    return response


def _month(wanted: str, found: PupilAbsences, today: date, first: date, last: date) -> date:
    """The month that is asked for, else that of the latest absence, else this one; always within the school year."""
    try:
        month = date.fromisoformat(f"{wanted}-01") if len(wanted) == len("2026-01") else None
    except ValueError:
        month = None
    if month is None:
        month = found.lines[0].on if found.lines else today
    return min(max(month, first), last).replace(day=1)


def _neighbour(month: date, step: int, first: date, last: date) -> date | None:
    other = (month + timedelta(days=31)).replace(day=1) if step > 0 else (month - timedelta(days=1)).replace(day=1)
    return other if first.replace(day=1) <= other <= last else None


def _calendar(found: PupilAbsences, lines: Iterable[AbsenceLine], month: date) -> charts.Chart:
    weights: dict[date, list[Decimal]] = defaultdict(list)
    for line in lines:
        weights[line.on].append(line.weight)
    pack = found.schooling.pack
    days = []
    for n in range(monthrange(month.year, month.month)[1]):
        day = month + timedelta(days=n)
        some = weights.get(day, [])
        weight = pack.diary.count(some) if pack is not None else sum(some, Decimal(0))
        days.append(charts.Day(day, weight, found.show(weight) if some else ""))
    return charts.calendar(
        _("Absences in %(month)s") % {"month": date_format(month, "F Y")},
        days,
        weekdays=[str(WEEKDAYS_ABBR[n]) for n in range(7)],
        head=(_("Day"), _("Absences")),
    )
