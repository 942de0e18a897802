"""Plans of a body: the list, one plan with the schools that take part, and what it asks of one school."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.schoolday.rollout import actions, queries
from testamur.schoolday.rollout.rules import GRADES, MARKS, Mark, Participation, PlanState, PlanView, Reach, Stage
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import actor_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.rollout import words

WRITE = "rollout.plan.write"
JOIN = "rollout.plan.join"


@dataclass(frozen=True, slots=True)
class Day:
    """One date of a stage. `left`: days until then, below nought once it is past; `next`: the first to come."""

    mark: Mark
    label: str | Promise
    on: date
    left: int
    next: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One stage as a page shows it."""

    stage: Stage
    grades: str
    reach: str | Promise
    places: tuple[str, ...]
    days: tuple[Day, ...]


@door("staff.home", Area.OFFICE, Area.STAFF)
@require_GET
def home(request: WebRequest) -> HttpResponse:
    """All plans that a place sees; at a school the one in force with what it asks of the school."""
    by, here = actor_of(request), _here(request)
    found = queries.plans(by=by, path=here.path)
    current = next((one for one in found if one.state is PlanState.IN_FORCE), None)
    return page(
        request,
        "web/rollout/home.html",
        here=here,
        writes=by.may(WRITE, here.path),
        plans=[(one, *words.STATES[one.state]) for one in found],
        current=current,
        **(asked(request, current, here) if current is not None and here.kind is UnitKind.SCHOOL else {}),
    )


@door("staff.home", Area.OFFICE, Area.STAFF)
@require_GET
def plan(request: WebRequest, rollout: UUID) -> HttpResponse:
    """One plan: its stages and dates, and for a body the schools below it that take part."""
    by, here = actor_of(request), _here(request)
    found = queries.plan(by=by, id=rollout, path=here.path)
    return page(request, "web/rollout/plan.html", **_plan(request, found, here))


@door("office.home", Area.OFFICE)
@require_POST
def act(request: WebRequest, rollout: UUID) -> HttpResponse:
    """Put a draft in force, throw it away, or close a plan in force."""
    by, now, what = actor_of(request), visitor_of(request).now, request.POST.get("act", "")
    try:
        if what == "close":
            actions.close_plan(by=by, plan=rollout, now=now)
            messages.success(request, _("The plan is closed. It asks for nothing more."))
        elif what == "discard":
            actions.discard_plan(by=by, plan=rollout, now=now)
            messages.success(request, _("The draft is thrown away."))
            return SeeOther(reverse("rollout:home"))
        else:
            actions.put_in_force(by=by, plan=rollout, now=now)
            messages.success(request, _("The plan is in force. Its schools see what is asked of them."))
    except Refused as refused:
        if refused.code in {"not_allowed", "not_found"}:
            raise
        messages.error(request, refusals.sentence(refused))
    return SeeOther(reverse("rollout:plan", args=[rollout]))


@door("office.home", Area.OFFICE)
@require_POST
def join(request: WebRequest, rollout: UUID) -> HttpResponse:
    """The school of the visitor's post says that it takes part."""
    return _said(request, rollout, actions.join, _("Your school takes part. The body responsible sees it now."))


@door("office.home", Area.OFFICE)
@require_POST
def leave(request: WebRequest, rollout: UUID) -> HttpResponse:
    """The school of the visitor's post takes its word back, before anything that the plan asks has begun."""
    told = _("Your school takes no part any more. The body responsible sees it now.")
    return _said(request, rollout, actions.leave, told)


def _said(request: WebRequest, rollout: UUID, act: Callable[..., None], told: str) -> HttpResponse:
    """One word of the visitor's school about a plan, and what the page then says."""
    try:
        act(by=actor_of(request), plan=rollout, unit=_here(request).id, now=visitor_of(request).now)
        messages.success(request, told)
    except Refused as refused:
        if refused.code in {"not_allowed", "not_found"}:
            raise
        messages.error(request, refusals.sentence(refused))
    return SeeOther(reverse("rollout:home"))


def asked(request: WebRequest, found: PlanView, here: UnitView) -> dict[str, Any]:
    """What a plan in force asks of one school: its stages, the grades it leaves alone, and whether it has joined."""
    visitor = visitor_of(request)
    mine = found.stages_at(here.path)
    grades = {grade for stage in mine for grade in stage.grades}
    joined = queries.joined(plan=found.id, unit=here.id)
    taught = {group.year_level for group in schools.groups(school=here.id) if group.year_level in GRADES}
    others = sorted(grade for grade in taught if grade is not None and grade not in grades)
    return {
        "stages": shown(mine, visitor.now.date(), {}),
        "others": words.grades(others) if others else "",
        "joined": joined,
        "joins": bool(mine) and joined is None and visitor.actor.may(JOIN, here.path),
        "leaves": _leaves(found, here, visitor, joined=joined is not None),
    }


def _leaves(found: PlanView, here: UnitView, visitor: Visitor, *, joined: bool) -> date | None:
    """The day before which the school may still take its word back, for whoever may; None once it has come."""
    first = found.begins(here.path)
    open_still = found.state is PlanState.IN_FORCE and first is not None and first > visitor.now.date()
    return first if joined and open_still and visitor.actor.may(JOIN, here.path) else None


def shown(stages: tuple[Stage, ...], today: date, names: Mapping[str, str]) -> list[Shown]:
    """Stages with their dates in order and what comes next. `names`: path → name of a place."""
    return [
        Shown(
            stage,
            words.grades(stage.grades),
            words.REACHES[stage.reach],
            tuple(names[place] for place in stage.places if place in names),
            _days(stage, today),
        )
        for stage in stages
    ]


def _days(stage: Stage, today: date) -> tuple[Day, ...]:
    said = [(mark, stage.dates[mark]) for mark in MARKS if mark in stage.dates]
    coming = next((mark for mark, on in sorted(said, key=lambda one: one[1]) if on >= today), None)
    return tuple(Day(mark, words.MARKS[mark], on, (on - today).days, mark is coming) for mark, on in said)


def _plan(request: WebRequest, found: PlanView, here: UnitView) -> dict[str, Any]:
    by, today = actor_of(request), visitor_of(request).now.date()
    state, colour = words.STATES[found.state]
    told: dict[str, Any] = {
        "here": here, "plan": found, "state": state, "colour": colour, "writes": by.may(WRITE, found.path),
    }  # fmt: skip
    if here.kind is UnitKind.SCHOOL:
        mine = asked(request, found, here)
        return told | mine | {"joins": mine["joins"] and found.state is PlanState.IN_FORCE, "taking": None}
    taking = queries.participation(by=by, id=found.id, path=here.path)
    missing = request.GET.get("state", "") == "missing"
    names = {line.path: line.name for line in taking.schools}
    if any(stage.reach is Reach.DISTRICTS for stage in found.stages):
        names |= {unit.path: unit.name for unit in schools.units_under(found.path, kind=UnitKind.OFFICE)}
    return told | {
        "stages": shown(found.stages, today, names),
        "taking": taking,
        "missing": missing,
        "lines": _lines(taking, missing=missing),
        "whole": here.path == found.path,
    }


def _lines(taking: Participation, *, missing: bool) -> list[tuple[Any, str]]:
    some = [line for line in taking.schools if not missing or (line.asked and line.joined_at is None)]
    return [(line, words.grades(line.grades) if line.grades else "") for line in some]


def _here(request: WebRequest) -> UnitView:
    """The unit of the hat that is worn."""
    hat = visitor_of(request).hat
    assert hat is not None  # the door lets nobody in without one
    assert hat.unit is not None  # only posts open these areas
    unit = schools.unit(hat.unit)
    assert unit is not None
    return unit
