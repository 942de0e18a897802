"""A school says that it takes part."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.rollout.models import Joining, Plan
from testamur.schoolday.rollout.queries.plans import in_force
from testamur.schoolday.rollout.rules import JoinedAlready, NotAsked


@transaction.atomic
def join(*, by: Actor, plan: UUID, unit: UUID, now: datetime) -> None:
    """A school joins a plan in force that asks it. Journal: ``rollout.school.joined/1``.

    Needs ``rollout.plan.join`` at the school. Raises NotFound, NotAllowed, NotAsked, JoinedAlready.
    """
    school = schools.unit(unit)
    if school is None or school.kind is not UnitKind.SCHOOL:
        raise NotFound("There is no such school.", field="unit")
    by.must("rollout.plan.join", school.path)
    row = Plan.objects.select_for_update().filter(id=plan).first()
    if row is None or not school.path.startswith(row.path):
        raise NotFound("There is no such plan.", field="plan")
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
