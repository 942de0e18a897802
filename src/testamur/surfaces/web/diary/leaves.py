"""Leave that waits for a decision: of the classes of a class teacher, of the whole school for the principal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.law.tables import PACKS
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Placement
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import leaves as queries
from testamur.schoolday.diary.rules.leaves import LeaveView
from testamur.surfaces.web import refusals, sightings
from testamur.surfaces.web.diary.moments import here
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.roles import ROLE_NAMES

DECIDED_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Line:
    """A report or request as the page tells it."""

    of: LeaveView
    pupil: str
    masked: bool
    code: str
    ground: str
    asked_by: str
    post: object
    agreed: int


@require_GET
@door("diary.home", Area.STAFF, Area.OFFICE)
def leaves(request: WebRequest) -> HttpResponse:
    """What waits, then what was decided and is not long over."""
    visitor = request.visitor
    on = here(visitor).date()
    waiting = queries.open_leaves(by=visitor.actor, on=on)
    decided = queries.decided(by=visitor.actor, on=on, since=on - DECIDED_FOR)
    every = [*waiting, *decided]
    ids = {one.pupil for one in every} | {one.asked_by for one in every}
    seen = people.people(by=visitor.actor, ids=ids, numbers=False)
    placed = schools.placements(persons={one.pupil for one in every}, on=on)
    _note_sights(visitor, every, seen)
    grounds = _grounds(every)
    told = {one.id: _line(one, seen, placed, grounds) for one in every}
    return page(
        request,
        "web/diary/leaves.html",
        waiting=[told[one.id] for one in waiting],
        decided=[told[one.id] for one in decided],
    )


@require_POST
@door("diary.home", Area.STAFF, Area.OFFICE)
def decide(request: WebRequest, leave: UUID) -> HttpResponse:
    """Grant or refuse it."""
    visitor, granted = request.visitor, request.POST.get("answer") == "grant"
    try:
        actions.decide_leave(
            by=visitor.actor, leave=leave, granted=granted, why=request.POST.get("why", ""), now=visitor.now
        )
    except (NotAllowed, NotFound):
        raise
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        messages.success(request, _("It is granted.") if granted else _("It is refused."))
    return redirect("diary:leaves")


def _grounds(every: Iterable[LeaveView]) -> dict[tuple[UUID, str], str]:
    """What grounds are called at each school."""
    found: dict[tuple[UUID, str], str] = {}
    for one in every:
        if (one.school, one.ground) not in found:
            pack = PACKS.get(schools.pack_of(one.school, on=one.first))
            names = {ground.code: ground.name for ground in pack.diary.grounds} if pack is not None else {}
            found |= {(one.school, code): name for code, name in names.items()}
    return found


def _line(
    one: LeaveView,
    seen: Mapping[UUID, PersonView],
    placed: Mapping[UUID, Placement],
    grounds: Mapping[tuple[UUID, str], str],
) -> Line:
    pupil, asker = seen.get(one.pupil), seen.get(one.asked_by)
    return Line(
        one,
        pupil.name if pupil else "",
        pupil.masked if pupil else True,
        placed[one.pupil].class_code if one.pupil in placed else "",
        grounds.get((one.school, one.ground), one.ground),
        # a protected pupil's guardian would tell who the pupil is
        asker.name if asker and pupil and not pupil.masked else "",
        ROLE_NAMES.get(one.approver, one.approver),
        len(one.consents),
    )


def _note_sights(visitor: Visitor, every: Iterable[LeaveView], seen: Mapping[UUID, PersonView]) -> None:
    hidden = sightings.protected(seen)
    paths = {one.pupil: one.path for one in every} | {one.asked_by: one.path for one in every}
    if hidden:
        sightings.note(visitor, visitor.actor, {person: paths[person] for person in hidden}, "diary.leaves")
