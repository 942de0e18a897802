"""Asking for a correction of what is held, and what came of it (GDPR article 16)."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools import queries as schools
from testamur.schoolday.keeping import actions, queries
from testamur.schoolday.keeping.rules import DAYS, TEXT, RequestState, Topic
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.mine import words
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


class CorrectionForm(forms.Form):
    """What is wrong."""

    topic = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=[(topic.value, words.TOPICS[topic]) for topic in Topic],
    )
    text = forms.CharField(
        label=gettext_lazy("What is wrong, and how should it be?"),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=TEXT,
    )


@door("mine.requests", Area.FAMILY)
@require_GET
def requests(request: WebRequest) -> HttpResponse:
    """Those that I made, with their answers."""
    visitor = request.visitor
    seen = reach.persons(visitor, "mine.requests")
    found = queries.requests_of(by=visitor.actor, persons=list(seen))
    names = schools.unit_names({one.unit for one in found})
    rows = [
        {
            "request": one,
            "name": seen[one.person].given or seen[one.person].name,
            "topic": words.TOPICS[one.topic],
            "school": names.get(one.unit, ""),
            "state": words.ANSWERS[one.state][0],
            "colour": words.ANSWERS[one.state][1],
            "open": one.state is RequestState.ASKED,
        }
        for one in found
    ]
    people = [(key, person.given or person.name) for key, person in seen.items()]
    return page(request, "web/mine/requests.html", rows=rows, people=people, days=DAYS)


@door("mine.requests", Area.FAMILY)
@require_http_methods(["GET", "POST"])
def ask(request: WebRequest, subject: UUID) -> HttpResponse:
    """Ask the school for a correction."""
    visitor = request.visitor
    if subject not in reach.subjects(visitor):
        raise NotFound("There is no such person.", subject=str(subject))
    person = reach.persons(visitor, "mine.requests")[subject]
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.ask_correction(
                by=visitor.actor, person=subject, topic=Topic(told["topic"]), text=told["text"], now=visitor.now
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The school has your request. Its answer comes here, within a month."))
            return SeeOther(reverse("mine:requests"))
    name = person.given or person.name
    return page(
        request, "web/mine/ask_correction.html", form=form, name=name, days=DAYS, status=422 if form.errors else 200
    )


@door("mine.requests", Area.FAMILY)
@require_POST
def withdraw(request: WebRequest, correction: UUID) -> HttpResponse:
    """Take a request back."""
    actions.withdraw_correction(by=request.visitor.actor, request=correction, now=request.visitor.now)
    messages.success(request, _("It is withdrawn."))
    return SeeOther(reverse("mine:requests"))
