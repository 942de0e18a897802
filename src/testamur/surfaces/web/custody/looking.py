"""Looking a pupil up: the reason first, then the whole history over all schools."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.custody import actions, queries
from testamur.schoolday.custody.rules import LEAST, MOST, Purpose
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.custody import words
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import persons
from testamur.surfaces.web.office.documents import state_of
from testamur.surfaces.web.office.scope import actor_of, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

RECENT = timedelta(hours=12)


class LookUpForm(forms.Form):
    """Whom, and why."""

    number = forms.CharField(
        label=_("The pupil's identity number"),
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    birth_date = forms.DateField(label=_("Date of birth"), widget=forms.DateInput(attrs={"type": "date"}))
    purpose = forms.ChoiceField(label=_("What for?"), choices=[(p.value, name) for p, name in words.PURPOSES.items()])
    text = forms.CharField(
        label=_("The reason in your words"),
        min_length=LEAST,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The family can read who looked, when and for which purpose."),
    )


@door("custody.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def home(request: WebRequest) -> HttpResponse:
    """Ask for a pupil's history; one's own look-ups of the day."""
    visitor, by, place = request.visitor, actor_of(request), place_of(request)
    by.must("custody.lookup.open", place.unit.path)
    form = LookUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            opened = actions.look_up(
                by=by,
                path=place.unit.path,
                number=told["number"],
                birth_date=told["birth_date"],
                purpose=Purpose(told["purpose"]),
                text=told["text"],
                now=visitor.now,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            return SeeOther(reverse("custody:pupil", args=[opened]))
    found = queries.recent(by=by, since=visitor.now - RECENT)
    names = persons.shown(request, [one.person for one in found], "custody.home")
    rows = [
        {
            "lookup": one,
            "name": names[one.person].name if one.person in names else "",
            "purpose": words.PURPOSES[one.purpose],
            "open": one.ends_at > visitor.now,
        }
        for one in found
    ]
    return page(request, "web/custody/home.html", form=form, rows=rows, status=422 if form.errors else 200)


@door("custody.home", Area.OFFICE)
@require_GET
def pupil(request: WebRequest, lookup: UUID) -> HttpResponse:
    """The pupil: schools from the first day to today, and every document of all of them."""
    visitor, by = request.visitor, actor_of(request)
    opened = queries.opened(by=by, lookup=lookup, now=visitor.now)
    known = persons.shown(request, [opened.person], "custody.pupil").get(opened.person)
    records = queries.documents(by=by, lookup=lookup, now=visitor.now)
    stays = queries.history(by=by, lookup=lookup, now=visitor.now)
    units = schools.unit_names({*(one.unit for one in records), *(one.school for one in stays)})
    rows = [
        {
            "record": one,
            "school": units.get(one.unit, ""),
            "state": state_of(one.state, "", visitor.now, request),
            "standing": one.state.value == "published",
        }
        for one in records
    ]
    return page(
        request,
        "web/custody/pupil.html",
        lookup=opened,
        purpose=words.PURPOSES[opened.purpose],
        pupil=known,
        rows=rows,
        stays=[{"stay": one, "school": units.get(one.school, ""), "levels": one.levels} for one in stays],
        may_copy=by.may("custody.copy.issue", opened.path) and known is not None and not known.masked,
        masked=known is not None and known.masked,
        decided=people.protected([opened.person]),
    )


@door("custody.home", Area.OFFICE)
@require_GET
def original(request: WebRequest, lookup: UUID, record: UUID) -> HttpResponse:
    """The original of one of the pupil's documents, as a file."""
    visitor, by = request.visitor, actor_of(request)
    opened = queries.opened(by=by, lookup=lookup, now=visitor.now)
    persons.must_see(request, [opened.person], "custody.original")
    fetched = actions.fetch_original(by=by, lookup=lookup, record=record, now=visitor.now)
    return HttpResponse(
        fetched.pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{fetched.code}.pdf"'},
    )
