"""School years and terms, which the body responsible keeps; holidays, which a school may add its own to."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import NewHoliday, NewSchoolYear, NewTerm
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.office.register.desk import SEE, back, desk_of, one_id
from testamur.surfaces.web.office.scope import Place, actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page

KEEPS = "schools.school_year.add"


class PeriodForm(forms.Form):
    """A school year, or a term of one."""

    of = forms.ChoiceField(
        label=gettext_lazy("What"), help_text=gettext_lazy("A term lies within its school year: enter the year first.")
    )
    code = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=20,
        help_text=gettext_lazy("As documents write it: 2026/2027 for a year, HT, VT, I, II for a term."),
    )
    starts = forms.DateField(label=gettext_lazy("First day"), widget=Day())
    ends = forms.DateField(label=gettext_lazy("Last day"), widget=Day())

    def __init__(self, data: Any, place: Place) -> None:
        """The years that are there take terms, the latest first."""
        super().__init__(data, initial={"of": str(place.years[-1].id) if place.years else ""})
        terms = [(str(year.id), _("A term of %(year)s") % {"year": year.code}) for year in reversed(place.years)]
        self.fields["of"].choices = [("year", _("A school year")), *terms]  # type: ignore[attr-defined]


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def years(request: HttpRequest) -> HttpResponse:
    """The years with their terms, and a form for another where the visitor keeps them."""
    told = request.POST if request.method == "POST" else request.GET
    place, by = place_of(request, told.get("school", "")), actor_of(request)
    body = place.authority
    by.must(SEE, (place.school or place.unit).path)
    may = by.may(KEEPS, body.path)
    form = PeriodForm(request.POST or None, place)
    if request.method == "POST":
        by.must(KEEPS, body.path)
        if form.is_valid():
            try:
                _add(request, place, form.cleaned_data)
            except Refused as refused:
                refusals.into(form, refused)
            else:
                messages.success(request, _("Added."))
                return back("office:register_years", **({"school": str(place.school.id)} if place.school else {}))
    return page(
        request,
        "web/office/register/years.html",
        status=422 if form.errors else 200,
        place=place,
        years=list(reversed(place.years)),
        form=form,
        may=may,
        body=body,
        chosen_school=place.school.id if place.school else None,
    )


def _add(request: HttpRequest, place: Place, told: dict[str, Any]) -> None:
    by, now = actor_of(request), visitor_of(request).now
    code, starts, ends = told["code"], told["starts"], told["ends"]
    if told["of"] == "year":
        year = NewSchoolYear(place.authority.id, code, starts, ends)
        actions.add_school_years(by=by, school_years=[year], now=now)
    else:
        term = NewTerm(one_id(told["of"], "of"), code, starts, ends)
        actions.add_terms(by=by, terms=[term], now=now)


class HolidayForm(forms.Form):
    """Days without lessons."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    starts = forms.DateField(label=gettext_lazy("First day"), widget=Day())
    ends = forms.DateField(
        label=gettext_lazy("Last day"), widget=Day(), required=False, help_text=gettext_lazy("Empty for one day.")
    )


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def holidays(request: HttpRequest) -> HttpResponse:
    """The holidays of the year that hold at the school, and a form for one of its own."""
    desk, verb = desk_of(request), "schools.timetable.holiday"
    school, now = desk.school, visitor_of(request).now
    adding = request.POST.get("act") == "add"
    form = HolidayForm(request.POST if adding else None)
    if request.method == "POST":
        desk.by.must(verb, school.path)
        try:
            if not adding:
                holiday = one_id(request.POST.get("holiday", ""), "holiday")
                actions.remove_holidays(by=desk.by, holidays=[holiday], now=now)
                messages.success(request, _("Taken away: these days have lessons again."))
            elif form.is_valid():
                told = form.cleaned_data
                new = NewHoliday(school.id, told["starts"], told["ends"] or told["starts"], told["name"])
                actions.add_holidays(by=desk.by, holidays=[new], now=now)
                messages.success(request, _("Added."))
        except Refused as refused:
            if not adding or refused.code == "not_allowed":
                raise
            refusals.into(form, refused)
        if not form.errors:
            return back("office:register_holidays", school=str(school.id))
    first = desk.year.starts if desk.year else desk.day
    last = desk.year.ends if desk.year else desk.day + timedelta(days=365)
    found = schools.holidays(path=school.path, first=first, last=last)
    return page(
        request,
        "web/office/register/holidays.html",
        status=422 if form.errors else 200,
        desk=desk,
        place=desk.place,
        chosen_school=school.id,
        rows=[(one, desk.by.may(verb, one.path)) for one in found],
        form=form,
        may=desk.may(verb),
    )
