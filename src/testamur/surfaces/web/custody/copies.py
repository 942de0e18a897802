"""Copies and extracts: given by number, kept in a book, printed as often as needed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.custody import actions, printing, queries
from testamur.schoolday.custody.queries.reach import lent
from testamur.schoolday.custody.rules import LEAST, MOST, AskedBy, CopyKind, CopyView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.custody import words
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import paging, persons
from testamur.surfaces.web.office.scope import actor_of, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

PAGE = 50


class CopyForm(forms.Form):
    """What is given to whom, and what for."""

    kind = forms.ChoiceField(label=gettext_lazy("What is given"), widget=forms.RadioSelect)
    years = forms.MultipleChoiceField(
        label=gettext_lazy("Years of the extract"), required=False, widget=forms.CheckboxSelectMultiple
    )
    asked_by = forms.ChoiceField(
        label=gettext_lazy("Who asked for it"), choices=[(a.value, name) for a, name in words.ASKED_BY.items()]
    )
    purpose = forms.CharField(
        label=gettext_lazy("Purpose, as it stands on the copy"), min_length=LEAST, max_length=MOST
    )

    def __init__(self, data: object, years: Sequence[str]) -> None:
        """`years` are those of the document; without any there is no extract."""
        super().__init__(data)  # type: ignore[arg-type]  # what a request posted
        kinds = CopyKind if years else (CopyKind.COPY,)
        self.fields["kind"].choices = [(k.value, words.KINDS[k]) for k in kinds]  # type: ignore[attr-defined]
        self.fields["kind"].initial = CopyKind.COPY.value
        self.fields["years"].choices = [(year, year) for year in years]  # type: ignore[attr-defined]
        if not years:
            del self.fields["years"]


@door("custody.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def issue(request: WebRequest, lookup: UUID, record: UUID) -> HttpResponse:
    """Give a copy or an extract of one document."""
    visitor, by = request.visitor, actor_of(request)
    opened = queries.opened(by=by, lookup=lookup, now=visitor.now)
    by.must("custody.copy.issue", opened.path)
    persons.must_see(request, [opened.person], "custody.copy")
    one = queries.document(by=by, lookup=lookup, record=record, now=visitor.now)
    years = printing.years_of(by=lent(by, one.path, "records.record.read"), record=record)
    form = CopyForm(request.POST or None, years)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.issue_copy(
                by=by,
                lookup=lookup,
                record=record,
                kind=CopyKind(told["kind"]),
                asked_by=AskedBy(told["asked_by"]),
                purpose=told["purpose"],
                years=told.get("years", ()),
                now=visitor.now,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("It stands in the book: print it from here."))
            return SeeOther(reverse("custody:book"))
    return page(
        request,
        "web/custody/copy.html",
        form=form,
        lookup=opened,
        record=one,
        school=schools.unit_names([one.unit]).get(one.unit, ""),
        status=422 if form.errors else 200,
    )


@door("custody.home", Area.OFFICE)
@require_GET
def book(request: WebRequest) -> HttpResponse:
    """The book of copies of the place, a year at a time."""
    visitor, by, place = request.visitor, actor_of(request), place_of(request)
    wanted = request.GET.get("year", "")
    year = int(wanted) if wanted.isdecimal() and len(wanted) == 4 else visitor.now.year  # noqa: PLR2004 - a year
    found, total = queries.book(by=by, path=place.unit.path, year=year, offset=paging.offset(request, PAGE), limit=PAGE)
    names = persons.shown(request, [one.pupil for one in found], "custody.book")
    staff = people.people(by=by, ids={one.issued_by for one in found}, numbers=False)
    rows = [
        {
            "copy": one,
            "name": names[one.pupil].name if one.pupil in names else "",
            "clerk": staff[one.issued_by].name if one.issued_by in staff else "",
            "kind": words.KINDS[one.kind],
            "asked_by": words.ASKED_BY[one.asked_by],
        }
        for one in found
    ]
    return page(
        request,
        "web/custody/book.html",
        rows=rows,
        year=year,
        years=[visitor.now.year - back for back in range(5)],
        total=total,
        pages=paging.pages(request, total, PAGE),
    )


@door("custody.home", Area.OFFICE)
@require_GET
def pdf(request: WebRequest, copy: UUID) -> HttpResponse:
    """The file of a copy, to print or to hand out; each time is journalled."""
    visitor, by = request.visitor, actor_of(request)
    line = queries.copy_of(by=by, copy=copy)
    persons.must_see(request, [line.pupil], "custody.copy")
    data = actions.print_copy(
        by=by, copy=copy, office=_office(line), clerk=_clerk(request, line), day=_day(line), now=visitor.now
    )
    name = f"{line.year}-{line.number:04d}.pdf"
    return HttpResponse(
        data, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _office(line: CopyView) -> str:
    unit = schools.unit_at(line.path)
    return unit.name if unit is not None else ""


def _clerk(request: WebRequest, line: CopyView) -> str:
    view = people.person(by=actor_of(request), id=line.issued_by)
    return view.name if view is not None else ""


def _day(line: CopyView) -> str:
    return f"{timezone.localtime(line.issued_at):%d/%m/%Y}"
