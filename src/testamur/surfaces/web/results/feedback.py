"""A word to the desks: what does not work or could be better; a question about a registration (row B27)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import desks as desks_of
from testamur.schoolday.reporting.rules.states import Desk
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.results import common, office_common

LONGEST = 2000
ABOUT: dict[str, office_common.Text] = {
    Desk.SYSTEM.value: gettext_lazy("the service: something does not work, or could be better"),
    Desk.REGISTRATION.value: gettext_lazy("a student's registration"),
}


class FeedbackForm(forms.Form):
    """Where, what was tried, what is proposed."""

    desk = forms.ChoiceField(label=gettext_lazy("It is about"), choices=list(ABOUT.items()), widget=forms.RadioSelect)
    where = forms.CharField(
        label=gettext_lazy("Where was it?"),
        help_text=gettext_lazy("The page, the list number; for a registration the course and the student."),
        max_length=LONGEST,
    )
    tried = forms.CharField(
        label=gettext_lazy("What did you try, and what happened?"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    proposal = forms.CharField(
        label=gettext_lazy("What do you propose?"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any, about: str) -> None:
        """`about`: the desk that is chosen at first."""
        super().__init__(data, initial={"desk": about if about in ABOUT else Desk.SYSTEM.value})


@require_http_methods(["GET", "POST"])
@door("results.home", Area.RESULTS)
def feedback(request: HttpRequest) -> HttpResponse:
    """Write to a desk; the answer comes to one's work address."""
    visitor = common.visitor_of(request)
    by, path = visitor.actor, office_common.place(visitor)
    by.must("reporting.feedback.send", path)
    form = FeedbackForm(request.POST or None, request.GET.get("about", ""))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            actions.send_feedback(
                by=by, path=path, desk=Desk(given.pop("desk")), feedback=actions.Feedback(**given), now=visitor.now
            )
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("Thank you. It is on its way; the answer comes to your work address."))
            return redirect("results:home")
    held = desks_of.of(path=path)
    return page(
        request,
        "web/results/office/feedback.html",
        status=422 if form.errors else 200,
        form=form,
        desks=[(ABOUT[desk.value], held[desk]) for desk in (Desk.SYSTEM, Desk.REGISTRATION) if desk in held],
    )
