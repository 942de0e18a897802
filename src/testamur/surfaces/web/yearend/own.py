"""Assessed again by the teacher of the subject: pupils whom help and a new assessment may bring through the year."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.people.rules import PersonView
from testamur.schoolday.diary.rules.moments import year_rules
from testamur.schoolday.results import actions, moments
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.yearend import about
from testamur.surfaces.web.yearend.year import AgainForm


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil, with the form for what stands in the way in the visitor's subjects."""

    pupil: PersonView
    form: AgainForm


@door("diary.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: WebRequest, group: UUID) -> HttpResponse:
    """The pupils of a class; a POST assesses one of them again. Nothing is told of subjects of others."""
    visitor = request.visitor
    room, found = moments.again(by=visitor.actor, group=group, on=visitor.now.date())
    names = about.persons(visitor, [one.pupil for one in found], room, "yearend.again")
    weak, rules, chosen = {one.pupil: one.weak for one in found}, year_rules(room), request.POST.get("pupil", "")
    lines = [
        Line(
            person,
            AgainForm(
                request.POST if chosen == str(key) else None, weak=weak[key], rules=rules, auto_id=f"id_{key.hex}_%s"
            ),
        )
        for key, person in names.items()
    ]
    for line in lines:
        if line.form.is_bound and line.form.is_valid():
            kind, _dot, code = line.form.cleaned_data["what"].partition(".")
            try:
                actions.reassess(
                    by=visitor.actor, group=group, pupil=line.pupil.id, kind=kind, code=code,
                    value=line.form.cleaned_data["value"], explanation=line.form.cleaned_data["explanation"],
                    now=visitor.now,
                )  # fmt: skip
            except (NotAllowed, NotFound):
                raise
            except Refused as refused:
                refusals.into(line.form, refused)
            else:
                messages.success(request, _("The new assessment counts instead of the former one."))
                return redirect("yearend:own", group)
    wrong = any(line.form.errors for line in lines)
    return page(request, "web/yearend/own.html", status=422 if wrong else 200, room=room, lines=lines)
