"""The invented province in the middle of its work: a plan in force, classes verified, every class counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from testamur.exchange.notifications.steps.places import zones
from testamur.kernel.base.actor import Actor
from testamur.kernel.jobs.rules import step_actor
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind
from testamur.schoolday.rollout import actions as rollout
from testamur.schoolday.rollout.rules import Mark, NewPlan, Reach, Stage
from testamur.schoolday.supervision import steps as supervision
from testamur.schoolday.transcripts import actions as transcripts
from testamur.schoolday.transcripts.looking import frame, look
from testamur.schoolday.transcripts.steps import refresh_all
from testamur.surfaces.cli import demo_delivery, demo_province
from testamur.surfaces.cli.demo_province import School

DAYS = {
    Mark.TRAINING_FROM: -60, Mark.TRAINING_TO: -40, Mark.ENTRY: -12, Mark.VERIFICATION: -5, Mark.SIGNING: 7,
    Mark.DELIVERY: 14, Mark.SUMMING_UP: 30,
}  # fmt: skip
"""Days from today: entry is over, verification too, and some are late."""
JOINED = 0.9
"""Share of the schools that have said that they take part."""
_COUNTER = step_actor("supervision", "transcripts.standing.see", "supervision.reminder.send", "rollout.plan.see")


def verify(by: Actor, made: Sequence[School], now: datetime) -> None:
    """Somebody's word for every class whose documents are made, and for half of the other schools that are done."""
    words = [
        one for n, one in enumerate(made) if one.stage in {"issued", "ready"} or (one.stage == "decided" and n % 2)
    ]
    for school in words:
        for group in schools.groups(school=school.unit, kind=GroupKind.CLASS):
            told = frame(group.id)
            if told is None:
                continue
            seen = look(told, today=now.date())
            if seen.pupils and not seen.missing:
                transcripts.verify(by=by, group=group.id, digest=seen.digest, now=now)


def finish(by: Actor, body: UUID, made: Sequence[School], now: datetime) -> None:
    """The plan with the schools that have joined, delivery switched on, every class counted, the day's count."""
    path = schools.units([body])[body].path
    dates = {mark: now.date() + timedelta(days=days) for mark, days in DAYS.items()}
    stage = Stage("Toàn tỉnh", (1, 2, 3, 4, 5), Reach.ALL, dates)
    plan = NewPlan("Học bạ số cấp tiểu học (TEST)", "Kế hoạch giả định số 1", demo_province.YEAR, (stage,))
    drafted = rollout.draft_plan(by=by, authority=body, new=plan, now=now)
    rollout.put_in_force(by=by, plan=drafted, now=now)
    for school in made[: round(len(made) * JOINED)]:
        rollout.join(by=by, plan=drafted, unit=school.unit, now=now)
    demo_delivery.fill(by, (), None, now)
    refresh_all(path, now=now, school_year=demo_province.YEAR)
    supervision.count(by=_COUNTER, zone=zones(), now=now)
