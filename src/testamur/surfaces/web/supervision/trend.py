"""The course of time: how far a place was, day by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.schoolday.supervision import queries
from testamur.schoolday.supervision.rules import FEW, DayView, share
from testamur.schoolday.transcripts.rules import STEPS, Step
from testamur.surfaces.web.charts import Chart, Point, Series, line
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import actor_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.reports.answering import today
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.supervision import words
from testamur.surfaces.web.supervision.board import told
from testamur.surfaces.web.supervision.place import address, crumbs, tabs

DRAWN = (Step.COMPLETE, Step.PRINCIPAL, Step.DELIVERED)
"""The steps of which a line is drawn; the table has them all."""
LISTED = 31


@require_GET
@door("supervision.see", Area.OFFICE)
def show(request: WebRequest, body: UUID) -> HttpResponse:
    """Shares of the pupils who had reached each step, by day."""
    by, on = actor_of(request), today(request.visitor)
    place = queries.place_of(by=by, unit=body)
    years, current = queries.years_of(by=by, path=place.path, on=on)
    year = request.GET.get("year", "") if request.GET.get("year", "") in years else current
    days = tuple(one for one in queries.trend(by=by, unit=body, school_year=year) if one.pupils >= FEW)
    return page(
        request,
        "web/supervision/trend.html",
        place=place,
        year=year,
        crumbs=[*crumbs(request.visitor, place, year), (place.name, address("place", place.id, year=year))],
        tabs=tabs(place, year, "trend"),
        chart=chart(days) if len(days) > 1 else None,
        legend=[words.STEPS[step] for step in DRAWN],
        heads=[(words.SHORT[one], words.STEPS[one]) for one in STEPS],
        days=[_row(one) for one in days[: -LISTED - 1 : -1]],
        listed=LISTED,
    )


def chart(days: Sequence[DayView]) -> Chart:
    """The lines; at least two days."""
    first, last = days[0].on, days[-1].on
    series = [Series(str(words.STEPS[step]), tuple(_point(one, step) for one in thinned(days))) for step in DRAWN]
    return line(
        _("Share of the pupils who have reached a step"),
        series,
        steps={Decimal(n): f"{n}%" for n in (0, 25, 50, 75, 100)},
        head=(_("Day"), *(str(words.STEPS[step]) for step in DRAWN)),
        first=first,
        last=last,
        shown={day: date_format(day, "SHORT_DATE_FORMAT") for day in _ends(first, last)},
    )


def _point(one: DayView, step: Step) -> Point:
    percent = share(one.reached[step], one.pupils)
    return Point(one.on, Decimal(percent), f"{percent} %")


def thinned(days: Sequence[DayView], most: int = 40) -> list[DayView]:
    """At most about so many days, the last one among them, so that points stand apart."""
    every = -(-len(days) // most)
    return [one for n, one in enumerate(reversed(days)) if n % every == 0][::-1]


def _ends(first: date, last: date) -> tuple[date, date]:
    return first, last


def _row(one: DayView) -> dict[str, object]:
    return {
        "on": one.on,
        "pupils": told(one.pupils),
        "steps": [(f"{share(one.reached[step], one.pupils)} %", told(one.reached[step])) for step in STEPS],
        "rejected": told(one.rejected),
    }
