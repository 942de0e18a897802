"""Who would be reminded of a step, who was, and what the letters need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.rollout import queries as rollout
from testamur.schoolday.rollout.rules import PlanView
from testamur.schoolday.supervision.models import Reminded, Reminder
from testamur.schoolday.supervision.rules import Recipient, Waits, waits_for
from testamur.schoolday.transcripts.queries import adding
from testamur.schoolday.transcripts.rules import STEPS, Standing, Step

REMIND = "supervision.reminder.send"
_ROLES = {Waits.PRINCIPAL: Role.PRINCIPAL, Waits.OFFICE: Role.ADMINISTRATOR}


@dataclass(frozen=True, slots=True)
class ReminderView:
    """One sending."""

    id: UUID
    unit: UUID
    school_year: str
    step: Step
    automatic: bool
    people: int
    sent_by: UUID
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Letter:
    """What a letter to one person says: classes by code at a school, the step, its last day, and who asks."""

    person: UUID
    path: str
    school: str
    role: Waits
    codes: tuple[str, ...]
    step: Step
    due: date | None
    school_year: str
    body: str


def recipients(
    *, by: Actor, path: str, school_year: str, step: Step, on: date, only: Callable[[Standing], bool] | None = None
) -> tuple[Recipient, ...]:
    """Whom a reminder of a step would reach: whoever a class waits for that has not reached it, by school.

    Class teachers are those of the class; where it has none, and for what the office does, those who administer the
    school; where nobody does, its principal. A class that waits for the store alone is nobody's to do. Classes of
    which the plan asks nothing are left out, and those that `only` does not let pass.
    Needs ``supervision.reminder.send`` at `path`.
    """
    by.must(REMIND, path)
    up_to = STEPS[: STEPS.index(step) + 1]
    plan = rollout.in_force(path=path, school_year=school_year)
    classes = [
        one
        for one in adding.behind(by=by, path=path, school_year=school_year, steps=up_to)
        if (plan is None or plan.asks(one.path, one.year_level)) and (only is None or only(one))
    ]
    found = _people(classes, on)
    again = _reminded([key[0] for key in found], on)
    return tuple(
        Recipient(
            person, unit, role, tuple(one.group for one in some), tuple(one.code for one in some),
            _due(plan, some, step), person in again,
        )
        for (person, unit, role), some in found.items()
    )  # fmt: skip


def _due(plan: PlanView | None, some: Sequence[Standing], step: Step) -> date | None:
    """The earliest last day of the step among some classes."""
    days = [plan.due(one.path, step, one.year_level) for one in some] if plan else []
    return min((day for day in days if day is not None), default=None)


def _people(classes: Sequence[Standing], on: date) -> dict[tuple[UUID, UUID, Waits], list[Standing]]:
    """(Person, school, as what) → classes; each person once for each school, in order of place."""
    posts = _posts({one.unit for one in classes}, on)
    found: dict[tuple[UUID, UUID, Waits], list[Standing]] = defaultdict(list)
    for one in classes:
        waits = waits_for(one)
        if waits is None or waits is Waits.STORE:
            continue
        if waits is Waits.CLASS_TEACHER and one.class_teacher is not None:
            found[one.class_teacher, one.unit, waits].append(one)
            continue
        as_what = Waits.OFFICE if waits is Waits.CLASS_TEACHER else waits
        there = posts.get((one.unit, as_what)) or posts.get((one.unit, Waits.PRINCIPAL), ())
        for person in there:
            found[person, one.unit, as_what].append(one)
    return found


def _posts(units: Collection[UUID], on: date) -> dict[tuple[UUID, Waits], tuple[UUID, ...]]:
    """Who leads and who administers each school on that day."""
    found: dict[tuple[UUID, Waits], list[UUID]] = defaultdict(list)
    for waits, role in _ROLES.items():
        for post in schools.holders(role=role, on=on):
            if post.unit in units:
                found[post.unit, waits].append(post.person)
    return {key: tuple(dict.fromkeys(some)) for key, some in found.items()}


def _reminded(persons: Iterable[UUID], on: date) -> set[UUID]:
    ids = list(dict.fromkeys(persons))
    return {
        person
        for start in range(0, len(ids), 500)
        for person in Reminded.objects.filter(on=on, person__in=ids[start : start + 500]).values_list(
            "person", flat=True
        )
    }


def reminders(*, by: Actor, path: str, school_year: str, limit: int = 50) -> tuple[ReminderView, ...]:
    """What was sent at or below a place, the latest first. Needs ``supervision.board.see`` there."""
    by.must("supervision.board.see", path)
    rows = Reminder.objects.filter(path__startswith=path, school_year=school_year).order_by("-sent_at")[:limit]
    return tuple(
        ReminderView(
            row.id, row.unit, row.school_year, Step(row.step), row.automatic, row.people, row.sent_by, row.sent_at
        )
        for row in rows
    )


def letters(*, by: Actor, reminder: UUID) -> tuple[Letter, ...]:
    """What the letters of one sending say, in order of person. Needs ``supervision.reminder.tell`` at its place."""
    sent = Reminder.objects.filter(id=reminder).first()
    if sent is None:
        return ()
    by.must("supervision.reminder.tell", sent.path)
    rows = list(Reminded.objects.filter(reminder=sent).order_by("person"))
    groups = schools.groups_by_id({UUID(one) for row in rows for one in row.classes})
    units = schools.units({sent.unit, *(row.unit for row in rows)})
    return tuple(
        Letter(
            row.person, units[row.unit].path, units[row.unit].name, Waits(row.role),
            tuple(groups[UUID(one)].code for one in row.classes if UUID(one) in groups), Step(sent.step), row.due,
            sent.school_year, units[sent.unit].name,
        )
        for row in rows
        if row.unit in units
    )  # fmt: skip
