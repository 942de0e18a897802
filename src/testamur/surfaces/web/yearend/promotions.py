"""What the principal decides: up, or the year again, of pupils whom help and a new assessment did not bring through."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.law.year import YearEnd
from testamur.register.people.rules import PersonView
from testamur.schoolday.diary.queries.rooms import room
from testamur.schoolday.diary.rules.moments import year_rules
from testamur.schoolday.results import actions, moments
from testamur.schoolday.results.moments import Waiting
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.yearend import about


@dataclass(frozen=True, slots=True)
class Line:
    """A pupil about whom the principal decides, or has decided."""

    of: Waiting
    pupil: PersonView
    reasons: tuple[str, ...]
    again: tuple[tuple[str, str], ...]
    decided: str
    steps: tuple[tuple[str, str], ...]


@door("diary.home", Area.STAFF)
@require_GET
def promotions(request: WebRequest) -> HttpResponse:
    """Pupils of the school whom the principal decides about, class by class."""
    visitor = request.visitor
    hat = visitor.hat
    if hat is None or hat.unit is None:
        raise NotFound("There is no school here.")
    found = moments.promotions(by=visitor.actor, school=hat.unit, on=visitor.now.date())
    lines = _lines(visitor, found)
    return page(
        request,
        "web/yearend/promotions.html",
        waiting=[line for line in lines if not line.decided],
        decided=[line for line in lines if line.decided],
    )


@door("diary.home", Area.STAFF)
@require_POST
def promote(request: WebRequest, group: UUID, pupil: UUID) -> HttpResponse:
    """Decide."""
    visitor, sent = request.visitor, request.POST
    try:
        actions.decide_promotion(
            by=visitor.actor, group=group, pupil=pupil, value=sent.get("value", "")[:40],
            why=" ".join(sent.get("why", "").split())[:400], now=visitor.now,
        )  # fmt: skip
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("It is decided."))
    return redirect("yearend:promotions")


def _lines(visitor: Visitor, found: tuple[Waiting, ...]) -> list[Line]:
    by_group: dict[UUID, list[Waiting]] = defaultdict(list)
    for one in found:
        by_group[one.group].append(one)
    lines: list[Line] = []
    for group, some in by_group.items():
        place = room(group=group, on=visitor.now.date())
        names = about.persons(visitor, [one.year.pupil for one in some], place, "yearend.promotions")
        of = {one.year.pupil: one for one in some}
        lines += [_line(of[key], person, year_rules(place)) for key, person in names.items()]
    return lines


def _line(one: Waiting, person: PersonView, rules: YearEnd) -> Line:
    return Line(
        one,
        person,
        one.year.proposal.reasons,
        tuple((rules.name(kind, code), rules.value(kind, value)) for kind, code, value in one.year.again),
        rules.value(rules.promotion[0], one.year.promotion),
        tuple((step.value, step.name) for step in rules.promotions.values),
    )
