"""How far a place was, day by day."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.supervision.models import DayCount
from testamur.schoolday.supervision.queries.board import place_of
from testamur.schoolday.supervision.rules import DayView
from testamur.schoolday.transcripts.rules import STEPS


def trend(*, by: Actor, unit: UUID, school_year: str, since: date | None = None) -> tuple[DayView, ...]:
    """The counts of a place by day, in order of time. Needs ``supervision.board.see`` there. Raises NotFound."""
    place = place_of(by=by, unit=unit)
    rows = DayCount.objects.filter(unit=place.id, school_year=school_year)
    if since is not None:
        rows = rows.filter(on__gte=since)
    return tuple(
        DayView(row.on, row.classes, row.pupils, {step: getattr(row, step.value) for step in STEPS}, row.rejected)
        for row in rows.order_by("on")
    )
