"""Something to supervise at each place: a counted class, and a closing report of the body."""

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id
from testamur.register.schools.rules import UnitView
from testamur.schoolday.supervision import actions
from testamur.schoolday.transcripts.models import ClassYear


def supervised(body: UnitView, school: UnitView) -> dict[str, UUID]:
    """The body, and its report of a year of the school's own: a body has one report of each year."""
    now, year = clock.now(), f"of {school.code}"[:20]
    ClassYear.objects.create(
        group=new_id(), unit=school.id, path=school.path, school_year=year, code="1A", pupils=9, refreshed_at=now
    )
    report = actions.draft_report(by=operator(), unit=body.id, school_year=year, now=now)
    actions.write_report(by=operator(), report=report, outcome="Done", causes="", proposals="", now=now)
    return {"body": body.id, "closing_report": report}
