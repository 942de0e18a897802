"""A plan is drafted, changed, put in force and closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.rollout import models, queries
from testamur.schoolday.rollout.models import Plan
from testamur.schoolday.rollout.queries.plans import EDIT
from testamur.schoolday.rollout.rules import (
    NewPlan,
    PlanChanged,
    PlanFrozen,
    PlanInvalid,
    PlanStands,
    PlanState,
    PlanView,
    Reach,
    Stage,
    check_plan,
    check_ready,
)


@transaction.atomic
def draft_plan(*, by: Actor, authority: UUID, new: NewPlan, now: datetime) -> UUID:
    """Draft a plan of a body responsible, or an office of it; returns its id. Journal: ``rollout.plan.drafted/1``.

    Needs ``rollout.plan.write`` at the body. Raises NotFound, NotAllowed, PlanInvalid, StagesOverlap.
    """
    body = schools.unit(authority)
    if body is None or body.kind not in {UnitKind.AUTHORITY, UnitKind.OFFICE}:
        raise NotFound("There is no such body.", field="authority")
    by.must(EDIT, body.path)
    told = check_plan(new)
    _check_places(body.path, told.stages)
    row = Plan(authority=body.id, path=body.path, made_by=by.id, made_at=now)
    _fill(row, told)
    row.save(force_insert=True)
    _stages(row, told.stages)
    append(by=by, kind="rollout.plan.drafted/1", path=row.path, refs=_refs(row), now=now)
    return row.id


@transaction.atomic
def change_plan(*, by: Actor, plan: UUID, to: NewPlan, seen: int, now: datetime) -> None:
    """Change a draft, or a plan in force; `seen` is the version that was looked at.

    A plan in force keeps its school year, and every date without which a stage asks for nothing. Journal:
    ``rollout.plan.changed/1``. Needs ``rollout.plan.write`` at its body. Raises NotFound, NotAllowed, PlanInvalid,
    StagesOverlap, PlanFrozen, PlanChanged.
    """
    row = _locked(by, plan)
    if row.state == PlanState.CLOSED:
        raise PlanFrozen("A closed plan is not changed.", field="plan")
    if row.version != seen:
        raise PlanChanged("Somebody else changed the plan meanwhile.", field="plan")
    told = check_plan(to)
    if row.state == PlanState.IN_FORCE and told.school_year != row.school_year:
        raise PlanInvalid("A plan in force keeps its school year.", field="school_year")
    _check_places(row.path, told.stages)
    _fill(row, told)
    row.version += 1
    row.save()
    row.stages.all().delete()
    _stages(row, told.stages)
    if row.state == PlanState.IN_FORCE:
        check_ready(_view(by, row))
    append(by=by, kind="rollout.plan.changed/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def put_in_force(*, by: Actor, plan: UUID, now: datetime) -> None:
    """From now on the plan asks its schools. Journal: ``rollout.plan.in_force/1``.

    Needs ``rollout.plan.write`` at its body. Raises NotFound, NotAllowed, PlanFrozen unless it is a draft, PlanInvalid
    when a stage lacks a date, PlanStands when another is in force for the same body and school year.
    """
    row = _locked(by, plan)
    if row.state != PlanState.DRAFT:
        raise PlanFrozen("Only a draft is put in force.", field="plan")
    check_ready(_view(by, row))
    # whoever puts a second draft in force waits here for the first; the database's own guard stands behind it
    others = Plan.objects.select_for_update().filter(path=row.path, school_year=row.school_year)
    if any(one.state == PlanState.IN_FORCE for one in others):
        raise PlanStands("Another plan is in force for this school year.", field="plan")
    row.state, row.in_force_by, row.in_force_at = PlanState.IN_FORCE, by.id, now
    row.save(update_fields=["state", "in_force_by", "in_force_at"])
    append(by=by, kind="rollout.plan.in_force/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def close_plan(*, by: Actor, plan: UUID, now: datetime) -> None:
    """The plan has run its course and asks for nothing more. Journal: ``rollout.plan.closed/1``.

    Needs ``rollout.plan.write`` at its body. Raises NotFound, NotAllowed, PlanFrozen unless it is in force.
    """
    row = _locked(by, plan)
    if row.state != PlanState.IN_FORCE:
        raise PlanFrozen("Only a plan in force is closed.", field="plan")
    row.state, row.closed_by, row.closed_at = PlanState.CLOSED, by.id, now
    row.save(update_fields=["state", "closed_by", "closed_at"])
    append(by=by, kind="rollout.plan.closed/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def discard_plan(*, by: Actor, plan: UUID, now: datetime) -> None:
    """Throw a draft away. Journal: ``rollout.plan.discarded/1``.

    Needs ``rollout.plan.write`` at its body. Raises NotFound, NotAllowed, PlanFrozen unless it is a draft.
    """
    row = _locked(by, plan)
    if row.state != PlanState.DRAFT:
        raise PlanFrozen("Only a draft is thrown away.", field="plan")
    refs = _refs(row)
    models.Stage.objects.filter(plan=row).delete()
    row.delete()
    append(by=by, kind="rollout.plan.discarded/1", path=row.path, refs=refs, now=now)


def _locked(by: Actor, id: UUID) -> Plan:  # noqa: A002 - the name that every query uses
    row = Plan.objects.select_for_update().filter(id=id).first()
    if row is None:
        raise NotFound("There is no such plan.", field="plan")
    by.must(EDIT, row.path)
    return row


def _check_places(path: str, stages: Sequence[Stage]) -> None:
    """Raise PlanInvalid unless every place of a stage is an office, or a school, below the body."""
    wanted = {place for stage in stages for place in stage.places}
    known = {unit.path: unit.kind for unit in schools.units_under(path)} if wanted else {}
    for number, stage in enumerate(stages):
        kind = UnitKind.OFFICE if stage.reach is Reach.DISTRICTS else UnitKind.SCHOOL
        if any(known.get(place) is not kind for place in stage.places):
            raise PlanInvalid("Choose among the places of this body.", field="places", stage=number)


def _fill(row: Plan, told: NewPlan) -> None:
    row.name, row.reason, row.school_year = told.name, told.reason, told.school_year
    row.remind_before, row.remind_after = told.remind_before, told.remind_after


def _stages(row: Plan, stages: Sequence[Stage]) -> None:
    models.Stage.objects.bulk_create(
        models.Stage(
            plan=row, number=number, name=stage.name, grades=list(stage.grades), reach=stage.reach,
            places=list(stage.places), dates={mark.value: day.isoformat() for mark, day in stage.dates.items()},
        )
        for number, stage in enumerate(stages)
    )  # fmt: skip


def _view(by: Actor, row: Plan) -> PlanView:
    return queries.plan(by=by, id=row.id, path=row.path)


def _refs(row: Plan) -> dict[str, object]:
    return {"plan": str(row.id), "school_year": row.school_year, "version": row.version}
