"""Who is late, and why: classes beyond a date, the step at which they stand, whom it waits for, since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.rollout import queries as rollout
from testamur.schoolday.rollout.rules import DUE, PlanView
from testamur.schoolday.supervision.models import Stand
from testamur.schoolday.supervision.queries.board import place_of, years_of
from testamur.schoolday.supervision.rules import Late, Waits, late_at, waits_for
from testamur.schoolday.transcripts.queries import adding
from testamur.schoolday.transcripts.rules import STEPS, Step


@dataclass(frozen=True, slots=True)
class LateClasses:
    """Classes beyond a date at a place, by place and code.

    Attributes:
        units: names of their schools.
        by_step: the step that is overdue → classes; `by_school`: school → classes; `by_waits`: whom they wait for.
        missing: reason code → pupils of these classes.
    """

    place: UnitView
    years: tuple[str, ...]
    year: str
    plan: PlanView | None
    rows: tuple[Late, ...]
    units: Mapping[UUID, UnitView]
    by_step: Mapping[Step, int]
    by_school: Mapping[UUID, int]
    by_waits: Mapping[Waits, int]
    missing: Mapping[str, int]


def late(*, by: Actor, unit: UUID, year: str = "", level: int | None = None, on: date) -> LateClasses:
    """Who is late at a place on that day. Needs ``supervision.board.see`` there. Raises NotFound."""
    place = place_of(by=by, unit=unit)
    years, current = years_of(by=by, path=place.path, on=on)
    chosen = year if year in years else current
    plan = rollout.in_force(path=place.path, school_year=chosen) if chosen else None
    behind = adding.behind(by=by, path=place.path, school_year=chosen, steps=_past(plan, on), level=level)
    found = []
    for each in behind:
        at = late_at(each, plan, on) if plan else None
        if at is not None:
            found.append(Late(each, at[0], at[1], waits_for(each) or Waits.STORE))
    since = _since([one.standing.group for one in found])
    rows = tuple(Late(one.standing, one.step, one.due, one.waits, since.get(one.standing.group)) for one in found)
    missing: Counter[str] = Counter()
    for one in rows:
        missing.update(one.standing.missing)
    return LateClasses(
        place, years, chosen, plan, rows, schools.units({one.standing.unit for one in rows}),
        Counter(one.step for one in rows), Counter(one.standing.unit for one in rows),
        Counter(one.waits for one in rows), missing,
    )  # fmt: skip


def _past(plan: PlanView | None, on: date) -> tuple[Step, ...]:
    """Steps whose last day is over in some stage of the plan."""
    stages = plan.stages if plan else ()
    return tuple(step for step in STEPS if any(DUE[step] in s.dates and s.dates[DUE[step]] < on for s in stages))


def _since(groups: list[UUID]) -> dict[UUID, date]:
    """Since when each class stands where it stands."""
    found: dict[UUID, date] = {}
    for start in range(0, len(groups), 500):
        rows = Stand.objects.filter(group__in=groups[start : start + 500])
        found |= dict(rows.values_list("group", "since"))
    return found
