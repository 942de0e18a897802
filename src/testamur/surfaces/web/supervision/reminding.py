"""Reminders: who would get one, sending them, what was sent."""

from __future__ import annotations

from collections import Counter
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.rollout import queries as rollout
from testamur.schoolday.rollout.rules import DUE
from testamur.schoolday.supervision import actions, queries
from testamur.schoolday.supervision.rules import Recipient
from testamur.schoolday.transcripts.rules import STEPS, Step
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import actor_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.reports.answering import today
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.supervision import words
from testamur.surfaces.web.supervision.place import address, crumbs, names_of, tabs

LISTED = 100
"""So many people are listed by name; of more only the numbers are told."""


@require_GET
@door("supervision.see", Area.OFFICE)
def show(request: WebRequest, body: UUID) -> HttpResponse:
    """Whom a reminder of a step would reach, and what was sent."""
    by, on = actor_of(request), today(request.visitor)
    place = queries.place_of(by=by, unit=body)
    years, current = queries.years_of(by=by, path=place.path, on=on)
    year = request.GET.get("year", "") if request.GET.get("year", "") in years else current
    step = _step(request.GET.get("step", ""), place, year, on)
    found = queries.recipients(by=by, path=place.path, school_year=year, step=step, on=on) if year else ()
    due = [one for one in found if not one.reminded_today]
    sent = queries.reminders(by=by, path=place.path, school_year=year) if year else ()
    persons = [one.person for one in due[:LISTED]] + [one.sent_by for one in sent]
    names = names_of(request, persons, place.path, "supervision.reminders")
    units = schools.unit_names({one.unit for one in due} | {one.unit for one in sent})
    return page(
        request,
        "web/supervision/reminders.html",
        place=place,
        year=year,
        crumbs=[*crumbs(request.visitor, place, year), (place.name, address("place", place.id, year=year))],
        tabs=tabs(place, year, "reminders"),
        steps=[(one.value, words.STEPS[one]) for one in STEPS],
        step=step,
        step_name=words.STEPS[step],
        count=len({one.person for one in due}),
        already=len({one.person for one in found}) - len({one.person for one in due}),
        roles=[(words.WAITS[role], n) for role, n in Counter(one.role for one in due).items()],
        people=[_row(one, names, units) for one in due[:LISTED]],
        more=max(len(due) - LISTED, 0),
        sent=[
            {
                "at": one.sent_at,
                "place": units.get(one.unit, ""),
                "step": words.STEPS[one.step],
                "people": one.people,
                "who": _("By itself") if one.automatic else names.get(one.sent_by, ""),
            }
            for one in sent
        ],
    )


@require_POST
@door("supervision.see", Area.OFFICE)
def send(request: WebRequest, body: UUID) -> HttpResponse:
    """Remind whoever the step waits for."""
    by, sent = actor_of(request), request.POST
    place = queries.place_of(by=by, unit=body)
    year, step = sent.get("year", "")[:20], next((one for one in STEPS if one.value == sent.get("step", "")), None)
    if step is None:
        raise NotFound("There is no such step.", field="step")
    now = request.visitor.now
    try:
        made = actions.remind(by=by, unit=body, school_year=year, step=step, on=today(request.visitor), now=now)
    except Refused as refused:
        if refused.code == "not_allowed":
            raise
        messages.error(request, refusals.sentence(refused))
    else:
        people_told = next((one.people for one in queries.reminders(by=by, path=place.path, school_year=year, limit=5)
                            if one.id == made), 0)  # fmt: skip
        said = ngettext("%(n)d person is reminded by e-mail.", "%(n)d people are reminded by e-mail.", people_told)
        messages.success(request, said % {"n": people_told})
    return SeeOther(address("reminders", body, year=year, step=step.value))


def _step(text: str, place: UnitView, year: str, on: date) -> Step:
    """The step that was chosen; else the last one whose day is over, else the first."""
    told = next((one for one in STEPS if one.value == text), None)
    if told is not None:
        return told
    plan = rollout.in_force(path=place.path, school_year=year) if year else None
    stages = plan.stages if plan else ()
    days = {one: min((s.dates[DUE[one]] for s in stages if DUE[one] in s.dates), default=None) for one in STEPS}
    past = [one for one, last in days.items() if last is not None and last < on]
    return past[-1] if past else STEPS[0]


def _row(one: Recipient, names: dict[UUID, str], units: dict[UUID, str]) -> dict[str, object]:
    return {
        "name": names.get(one.person, ""),
        "role": words.WAITS[one.role],
        "school": units.get(one.unit, ""),
        "classes": ", ".join(one.codes[:12]) + (" …" if len(one.codes) > 12 else ""),  # noqa: PLR2004 - one line
        "due": one.due,
    }
