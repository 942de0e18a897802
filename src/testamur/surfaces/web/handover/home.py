"""How the deliveries of a place stand: what waits, what the store has, what it rejected, and its batches."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.ministry import queries
from testamur.exchange.connectors.ministry.mapping.reading import MappingInvalid
from testamur.exchange.connectors.ministry.queries import SenderView
from testamur.exchange.connectors.ministry.settings import form, is_set_up
from testamur.register.schools import queries as schools
from testamur.register.schools.queries.units import units_on
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.rollout.queries.plans import plan_at
from testamur.schoolday.transcripts.queries import handover
from testamur.schoolday.transcripts.rules import HandoverState
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.handover import words
from testamur.surfaces.web.office import paging
from testamur.surfaces.web.office.scope import place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

SIZE = 25


@dataclass(frozen=True, slots=True)
class Body:
    """A body that delivers, as the page tells it."""

    view: SenderView | None
    organisation: str
    name: str
    trouble: words.Text
    plan: str = ""
    """Name of the plan in force, where what is sealed goes each night; empty where there is none."""


@dataclass(frozen=True, slots=True)
class School:
    """One school's records by state."""

    name: str
    counts: tuple[int, ...]
    rejected: int
    address: str


@require_GET
@door("handover.home", Area.OFFICE)
def home(request: WebRequest) -> HttpResponse:
    """The deliveries at the visitor's own place."""
    by, place = request.visitor.actor, place_of(request)
    path = place.unit.path
    tally = handover.tally(by=by, path=path)
    sees = by.may("connectors.delivery.see", path)
    found, count = (
        queries.batches(by=by, path=path, offset=paging.offset(request, SIZE), limit=SIZE) if sees else ((), 0)
    )
    told = _form()
    return page(
        request,
        "web/handover/home.html",
        place=place,
        set_up=is_set_up(),
        form=told if not isinstance(told, MappingInvalid) else None,
        problems=told.found.get("problems", ()) if isinstance(told, MappingInvalid) else (),
        tally=tally,
        states=[(*words.STATES[state], tally.states.get(state, 0), state.value) for state in HandoverState],
        reasons=[(code, words.meaning(code), n) for code, n in sorted(tally.reasons.items(), key=lambda one: -one[1])],
        schools=_schools(request, path) if place.above else (),
        names=[words.STATES[state][0] for state in HandoverState],
        sees=sees,
        steers=by.may("connectors.delivery.steer", path),
        asks=by.may("transcripts.handover.ask", path),
        bodies=_bodies(request, path) if sees else (),
        rows=[(one, *words.BATCHES[one.state]) for one in found],
        page=Paginator(range(count), SIZE).get_page(paging.number(request)),
    )


def _form() -> object:
    try:
        return form()
    except MappingInvalid as no:
        return no


def _bodies(request: WebRequest, path: str) -> list[Body]:
    """Every body of the place, whether it has delivered or not."""
    known = {one.organisation: one for one in queries.senders(by=request.visitor.actor, path=path)}
    units = schools.units_under(path, kind=UnitKind.AUTHORITY)
    return [
        Body(
            view := known.get(unit.id), str(unit.id), unit.name,
            words.trouble(view.error) if view is not None and view.error else "",
            plan.name if view is not None and view.nightly and (plan := plan_at(path=unit.path)) is not None else "",
        )
        for unit in units
    ]  # fmt: skip


def _schools(request: WebRequest, path: str) -> list[School]:
    found = handover.schools_of(by=request.visitor.actor, path=path)
    units = units_on(list(found))
    lines = [
        School(
            units[at].name if at in units else at,
            tuple(states.get(state, 0) for state in HandoverState),
            states.get(HandoverState.REJECTED, 0),
            f"{reverse('handover:rejected')}?school={units[at].id}" if at in units else "",
        )
        for at, states in found.items()
    ]
    return sorted(lines, key=lambda one: (-one.rejected, one.name))
