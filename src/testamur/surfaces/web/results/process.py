"""How results are signed from which examination day on: decisions of the head, each signed (rows B24, B45)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import process as queries
from testamur.schoolday.reporting.rules.states import Way
from testamur.schoolday.reporting.rules.views import ProcessView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.results import common, office_common

WAYS: Mapping[Way, office_common.Text] = {
    Way.ELECTRONIC: gettext_lazy("The electronic signature alone is valid"),
    Way.PAPER: gettext_lazy("The archive list is signed by hand"),
}


class ProcessForm(forms.Form):
    """A decision to be signed."""

    way = forms.ChoiceField(
        label=gettext_lazy("How lists are signed"),
        choices=[(one.value, text) for one, text in WAYS.items()],
        widget=forms.RadioSelect,
    )
    grade_from = forms.DateField(
        label=gettext_lazy("From the examination date"),
        widget=Day(),
        help_text=gettext_lazy("Results that were examined before that day follow the decision before."),
    )
    reference = forms.CharField(
        label=gettext_lazy("File number"), required=False, max_length=80, widget=forms.TextInput()
    )


@dataclass(frozen=True, slots=True)
class Rule:
    """A decision in words: whether it holds, where, who decides."""

    view: ProcessView
    way: office_common.Text
    place: str
    who: str


@require_GET
@door("results.home", Area.RESULTS)
def process(request: HttpRequest) -> HttpResponse:
    """The decisions that hold here, and those that wait for their signature."""
    visitor = common.visitor_of(request)
    by, path = visitor.actor, office_common.place(visitor)
    found = queries.rules(by=by, path=path)
    names = people.people(by=by, ids=[one.decided_by for one in found], numbers=False)
    places = {one.path: one.name for key in {one.path for one in found} if (one := schools.unit_at(key)) is not None}
    rules = [
        Rule(one, WAYS[one.way], places.get(one.path, one.path), common.name_of(names, one.decided_by)) for one in found
    ]
    today = office_common.today(visitor)
    return page(
        request,
        "web/results/office/process.html",
        in_force=[one for one in rules if one.view.in_force_at is not None],
        proposed=[one for one in rules if one.view.in_force_at is None],
        now_way=WAYS[queries.way_for(path=path, on=today)],
        may_propose=by.may("reporting.rule.propose", path),
    )


@require_http_methods(["GET", "POST"])
@door("results.admin", Area.RESULTS)
def propose(request: HttpRequest) -> HttpResponse:
    """Draw up a decision; it waits in the head's “To sign” and holds once it is signed and published."""
    visitor = common.visitor_of(request)
    by, path = visitor.actor, office_common.place(visitor)
    by.must("reporting.rule.propose", path)
    form = ProcessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "way": Way(form.cleaned_data["way"])}
        try:
            actions.propose_process(by=by, path=path, now=visitor.now, **given)
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(
                request, _("The decision is drawn up. It holds when the head has signed it under “To sign”.")
            )
            return redirect("results:process")
    unit = schools.unit_at(path)
    return page(
        request,
        "web/results/office/propose.html",
        status=422 if form.errors else 200,
        form=form,
        place=unit.name if unit is not None else path,
    )
