"""Being told when final grades can be set in a course (rows B14 to B16)."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.curriculum import queries as curriculum
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import subscriptions as queries
from testamur.schoolday.reporting.rules.states import How
from testamur.schoolday.reporting.rules.subscriptions import latest_end
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common, office_common

HOW: dict[str, office_common.Text] = {
    How.AT_ONCE.value: gettext_lazy("at once"),
    How.DAILY.value: gettext_lazy("once a day, at seven in the morning"),
}


class SubscriptionForm(forms.Form):
    """A course, until when, how often."""

    course_code = forms.CharField(
        label=gettext_lazy("Course code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "placeholder": "DV1574"}),
    )
    ends = forms.DateField(
        label=gettext_lazy("Until"), widget=Day(), help_text=gettext_lazy("At most three years ahead.")
    )
    how = forms.ChoiceField(
        label=gettext_lazy("Mail me"), choices=list(HOW.items()), widget=forms.RadioSelect, initial=How.DAILY.value
    )

    def __init__(self, data: Any, visitor: Visitor) -> None:
        """With the last day that is possible."""
        super().__init__(data)
        first = office_common.today(visitor)
        self.fields["ends"].widget.attrs.update(min=first.isoformat(), max=latest_end(first).isoformat())
        self.fields["ends"].initial = latest_end(first)


@require_http_methods(["GET", "POST"])
@door("results.home", Area.RESULTS)
def subscriptions(request: HttpRequest) -> HttpResponse:
    """Mine, and the form for another. How many others follow the same course is told, not who."""
    visitor = common.visitor_of(request)
    by, path = visitor.actor, office_common.place(visitor)
    by.must("reporting.subscription.add", path)
    form = SubscriptionForm(request.POST or None, visitor)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "how": How(form.cleaned_data["how"])}
        try:
            actions.subscribe(by=by, path=path, now=visitor.now, **given)
        except NotAllowed:
            raise
        except NotFound:
            form.add_error("course_code", _("There is no course with that code here."))
        except Refused as refused:
            refusals.into(form, refused)
        else:
            code = form.cleaned_data["course_code"].strip().upper()
            messages.success(request, _("You are told of everybody who can get a final grade in %(c)s.") % {"c": code})
            return redirect("results:subscriptions")
    mine = queries.of(by=by, person=by.id)
    today = office_common.today(visitor)
    running = [one for one in queries.running(on=today) if one.path.split("/")[1] == path.split("/")[1]]
    followers = Counter(one.course_code for one in running if one.person != by.id)
    lines = [
        {
            "one": one,
            "name": common.local_name(curriculum.course(code=one.course_code, path=one.path)),
            "others": followers[one.course_code],
            "how": HOW[one.how.value],
            "over": one.ended_at is not None or one.ends < today,
        }
        for one in mine
    ]
    return page(
        request,
        "web/results/office/subscriptions.html",
        status=422 if form.errors else 200,
        form=form,
        lines=[line for line in lines if not line["over"]],
        over=[line for line in lines if line["over"]],
    )


@door("results.home", Area.RESULTS)
@require_POST
def unsubscribe(request: HttpRequest, subscription: UUID) -> HttpResponse:
    """Be told no longer."""
    visitor = common.visitor_of(request)
    return office_common.acted(
        request,
        _("You are told no longer."),
        lambda: actions.unsubscribe(by=visitor.actor, subscription=subscription, now=visitor.now),
        back=reverse("results:subscriptions"),
    )
