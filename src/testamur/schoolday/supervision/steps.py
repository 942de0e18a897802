"""Background steps of supervision: counting the day, and reminders that go by themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.kernel.base.actor import Actor
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.schoolday.rollout import queries as rollout
from testamur.schoolday.rollout.rules import DUE, PlanState, PlanView
from testamur.schoolday.supervision.actions import remind
from testamur.schoolday.supervision.models import DayCount, Reminder, Stand
from testamur.schoolday.supervision.queries.board import asked
from testamur.schoolday.supervision.rules import KEPT, Counts, NobodyWaited, sum_of, turning
from testamur.schoolday.transcripts.queries import adding, standings
from testamur.schoolday.transcripts.rules import STEPS, Standing, Step

YEARS = 2
"""How many school years are counted: the running one, and the former one while it is not all delivered."""
MORNING = 6
"""The hour from which reminders go out."""
LAST: tuple[Step, ...] = tuple({DUE[step]: step for step in STEPS}.values())
"""The last step of each date of a plan: who is reminded of it is reminded of the ones before."""
_PLACES = {UnitKind.AUTHORITY, UnitKind.OFFICE, UnitKind.SCHOOL}
_COUNTS = ["classes", "pupils", "rejected", *(step.value for step in STEPS)]


def count(*, by: Actor, zone: Callable[[str], ZoneInfo], now: datetime) -> int:
    """Write down how far every place is today; returns how many rows. A later run of the day takes its place.

    `zone`: the time zone of a path. No act of a person: it writes no journal. Counts that are older than `KEPT` go.
    """
    made = 0
    for root in schools.units_under("/"):
        if root.parent is not None:
            continue
        on = now.astimezone(zone(root.path)).date()
        for year in adding.school_years(by=by, path=root.path)[:YEARS]:
            made += _count(by, root, year, on)
    DayCount.objects.filter(on__lt=now.date() - KEPT).delete()
    return made


def _count(by: Actor, root: UnitView, year: str, on: date) -> int:
    plan = rollout.in_force(path=root.path, school_year=year)
    added = asked(adding.added(by=by, path=root.path, school_year=year), plan)
    places = [one for one in schools.units_under(root.path) if one.kind in _PLACES]
    rows = []
    for place in places:
        below = sum_of(one for one in added if one.path.startswith(place.path))
        if below.classes:
            rows.append(_row(place.id, year, on, below))
    DayCount.objects.bulk_create(
        rows, batch_size=200, update_conflicts=True, unique_fields=["unit", "school_year", "on"], update_fields=_COUNTS
    )
    _stand(standings(by=by, path=root.path, school_year=year), on)
    return len(rows)


def _row(unit: UUID, year: str, on: date, of: Counts) -> DayCount:
    reached = {step.value: of.reached.get(step, 0) for step in STEPS}
    return DayCount(
        unit=unit, school_year=year, on=on, classes=of.classes, pupils=of.pupils, rejected=of.rejected, **reached
    )


def _stand(classes: Iterable[Standing], on: date) -> None:
    """Note the classes that moved since they were looked at last."""
    sums = {one.group: sum(one.reached.values()) + one.rejected for one in classes}
    known = dict(Stand.objects.values_list("group", "reached"))
    moved = [Stand(group=key, reached=n, since=on) for key, n in sums.items() if known.get(key) != n]
    Stand.objects.bulk_create(
        moved, batch_size=200, update_conflicts=True, unique_fields=["group"], update_fields=["reached", "since"]
    )


def remind_due(*, by: Actor, zone: Callable[[str], ZoneInfo], now: datetime) -> int:
    """Remind of the dates of plans in force where they say so, in the morning; returns how many sendings.

    Idempotent: each date of a plan is reminded of once a day.
    """
    sent = 0
    for plan in rollout.plans(by=by, path="/"):
        here = now.astimezone(zone(plan.path))
        switched = plan.remind_before is not None or plan.remind_after is not None
        if plan.state is PlanState.IN_FORCE and switched and here.hour >= MORNING:
            sent += sum(_remind(by, plan, step, here, now) for step in LAST)
    return sent


def _remind(by: Actor, plan: PlanView, step: Step, here: datetime, now: datetime) -> bool:
    """Remind of one date of a plan, if that was not done today."""
    on = here.date()
    if not any(turning(plan, step, place, grade, on) for place, grade in _corners(plan)):
        return False
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    done = Reminder.objects.filter(
        unit=plan.authority, school_year=plan.school_year, step=step.value, automatic=True, sent_at__gte=midnight
    )
    if done.exists():
        return False
    try:
        remind(
            by=by, unit=plan.authority, school_year=plan.school_year, step=step, on=on, automatic=True, now=now,
            only=lambda one: turning(plan, step, one.path, one.year_level, on),
        )  # fmt: skip
    except NobodyWaited:
        return False
    return True


def _corners(plan: PlanView) -> Iterable[tuple[str, int]]:
    """A place and a grade of each stage."""
    return ((place, stage.grades[0]) for stage in plan.stages for place in (stage.places or (plan.path,)))
