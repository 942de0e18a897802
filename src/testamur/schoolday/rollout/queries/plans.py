"""Reading plans: those of a body, and the one that is in force at a place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import prefetch_related_objects

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.curriculum.rules import prefixes
from testamur.schoolday.rollout.models import Plan
from testamur.schoolday.rollout.rules import Mark, PlanState, PlanView, Reach, Stage
from testamur.schoolday.transcripts.rules import Step

SEE = "rollout.plan.see"
EDIT = "rollout.plan.write"


def plans(*, by: Actor, path: str) -> tuple[PlanView, ...]:
    """All plans of the bodies on the way down to `path` and below it, newest school year first.

    Drafts only for who may write plans there. Raises NotAllowed without ``rollout.plan.see`` at `path`. Two queries.
    """
    by.must(SEE, path)
    rows = Plan.objects.filter(path__in=[way for way in prefixes(path) if way]) | Plan.objects.filter(
        path__startswith=path
    )
    found = _views(rows.order_by("-school_year", "-made_at", "id"))
    return tuple(one for one in found if one.state is not PlanState.DRAFT or by.may(EDIT, one.path))


def plan(*, by: Actor, id: UUID, path: str) -> PlanView:  # noqa: A002 - the name that every query uses
    """One plan, as it is seen from `path` (the place of the reader's post). Raises NotFound, NotAllowed.

    A plan belongs to the body above the reader's place or below it; a draft only to who may write it.
    """
    by.must(SEE, path)
    found = next(iter(_views(Plan.objects.filter(id=id))), None)
    if found is None or not (path.startswith(found.path) or found.path.startswith(path)):
        raise NotFound("There is no such plan.", field="plan")
    if found.state is PlanState.DRAFT and not by.may(EDIT, found.path):
        raise NotFound("There is no such plan.", field="plan")
    return found


def in_force(*, path: str, school_year: str) -> PlanView | None:
    """The plan in force for a school year at a place: its own body's, else that of the body above. Two queries.

    It names nobody; `PlanView.due` and `PlanView.asks` then answer for any number of classes without a query.
    """
    ways = [way for way in prefixes(path) if way]
    found = _views(Plan.objects.filter(path__in=ways, school_year=school_year, state=PlanState.IN_FORCE))
    return max(found, key=lambda one: len(one.path), default=None)


def plan_at(*, path: str) -> PlanView | None:
    """The plan in force at a place, the one of the latest school year where there are several. Two queries at most."""
    return next(iter(plans_at(path=path)), None)


def plans_at(*, path: str) -> tuple[PlanView, ...]:
    """The plans in force at a place, one for each school year, the latest first. Two queries at most."""
    ways = [way for way in prefixes(path) if way]
    found = _views(Plan.objects.filter(path__in=ways, state=PlanState.IN_FORCE))
    nearest: dict[str, PlanView] = {}
    for one in sorted(found, key=lambda one: len(one.path)):
        nearest[one.school_year] = one
    return tuple(nearest[year] for year in sorted(nearest, reverse=True))


def due(*, path: str, school_year: str, step: Step, grade: int | None = None) -> date | None:
    """The last day for a step at a place, as the plan in force says; None without one.

    Whoever asks for many classes reads `in_force` once and asks `PlanView.due`.
    """
    found = in_force(path=path, school_year=school_year)
    return found.due(path, step, grade) if found is not None else None


def _views(rows: Iterable[Plan]) -> tuple[PlanView, ...]:
    some = list(rows)
    prefetch_related_objects(some, "stages")
    return tuple(_view(row) for row in some)


def _view(row: Plan) -> PlanView:
    stages = tuple(
        Stage(
            one.name,
            tuple(one.grades),
            Reach(one.reach),
            {mark: date.fromisoformat(one.dates[mark]) for mark in Mark if mark in one.dates},
            tuple(one.places),
        )
        for one in sorted(row.stages.all(), key=lambda one: one.number)
    )
    return PlanView(
        row.id, row.authority, row.path, row.name, row.reason, row.school_year, PlanState(row.state), row.version,
        stages, row.made_at, row.remind_before, row.remind_after, row.in_force_at, row.closed_at,
    )  # fmt: skip
