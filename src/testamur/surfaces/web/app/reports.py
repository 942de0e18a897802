"""Reporting an absence in the app; without a connection the device keeps the report until there is one (E7)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.rules.states import LeaveKind
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import opened
from testamur.surfaces.web.family.leave import ASK, LeaveForm
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


class AbsenceForm(LeaveForm):
    """A report alone: leave for days to come is asked for on the web."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As `LeaveForm`, without the choice of what it is."""
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.CharField(widget=forms.HiddenInput, initial=LeaveKind.REPORT.value)

    def clean_kind(self) -> str:
        """Whatever was sent: a report."""
        return LeaveKind.REPORT.value


@require_http_methods(["GET", "POST"])
@door("app.report", Area.FAMILY)
def absence(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The form; what the school makes of it is seen on the web."""
    visitor = request.visitor
    child = opened(visitor, pupil, "leave")
    if child.schooling.school is None or not visitor.actor.may(ASK, child.schooling.path, person=pupil):
        raise NotFound("There is nothing to send here.", pupil=str(pupil))
    posted = request.POST if request.method == "POST" else None
    form = AbsenceForm(child.schooling, posted, initial={"kind": "report", "first": child.today})
    if posted is not None and form.is_valid():
        try:
            actions.ask_leave(by=visitor.actor, leave=form.new(pupil), now=visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The school has it."))
            return SeeOther(reverse("app:absence", args=[pupil]))
    return page(
        request, "web/app/absence.html", child=child, form=form, status=422 if form.is_bound and form.errors else 200
    )
