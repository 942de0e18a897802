"""Programs that read through the API: who they are and what they read; let in with a secret shown once, and ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts import actions, queries
from testamur.access.accounts.rules import Area
from testamur.access.accounts.rules import clients as scopes
from testamur.access.accounts.rules.clients import ClientView
from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page

SCOPES: Mapping[str, str | Promise] = {
    scopes.ORGANISATIONS: gettext_lazy("Schools (SS 12000)"),
    scopes.PERSONS: gettext_lazy("Pupils and staff with numbers and contact data (SS 12000)"),
    scopes.GUARDIANS: gettext_lazy("Guardians as well (SS 12000)"),
    scopes.GROUPS: gettext_lazy("Classes and groups with members (SS 12000)"),
    scopes.DUTIES: gettext_lazy("Posts (SS 12000)"),
    scopes.ACTIVITIES: gettext_lazy("Who teaches what (SS 12000)"),
    scopes.CALENDAR: gettext_lazy("Lessons and rooms (SS 12000)"),
    scopes.ATTENDANCES: gettext_lazy("Absences (SS 12000)"),
    scopes.ABSENCES: gettext_lazy("Reported absences and granted leave, without reasons (SS 12000)"),
    scopes.PLACEMENTS: gettext_lazy("Places in preschool and after-school care (SS 12000)"),
    scopes.CARE: gettext_lazy("Hours of care, and who came and went (SS 12000)"),
    scopes.SUBSCRIPTIONS: gettext_lazy("To be told of changes (SS 12000)"),
    scopes.GRADES: gettext_lazy("Grades (SS 12000)"),
    scopes.ROSTER_CORE: gettext_lazy("Schools, classes, pupils and staff (OneRoster)"),
    scopes.ROSTER: gettext_lazy("The same with guardians (OneRoster)"),
    scopes.DEMOGRAPHICS: gettext_lazy("Numbers and dates of birth (OneRoster)"),
    scopes.GRADEBOOK: gettext_lazy("Results of courses (OneRoster)"),
    scopes.PROTECTED: gettext_lazy("Protected persons by name: only where the law lets this system have them"),
}
"""Scope → what a program with it reads, in the order of the form."""


class ProgramForm(forms.Form):
    """A program to be let in."""

    name = forms.CharField(
        label=gettext_lazy("Name of the program"),
        max_length=120,
        help_text=gettext_lazy("What it is called, and who runs it."),
    )
    unit = forms.ChoiceField(label=gettext_lazy("What it reads from"))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may read"),
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("No more than it needs."),
    )

    def __init__(self, data: Any, units: list[UnitView]) -> None:
        """`units`: the body and its schools."""
        super().__init__(data)
        self.fields["unit"].choices = [(str(one.id), one.name) for one in units]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Told:
    """A program as the page shows it."""

    client: ClientView
    unit: str
    reads: tuple[str, ...]


@door("office.home", Area.OFFICE)
@require_GET
def programs(request: HttpRequest) -> HttpResponse:
    """The programs of the body, those that are open first."""
    body, by = place_of(request).authority, actor_of(request)
    found = sorted(queries.clients(by=by, path=body.path), key=lambda one: (one.ended_at is not None, one.name))
    names = {unit.path: unit.name for unit in schools.units_under(body.path)}
    told = [
        Told(one, names.get(one.path, one.path), tuple(str(SCOPES.get(scope, scope)) for scope in one.scopes))
        for one in found
    ]
    may = by.may("accounts.client.add", body.path)
    return page(request, "web/office/programs.html", body=body, programs=told, may=may)


@door("office.keys", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Let a program in. Its secret stands on the page that answers, and nowhere else."""
    body, by = place_of(request).authority, actor_of(request)
    by.must("accounts.client.add", body.path)
    units = [body, *schools.units_under(body.path, kind=UnitKind.SCHOOL)]
    form = ProgramForm(request.POST if request.method == "POST" else None, units)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        unit = next(one for one in units if str(one.id) == told["unit"])
        try:
            made = actions.add_client(
                by=by, name=told["name"], path=unit.path, scopes=told["scopes"], now=visitor_of(request).now
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            answer = page(request, "web/office/program_made.html", made=made, name=told["name"], unit=unit)
            answer.headers["Cache-Control"] = "no-store"
            return answer
    return page(request, "web/office/program_add.html", status=400 if form.errors else 200, form=form, body=body)


@door("office.keys", Area.OFFICE)
@require_POST
def end(request: HttpRequest, client: UUID) -> HttpResponse:
    """Let a program read no more, from this moment."""
    actions.end_client(by=actor_of(request), client=client, now=visitor_of(request).now)
    messages.success(request, _("The program reads no more, from this moment."))
    return redirect("office:programs")
