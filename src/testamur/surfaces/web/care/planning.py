"""How many children come when, and how many adults that takes: the plan of the coming weeks and what was (row C4)."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.text import file_stem
from testamur.schoolday.care import queries
from testamur.schoolday.care.queries import Staffing, StaffingDay
from testamur.surfaces.web.care.desk import Desk
from testamur.surfaces.web.care.family import monday_in
from testamur.surfaces.web.charts import Bar, bars
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.files import attachment
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.spreadsheets import KIND, xlsx
from testamur.surfaces.web.tabular import NONE, Cell, Picture, Report, Table, whole, word

WEEKS = 5
"""Weeks of the forecast."""
HOUR = 4
"""Quarters of an hour that one bar of the chart stands for; the files have each."""


@require_GET
@door("care.home", Area.STAFF, Area.OFFICE)
def planning(request: WebRequest, unit: UUID) -> HttpResponse:
    """A week by the quarter of an hour, with its chart, and the weeks after it; ``?as=csv`` or ``xlsx``: the file."""
    desk = Desk(request.visitor)
    monday = monday_in(request.GET.get("monday", ""), desk.today)
    found = _staffing(desk, unit, monday, 1)
    days = {f"{day.on:%Y-%m-%d}": day for day in found.days}
    report = _report(found, monday)
    name = f"{file_stem(report.name)} {monday:%Y-%m-%d}"
    if request.GET.get("as") == "xlsx":
        return _private(attachment(xlsx(report, made=desk.now), f"{name}.xlsx", KIND))
    if request.GET.get("as") == "csv":
        return _private(attachment(_csv(found), f"{name}.csv", "text/csv; charset=utf-8"))
    first = next(iter(days), "")
    default = f"{desk.today:%Y-%m-%d}" if f"{desk.today:%Y-%m-%d}" in days else first
    chosen = days.get(request.GET.get("day", ""), days.get(default))
    ahead = _staffing(desk, unit, monday, WEEKS)
    return page(
        request,
        "web/care/planning.html",
        found=found,
        monday=monday,
        sunday=monday + timedelta(days=6),
        earlier=monday - timedelta(weeks=1),
        later=monday + timedelta(weeks=1),
        day=chosen,
        chart=_chart(chosen) if chosen is not None else None,
        weeks=_weeks(ahead, monday),
    )


def _staffing(desk: Desk, unit: UUID, monday: date, weeks: int) -> Staffing:
    last = monday + timedelta(weeks=weeks, days=-1)
    return queries.staffing(by=desk.by, unit=unit, first=monday, last=last, now=desk.now, zone=desk.zone)


def _chart(day: StaffingDay) -> Picture:
    """Children planned and there, and adults, by the hour: the fullest quarter of each."""
    rows = []
    most = 1
    for at in range(0, len(day.planned), HOUR):
        some = day.planned[at : at + HOUR]
        was = day.actual[at : at + HOUR]
        planned, came = max(one.children for one in some), max((one.children for one in was), default=None)
        adults = max(one.adults for one in some)
        most = max(most, planned, came or 0)
        values = (Decimal(planned), Decimal(came) if came is not None else None, Decimal(adults))
        rows.append(
            Bar(f"{some[0].starts:%H:%M}", values, (str(planned), "–" if came is None else str(came), str(adults)))
        )
    names = (_("Planned children"), _("Children who were here"), _("Adults needed"))
    title = _("Children and adults on %(day)s") % {"day": date_format(day.on, "SHORT_DATE_FORMAT")}
    return Picture(bars(title, rows, names=names, head=_("From"), most=Decimal(most)), names)


def _weeks(found: Staffing, monday: date) -> list[tuple[date, int, int, int, str]]:
    """Of each week: its Monday, the most children at once, the most adults, who is missing, hours of adults."""
    rows = []
    for n in range(WEEKS):
        first = monday + timedelta(weeks=n)
        days = [day for day in found.days if first <= day.on < first + timedelta(weeks=1)]
        most = max((day.busiest.children for day in days if day.busiest is not None), default=0)
        hours = sum(day.adult_minutes for day in days) / 60
        adults = max((day.adults for day in days), default=0)
        missing = max((day.missing for day in days), default=0)
        rows.append((first, most, adults, missing, f"{hours:.1f}"))
    return rows


def _report(found: Staffing, monday: date) -> Report:
    tables = tuple(
        Table(
            date_format(day.on, "SHORT_DATE_FORMAT"),
            (_("From"), _("Small children"), _("Older children"), _("Adults needed"), _("Children who were here")),
            tuple(
                (
                    word(f"{one.starts:%H:%M}"),
                    whole(one.small),
                    whole(one.big),
                    whole(one.adults),
                    _came(day, n),
                )
                for n, one in enumerate(day.planned)
            ),
        )
        for day in found.days
    )
    title = _("Staffing, week from %(day)s") % {"day": date_format(monday, "SHORT_DATE_FORMAT")}
    return Report(_("staffing"), title, found.unit_name, tables=tables)


def _came(day: StaffingDay, n: int) -> Cell:
    return whole(day.actual[n].children) if n < len(day.actual) else NONE


def _csv(found: Staffing) -> bytes:
    """One line for each quarter of an hour, as programs read it: UTF-8, commas, ISO dates."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("date", "from", "small_planned", "older_planned", "adults_needed", "children_present"))
    for day in found.days:
        for n, one in enumerate(day.planned):
            came = day.actual[n].children if n < len(day.actual) else ""
            rows.writerow((day.on.isoformat(), f"{one.starts:%H:%M}", one.small, one.big, one.adults, came))
    return out.getvalue().encode()


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
