"""School-year dates: years, terms and holidays of a body or a school, for everybody; changed by the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import HolidayView, NewHoliday, SchoolYearView, TermView, UnitKind, UnitView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.family.calendar_entries import years_at
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.office.register.desk import one_id
from testamur.surfaces.web.office.scope import Place, actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

SHOWN = frozenset({UnitKind.AUTHORITY, UnitKind.SCHOOL})
HOLIDAY, YEAR, TERM = "schools.timetable.holiday", "schools.school_year.change", "schools.term.change"
BEHIND = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class YearPart:
    """A school year with its terms and the holidays in it."""

    year: SchoolYearView
    holidays: tuple[HolidayView, ...]


@require_GET
@public
def shown(request: WebRequest, unit: UUID) -> HttpResponse:
    """The dates of a body or a school, for everybody."""
    found = _unit(unit)
    return page(request, "web/menus/dates.html", unit=found, years=_years(found, request.visitor.now.date()))


@require_GET
@public
def calendar(request: WebRequest, unit: UUID) -> HttpResponse:
    """The same to subscribe to (iCalendar)."""
    from testamur.schoolday.noticeboard.rules.feeds import Entry  # slow to load, and rarely asked for
    from testamur.schoolday.noticeboard.rules.feeds import calendar as drawn
    from testamur.surfaces.web.calendars import domain, ics

    found, now, day = _unit(unit), request.visitor.now, timedelta(days=1)
    entries: dict[str, Entry] = {}
    for part in _years(found, now.date()):
        for term in part.year.terms:
            for on, said in (
                (term.starts, _("First day of term %(name)s") % {"name": term.code}),
                (term.ends, _("Last day of term %(name)s") % {"name": term.code}),
            ):
                uid = f"term-{term.id}-{'first' if on == term.starts else 'last'}"
                entries[uid] = Entry(uid, said, on, on + day, now, free=True)
        for one in part.holidays:
            uid = f"holiday-{one.id}"
            entries[uid] = Entry(uid, one.name, one.starts, one.ends + day, now, free=True)
    return ics(drawn(name=found.name, entries=entries.values(), domain=domain()), public_=True)


class PeriodForm(forms.Form):
    """The days of a school year or a term."""

    starts = forms.DateField(label=gettext_lazy("First day"), widget=Day())
    ends = forms.DateField(label=gettext_lazy("Last day"), widget=Day())


class HolidayForm(forms.Form):
    """Days without lessons, of one school or of all."""

    unit = forms.ChoiceField(label=gettext_lazy("For whom?"))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    starts = forms.DateField(label=gettext_lazy("First day"), widget=Day())
    ends = forms.DateField(
        label=gettext_lazy("Last day"), widget=Day(), required=False, help_text=gettext_lazy("Empty for one day.")
    )

    def __init__(self, data: Any, units: list[UnitView]) -> None:
        """The body and the school, where the visitor may."""
        super().__init__(data)
        self.fields["unit"].choices = [(str(one.id), one.name) for one in units]  # type: ignore[attr-defined]


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def dates(request: HttpRequest) -> HttpResponse:
    """Years, terms and holidays, with what the visitor may change of them."""
    told = request.POST if request.method == "POST" else request.GET
    place, by = place_of(request, told.get("school", "")), actor_of(request)
    here = place.school or place.unit
    by.must("schools.group.see", here.path)
    units = [one for one in dict.fromkeys((place.authority, here)) if by.may(HOLIDAY, one.path)]
    adding = request.POST.get("act") == "add"
    form = HolidayForm(request.POST if adding else None, units)
    if request.method == "POST" and (answer := _keep(request, place, form, adding=adding)) is not None:
        return answer
    return page(
        request,
        "web/menus/keep_dates.html",
        status=422 if form.errors else 200,
        place=place,
        chosen_school=place.school.id if place.school else None,
        here=here,
        body=place.authority,
        years=_years(here, visitor_of(request).now.date()),
        form=form,
        may_add=bool(units),
        removable={one.path for one in units},
        may_years=by.may(YEAR, place.authority.path),
        today=visitor_of(request).now.date(),
    )


def _keep(request: HttpRequest, place: Place, form: HolidayForm, *, adding: bool) -> HttpResponse | None:
    """Add or take away a holiday; None where the form says what is wrong."""
    by, now = actor_of(request), visitor_of(request).now
    if not form.fields["unit"].choices and adding:  # type: ignore[attr-defined]
        by.must(HOLIDAY, (place.school or place.unit).path)
    try:
        if not adding:
            holiday = one_id(request.POST.get("holiday", ""), "holiday")
            actions.remove_holidays(by=by, holidays=[holiday], now=now)
            messages.success(request, _("Taken away: these days have lessons again."))
        elif form.is_valid():
            said = form.cleaned_data
            new = NewHoliday(UUID(said["unit"]), said["starts"], said["ends"] or said["starts"], said["name"])
            actions.add_holidays(by=by, holidays=[new], now=now)
            messages.success(request, _("Added."))
    except Refused as refused:
        if not adding or refused.code in {"not_allowed", "not_found"}:
            raise
        refusals.into(form, refused)
    if form.errors:
        return None
    query = f"?school={place.school.id}" if place.school else ""
    return SeeOther(reverse("menus:dates") + query)


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def year(request: HttpRequest, year: UUID) -> HttpResponse:
    """Other days for a school year that has not ended."""
    place, found = _found(request, year=year)
    return _change(request, place, found, None)


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def term(request: HttpRequest, term: UUID) -> HttpResponse:
    """Other days for a term that has not ended."""
    place, found = _found(request, term=term)
    return _change(request, place, found, next(one for one in found.terms if one.id == term))


def _found(request: HttpRequest, *, year: UUID | None = None, term: UUID | None = None) -> tuple[Place, SchoolYearView]:
    place = place_of(request)
    for one in place.years:
        if one.id == year or any(each.id == term for each in one.terms):
            return place, one
    raise NotFound("There is no such school year.")


def _change(request: HttpRequest, place: Place, year: SchoolYearView, term: TermView | None) -> HttpResponse:
    by, now = actor_of(request), visitor_of(request).now
    by.must(YEAR if term is None else TERM, place.authority.path)
    one = term if term is not None else year
    form = PeriodForm(request.POST or None, initial={"starts": one.starts, "ends": one.ends})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            if term is None:
                actions.change_school_year(by=by, school_year=year.id, now=now, **said)
            else:
                actions.change_term(by=by, term=term.id, now=now, **said)
        except Refused as refused:
            if refused.code in {"not_allowed", "not_found"}:
                raise
            refusals.into(form, refused)
        else:
            messages.success(request, _("Changed."))
            return SeeOther(reverse("menus:dates"))
    return page(
        request,
        "web/menus/period.html",
        status=422 if form.errors else 200,
        year=year,
        term=term,
        form=form,
        body=place.authority,
    )


def _years(unit: UnitView, today: date) -> list[YearPart]:
    """The years that have not ended long ago, the next first, with the holidays that hold at the unit."""
    return [
        YearPart(one, schools.holidays(path=unit.path, first=one.starts, last=one.ends))
        for one in years_at(unit.path)
        if one.ends >= today - BEHIND
    ]


def _unit(unit: UUID) -> UnitView:
    found = schools.unit(unit)
    if found is None or found.kind not in SHOWN:
        raise NotFound("There is no such school.", unit=str(unit))
    return found
