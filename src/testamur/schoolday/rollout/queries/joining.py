"""Reading which schools take part."""

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.schoolday.rollout.models import Joining
from testamur.schoolday.rollout.queries.plans import SEE, plan
from testamur.schoolday.rollout.rules import Joined, Participation, PlanView, SchoolLine


def joined(*, plan: UUID, unit: UUID) -> Joined | None:
    """A school's word that it takes part, or None. One query."""
    row = Joining.objects.filter(plan=plan, unit=unit).first()
    return None if row is None else Joined(row.unit, row.joined_at, row.joined_by)


def participation(*, by: Actor, id: UUID, path: str) -> Participation:  # noqa: A002 - the name that every query uses
    """All schools below `path` (the plan's body, or an office of it) in one plan, in order of place. Four queries.

    Universities are no schools here. Raises NotFound, NotAllowed.
    """
    found = plan(by=by, id=id, path=path)
    by.must(SEE, path)
    here = path if path.startswith(found.path) else found.path
    units = schools.units_under(here)
    offices = {unit.path: unit.name for unit in units if unit.kind is UnitKind.OFFICE}
    since = dict(Joining.objects.filter(plan=found.id).values_list("unit", "joined_at"))
    return Participation(
        tuple(
            SchoolLine(
                unit.id, unit.name, unit.code, unit.path, _district(unit, offices), _grades(found, unit),
                since.get(unit.id),
            )
            for unit in units
            if unit.kind is UnitKind.SCHOOL
        )
    )  # fmt: skip


def _district(unit: UnitView, offices: dict[str, str]) -> str:
    above = [name for path, name in offices.items() if unit.path.startswith(path)]
    return above[-1] if above else ""


def _grades(plan: PlanView, unit: UnitView) -> tuple[int, ...]:
    return tuple(sorted({grade for stage in plan.stages_at(unit.path) for grade in stage.grades}))
