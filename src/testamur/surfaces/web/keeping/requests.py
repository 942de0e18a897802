"""The office answers requests for correction (GDPR article 16)."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.keeping import actions, queries
from testamur.schoolday.keeping.rules import ANSWERS, DAYS, TEXT, RequestState
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.mine import words
from testamur.surfaces.web.office.scope import actor_of, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.sightings import note, protected


class AnswerForm(forms.Form):
    """The answer and its reason."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"),
        widget=forms.RadioSelect,
        choices=[(state.value, words.ANSWERS[state][0]) for state in RequestState if state in ANSWERS],
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("The family reads this. A refusal names how to complain."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=TEXT,
    )


@door("mine.requests", Area.OFFICE)
@require_GET
def requests(request: WebRequest) -> HttpResponse:
    """Those of the places that the hat reaches, the open ones first."""
    visitor, by, place = request.visitor, actor_of(request), place_of(request)
    found = queries.requests_at(by=by, path=place.unit.path)
    names = people.people(by=by, ids={one.person for one in found}, numbers=False)
    hidden = protected(names)
    note(visitor, by, {one.person: one.path for one in found if one.person in hidden}, "keeping.requests")
    units = schools.unit_names({one.unit for one in found})
    rows = [
        {
            "request": one,
            "name": names[one.person].name if one.person in names else "",
            "topic": words.TOPICS[one.topic],
            "school": units.get(one.unit, ""),
            "state": words.ANSWERS[one.state][0],
            "colour": words.ANSWERS[one.state][1],
            "open": one.state is RequestState.ASKED,
            "late": one.state is RequestState.ASKED and (visitor.now - one.asked_at).days >= DAYS,
        }
        for one in found
    ]
    return page(request, "web/keeping/requests.html", rows=rows, days=DAYS)


@door("mine.requests", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def decide(request: WebRequest, correction: UUID) -> HttpResponse:
    """Read one and answer it."""
    visitor, by = request.visitor, actor_of(request)
    one = queries.request(by=by, id=correction)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.decide_correction(
                by=by, request=one.id, answer=RequestState(told["answer"]), why=told["why"], now=visitor.now
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The answer is given. The family reads it on its own page."))
            return SeeOther(reverse("keeping:requests"))
    names = people.people(by=by, ids=[one.person, one.asked_by], numbers=False)
    hidden = protected(names)
    note(visitor, by, dict.fromkeys(hidden, one.path), "keeping.requests")
    state, colour = words.ANSWERS[one.state]
    return page(
        request,
        "web/keeping/decide.html",
        one=one,
        name=names[one.person].name if one.person in names else "",
        asker=names[one.asked_by].name if one.asked_by in names else "",
        oneself=one.person == one.asked_by,
        topic=words.TOPICS[one.topic],
        state=state,
        colour=colour,
        open=one.state is RequestState.ASKED,
        form=form,
        status=422 if form.errors else 200,
    )
