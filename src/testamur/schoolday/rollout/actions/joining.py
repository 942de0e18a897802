"""A school says that it takes part, and may take its word back before anything has begun."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.schoolday.rollout.models import Joining, Plan
from testamur.schoolday.rollout.queries.plans import in_force
from testamur.schoolday.rollout.rules import Begun, JoinedAlready, NotAsked, NotJoined


@transaction.atomic
def join(*, by: Actor, plan: UUID, unit: UUID, now: datetime) -> None:
    """A school joins a plan in force that asks it. Journal: ``rollout.school.joined/1``.

    Needs ``rollout.plan.join`` at the school. Raises NotFound, NotAllowed, NotAsked, JoinedAlready.
    """
    school, row = _both(by, plan, unit)
    stands = in_force(path=school.path, school_year=row.school_year)
    if stands is None or stands.id != plan or not stands.stages_at(school.path):
        raise NotAsked("The plan does not ask this school to take part.", field="plan")
    _made, new = Joining.objects.get_or_create(
        plan=row, unit=unit, defaults={"path": school.path, "joined_by": by.id, "joined_at": now}
    )
    if not new:
        raise JoinedAlready("The school has joined already.", field="plan")
    append(
        by=by, kind="rollout.school.joined/1", path=school.path, refs={"plan": str(plan), "unit": str(unit)}, now=now
    )


@transaction.atomic
def leave(*, by: Actor, plan: UUID, unit: UUID, now: datetime) -> None:
    """A school takes its word back before the first day that the plan names for it. Journal: ``rollout.school.left/1``.

    Needs ``rollout.plan.join`` at the school. Raises NotFound, NotAllowed, NotJoined, Begun. It may join again.
    """
    school, row = _both(by, plan, unit)
    joined = Joining.objects.select_for_update().filter(plan=row, unit=unit).first()
    if joined is None:
        raise NotJoined("The school does not take part.", field="plan")
    stands = in_force(path=school.path, school_year=row.school_year)
    first = stands.begins(school.path) if stands is not None and stands.id == plan else None
    if first is None or first <= now.date():  # a plan that is closed has begun and ended
        raise Begun("What the plan asks has begun.", field="plan")
    joined.delete()
    append(by=by, kind="rollout.school.left/1", path=school.path, refs={"plan": str(plan), "unit": str(unit)}, now=now)


def _both(by: Actor, plan: UUID, unit: UUID) -> tuple[UnitView, Plan]:
    """The school, and the plan locked: whoever changes its dates waits, or is waited for."""
    school = schools.unit(unit)
    if school is None or school.kind is not UnitKind.SCHOOL:
        raise NotFound("There is no such school.", field="unit")
    by.must("rollout.plan.join", school.path)
    row = Plan.objects.select_for_update().filter(id=plan).first()
    if row is None or not school.path.startswith(row.path):
        raise NotFound("There is no such plan.", field="plan")
    return school, row
