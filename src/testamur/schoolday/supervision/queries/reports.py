"""Closing reports, and the figures that stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.rollout.rules import PlanView
from testamur.schoolday.supervision.models import Report
from testamur.schoolday.supervision.queries.board import SEE, Choice, asked, board, place_of
from testamur.schoolday.supervision.queries.late import late
from testamur.schoolday.supervision.rules import Counts, ReportState, of_class, sum_of
from testamur.schoolday.transcripts.queries import adding, standings
from testamur.schoolday.transcripts.rules import STEPS


@dataclass(frozen=True, slots=True)
class Closing:
    """A closing report with what its writer concludes. `figures` are those of the closing, of a draft None."""

    id: UUID
    unit: UUID
    path: str
    school_year: str
    state: ReportState
    outcome: str
    causes: str
    proposals: str
    made_by: UUID
    made_at: datetime
    figures: Mapping[str, Any] | None = None
    sha256: str = ""
    closed_by: UUID | None = None
    closed_at: datetime | None = None


def closings(*, by: Actor, unit: UUID) -> tuple[Closing, ...]:
    """The reports of a place, the latest year first. Needs ``supervision.board.see`` there. Raises NotFound."""
    place = place_of(by=by, unit=unit)
    rows = Report.objects.filter(unit=place.id).defer("content").order_by("-school_year")
    return tuple(_closing(row, None) for row in rows)


def closing(*, by: Actor, report: UUID) -> Closing:
    """One report with its figures. Needs ``supervision.board.see`` at its place. Raises NotFound."""
    row = Report.objects.filter(id=report).first()
    if row is None or not by.may(SEE, row.path):
        raise NotFound("There is no such report, or it is not yours.", report=str(report))
    return _closing(row, row.content)


def _closing(row: Report, content: Mapping[str, Any] | None) -> Closing:
    return Closing(
        row.id, row.unit, row.path, row.school_year, ReportState(row.state), row.outcome, row.causes, row.proposals,
        row.made_by, row.made_at, content, row.sha256, row.closed_by, row.closed_at,
    )  # fmt: skip


def figures(*, by: Actor, unit: UUID, school_year: str, on: date) -> dict[str, Any]:
    """All figures of a report as plain JSON: the plan, counts by place, grade, school and class, delays.

    Shape: ``{"place", "school_year", "on", "plan": {"name", "reason", "stages"}, "schools": n, "taking_part": n,
    "empty": [name], "total": counts, "levels": [[level, counts]], "parts": [[name, counts]],
    "rows": [[district, school, counts]], "classes": [[school, code, level, counts]],
    "late": {"classes", "steps", "waits", "missing", "schools"}}`` with counts as
    ``{"classes", "pupils", "rejected", step: n …}``; a class of few pupils has no counts.
    Needs ``supervision.board.see`` at the place. Raises NotFound.
    """
    found = board(by=by, unit=unit, choice=Choice(school_year), on=on)
    behind = late(by=by, unit=unit, year=school_year, on=on)
    standing = asked(adding.added(by=by, path=found.place.path, school_year=school_year), found.plan)
    names = {one.unit.id: one.unit.name for one in (*found.parts, *found.schools)}
    every = [
        one
        for one in standings(by=by, path=found.place.path, school_year=school_year)
        if found.plan is None or found.plan.asks(one.path, one.year_level)
    ]
    return {
        "place": found.place.name,
        "school_year": school_year,
        "on": on.isoformat(),
        "plan": _plan(found.plan),
        "schools": len(found.schools) + len(found.empty),
        "taking_part": len(found.schools),
        "empty": [one.name for one in found.empty],
        "total": _plain(found.total),
        "levels": [[level, _plain(_sum(standing, level))] for level in found.levels],
        "parts": [[one.unit.name, _plain(one.counts)] for one in found.parts if one.unit.kind is UnitKind.OFFICE],
        "rows": [[names.get(one.district, "") if one.district else "", one.unit.name, _plain(one.counts)]
                 for one in found.schools],
        "classes": [[names.get(one.unit, ""), one.code, one.year_level, _plain(of_class(one))] for one in every],
        "late": {
            "classes": len(behind.rows),
            "steps": {step.value: n for step, n in behind.by_step.items()},
            "waits": {waits.value: n for waits, n in behind.by_waits.items()},
            "missing": dict(behind.missing),
            "schools": [[names.get(unit, ""), n] for unit, n in behind.by_school.items()],
        },
    }  # fmt: skip


def _plan(plan: PlanView | None) -> dict[str, Any]:
    if plan is None:
        return {}
    stages = [
        {
            "name": one.name,
            "grades": list(one.grades),
            "reach": one.reach.value,
            "dates": {mark.value: day.isoformat() for mark, day in one.dates.items()},
        }
        for one in plan.stages
    ]
    return {"name": plan.name, "reason": plan.reason, "stages": stages}


def _sum(rows: tuple[adding.Added, ...], level: int) -> Counts:
    return sum_of(one for one in rows if one.level == level)


def _plain(counts: Counts) -> dict[str, int]:
    """Counts as JSON; of few pupils only that they are few."""
    if counts.few:
        return {"classes": counts.classes, "few": 1}
    return {
        "classes": counts.classes,
        "pupils": counts.pupils,
        "rejected": counts.rejected,
        **{step.value: counts.reached.get(step, 0) for step in STEPS},
    }


def counts_of(plain: Mapping[str, int]) -> Counts:
    """The counts of a report's figures again, for showing."""
    reached = {step: plain.get(step.value, 0) for step in STEPS}
    pupils = 1 if plain.get("few") else plain.get("pupils", 0)
    return Counts(plain.get("classes", 0), pupils, reached, {}, plain.get("rejected", 0))
