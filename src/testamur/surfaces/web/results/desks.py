"""Whom letters about lists go to: the desks of a unit (rows B27, B35)."""

from __future__ import annotations

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
from testamur.schoolday.reporting.queries import desks as queries
from testamur.schoolday.reporting.rules.states import Desk
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.results import common, office_common


class DesksForm(forms.Form):
    """One address for each desk; an empty one takes it away, and that of the unit above holds."""

    system = forms.EmailField(label=gettext_lazy("The service: faults and wishes"), required=False, max_length=254)
    registration = forms.EmailField(label=gettext_lazy("Registrations of students"), required=False, max_length=254)
    office = forms.EmailField(label=gettext_lazy("The programme office: signed lists"), required=False, max_length=254)


@require_http_methods(["GET", "POST"])
@door("results.admin", Area.RESULTS)
def desks(request: HttpRequest) -> HttpResponse:
    """The addresses that hold here, each for the unit and all below it."""
    visitor = common.visitor_of(request)
    by, path = visitor.actor, office_common.place(visitor)
    by.must("reporting.desk.set", path)
    held = {one.value: email for one, email in queries.of(path=path).items()}
    form = DesksForm(request.POST or None, initial=held)
    if request.method == "POST" and form.is_valid():
        try:
            for desk in Desk:
                email = form.cleaned_data[desk.value]
                if email != held.get(desk.value, ""):
                    actions.set_desk(by=by, path=path, desk=desk, email=email, now=visitor.now)
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The addresses are saved."))
            return redirect("results:desks")
    return page(
        request, "web/results/office/desks.html", status=422 if form.errors else 200, form=form, place=path,
    )  # fmt: skip
