"""How one likes to work with lists, and what the staff directory holds of oneself (rows B4, B13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.register.people import reach
from testamur.register.people.rules import ContactKind
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import desks, preferences
from testamur.schoolday.reporting.rules.states import Desk
from testamur.schoolday.reporting.rules.views import PreferenceView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common, office_common

SHOWN = 2
"""So many characters of an address and of a number at each end tell whose it is."""


class PreferenceForm(forms.Form):
    """What one chose."""

    sort = forms.ChoiceField(
        label=gettext_lazy("Lists are sorted by"),
        choices=[("family", gettext_lazy("family name")), ("given", gettext_lazy("given name"))],
        widget=forms.RadioSelect,
    )
    enter_moves = forms.ChoiceField(
        label=gettext_lazy("Enter moves"),
        choices=[
            ("down", gettext_lazy("down, to the next student")),
            ("right", gettext_lazy("right, to the next cell")),
        ],
        widget=forms.RadioSelect,
    )
    mail_signed = forms.BooleanField(label=gettext_lazy("Mail me when a list that I sent is signed"), required=False)
    mail_returned = forms.BooleanField(label=gettext_lazy("Mail me when a list that I sent comes back"), required=False)


@require_http_methods(["GET", "POST"])
@door("results.home", Area.RESULTS)
def settings(request: HttpRequest) -> HttpResponse:
    """Choose, and see by which telephone and address one is reached."""
    visitor = common.visitor_of(request)
    by, path = visitor.actor, office_common.place(visitor)
    form = PreferenceForm(request.POST or None, initial=asdict(preferences.of(person=by.id)))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_preference(by=by, path=path, preference=PreferenceView(**form.cleaned_data), now=visitor.now)
        except NotAllowed:
            raise
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("Your settings are saved."))
            return redirect("results:settings")
    return page(
        request,
        "web/results/office/settings.html",
        status=422 if form.errors else 200,
        form=form,
        directory=directory(visitor),
        ask=desks.of(path=path).get(Desk.SYSTEM, ""),
        signs=by.may("reporting.list.sign", path),
        may_write=by.may("reporting.feedback.send", path),
    )


def directory(visitor: Visitor) -> Mapping[str, str]:
    """Work telephone and e-mail of the visitor as the staff directory has them, most of each left out."""
    found = {}
    for name, kind in (("phone", ContactKind.PHONE), ("email", ContactKind.EMAIL)):
        points = [one for one in reach.points(persons=[visitor.actor.id], kind=kind) if one.work]
        found[name] = hidden(points[0].value) if points else ""
    return found


def hidden(value: str) -> str:
    """Enough to know it again, for the owner alone: ``+4•••••01``, ``ev•••@bth.example``."""
    name, at, host = value.partition("@")
    if at:
        return f"{name[:SHOWN]}•••@{host}"
    return f"{value[: SHOWN + 1]}•••••{value[-SHOWN:]}"
