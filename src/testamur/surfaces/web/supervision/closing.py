"""The closing report of a school year: drafted, written, closed; as a page, a PDF and a spreadsheet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.kernel.base.text import file_stem
from testamur.register.schools import queries as schools
from testamur.schoolday.supervision import actions, queries
from testamur.schoolday.supervision.queries.reports import Closing, figures
from testamur.schoolday.supervision.rules import LONGEST_TEXT, ReportState
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.files import attachment
from testamur.surfaces.web.office.scope import actor_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.printing import pdf
from testamur.surfaces.web.reports.answering import today
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.spreadsheets import KIND, xlsx
from testamur.surfaces.web.supervision import account
from testamur.surfaces.web.supervision.place import address, crumbs, names_of, tabs

LANGUAGES = ("vi", "en", "sv", "bg")


class Conclusions(forms.Form):
    """What the officer concludes."""

    outcome = forms.CharField(
        label=gettext_lazy("What was reached"), max_length=LONGEST_TEXT, required=False,
        help_text=gettext_lazy("Needed before the report is closed."), widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    causes = forms.CharField(
        label=gettext_lazy("Why things were late"), max_length=LONGEST_TEXT, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip
    proposals = forms.CharField(
        label=gettext_lazy("What should change"), max_length=LONGEST_TEXT, required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )  # fmt: skip


@require_GET
@door("supervision.see", Area.OFFICE)
def every(request: WebRequest, body: UUID) -> HttpResponse:
    """The reports of a place, and the school years of which none is begun."""
    by = actor_of(request)
    found = queries.closings(by=by, unit=body)
    place = queries.place_of(by=by, unit=body)
    years, current = queries.years_of(by=by, path=place.path, on=today(request.visitor))
    begun = {one.school_year for one in found}
    return page(
        request,
        "web/supervision/reports.html",
        place=place,
        crumbs=[*crumbs(request.visitor, place, ""), (place.name, address("place", place.id))],
        tabs=tabs(place, current, "reports"),
        reports=found,
        years=[year for year in years if year not in begun],
    )


@require_POST
@door("supervision.see", Area.OFFICE)
def draft(request: WebRequest, body: UUID) -> HttpResponse:
    """Begin the report of a school year."""
    queries.place_of(by=actor_of(request), unit=body)
    year = request.POST.get("year", "")[:20]
    try:
        made = actions.draft_report(by=actor_of(request), unit=body, school_year=year, now=request.visitor.now)
    except Refused as refused:
        if refused.code == "not_allowed":
            raise
        messages.error(request, refusals.sentence(refused))
        return SeeOther(reverse("supervision:reports", args=[body]))
    return SeeOther(reverse("supervision:report", args=[made]))


@require_GET
@door("supervision.see", Area.OFFICE)
def show(request: WebRequest, report: UUID) -> HttpResponse:
    """One report, or with ``?as=pdf`` or ``?as=xlsx`` its file; ``?in=`` chooses the language of the file."""
    one = queries.closing(by=actor_of(request), report=report)
    kind = request.GET.get("as", "")
    if kind in {"pdf", "xlsx"}:
        return _file(request, one, kind)
    return _shown(request, one, Conclusions(initial=_texts(one)))


@require_POST
@door("supervision.see", Area.OFFICE)
def write(request: WebRequest, report: UUID) -> HttpResponse:
    """Keep what is concluded."""
    by, one = actor_of(request), queries.closing(by=actor_of(request), report=report)
    form = Conclusions(request.POST)
    if form.is_valid():
        try:
            actions.write_report(by=by, report=report, now=request.visitor.now, **form.cleaned_data)
        except Refused as refused:
            if refused.code == "not_allowed":
                raise
            refusals.into(form, refused)
        else:
            messages.success(request, _("Kept."))
            return SeeOther(reverse("supervision:report", args=[report]))
    return _shown(request, one, form)


@require_POST
@door("supervision.close", Area.OFFICE)
def close(request: WebRequest, report: UUID) -> HttpResponse:
    """Close the report: nothing of it changes any more."""
    by = actor_of(request)
    queries.closing(by=by, report=report)
    try:
        actions.close_report(by=by, report=report, on=today(request.visitor), now=request.visitor.now)
    except Refused as refused:
        if refused.code == "not_allowed":
            raise
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("Closed. The report stays as it is."))
    return SeeOther(reverse("supervision:report", args=[report]))


def _texts(one: Closing) -> dict[str, str]:
    return {"outcome": one.outcome, "causes": one.causes, "proposals": one.proposals}


def _figures(request: WebRequest, one: Closing) -> Any:
    """Those of the closing; of a draft those of now."""
    if one.figures is not None:
        return one.figures
    return figures(by=actor_of(request), unit=one.unit, school_year=one.school_year, on=today(request.visitor))


def _shown(request: WebRequest, one: Closing, form: Conclusions) -> HttpResponse:
    by = actor_of(request)
    place = queries.place_of(by=by, unit=one.unit)
    persons = [key for key in (one.made_by, one.closed_by) if key is not None]
    names = names_of(request, persons, place.path, "supervision.report")
    return page(
        request,
        "web/supervision/report.html",
        place=place,
        one=one,
        open=one.state is ReportState.DRAFT,
        crumbs=[*crumbs(request.visitor, place, one.school_year),
                (place.name, address("place", place.id, year=one.school_year)),
                (_("Closing report"), reverse("supervision:reports", args=[place.id]))],
        form=form,
        told=account.report(one, _figures(request, one), texts=False, classes=False),
        may_write=by.may("supervision.report.write", one.path),
        may_close=by.may("supervision.report.close", one.path),
        made_by=names.get(one.made_by, ""),
        closed_by=names.get(one.closed_by, "") if one.closed_by else "",
    )  # fmt: skip


def _file(request: WebRequest, one: Closing, kind: str) -> HttpResponse:
    """The report as a file, in the language that was asked for or that of the page."""
    asked = request.GET.get("in", "")
    language = asked if asked in LANGUAGES else (get_language() or "en")[:2]
    made = one.closed_at or request.visitor.now
    place = schools.unit_names([one.unit]).get(one.unit, "")
    with translation.override(language):
        told = account.report(one, _figures(request, one), texts=True, classes=kind == "xlsx")
        if kind == "pdf":
            words = {"made": date_format(timezone.localtime(made), "SHORT_DATETIME_FORMAT"), "page": _("Page")}
            data, mime = pdf(told, language=language, made=made, words=words), "application/pdf"
        else:
            data, mime = xlsx(told, made=made), KIND
    answer = attachment(data, f"{file_stem(f'{place} {one.school_year}')}.{kind}", mime)
    answer["Cache-Control"] = "no-store"
    return answer
