"""Reminding those whom a step waits for: each at most once a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.schoolday.supervision.models import Reminded, Reminder
from testamur.schoolday.supervision.queries.reminders import recipients
from testamur.schoolday.supervision.rules import NobodyWaited, Recipient
from testamur.schoolday.transcripts.rules import Standing, Step


@transaction.atomic
def remind(
    *,
    by: Actor,
    unit: UUID,
    school_year: str,
    step: Step,
    on: date,
    only: Callable[[Standing], bool] | None = None,
    automatic: bool = False,
    now: datetime,
) -> UUID:
    """Remind whoever a step waits for at a place and below; returns the sending. Who was reminded today is left out.

    `on` is the day where the place is; `only` narrows the classes. The letters follow the journal, which
    names the sending alone.
    Journal: ``supervision.reminder.sent/1`` with the sending, the step and how many people. Needs
    ``supervision.reminder.send`` at the place. Raises NotFound, NobodyWaited.
    """
    place = schools.unit(unit)
    if place is None:
        raise NotFound("There is no such place.", unit=str(unit))
    found = recipients(by=by, path=place.path, school_year=school_year, step=step, on=on, only=only)
    persons = _first_of_each(found)
    if not persons:
        raise NobodyWaited("Nobody is to be reminded: nothing waits, or all were reminded today.")
    sent = Reminder.objects.create(
        id=new_id(), unit=place.id, path=place.path, school_year=school_year, step=step.value,
        automatic=automatic, people=len(persons), sent_by=by.id, sent_at=now,
    )  # fmt: skip
    told = Reminded.objects.bulk_create(
        [
            Reminded(
                reminder=sent, person=one.person, unit=one.unit, role=one.role.value, on=on, due=one.due,
                classes=[str(group) for group in one.classes],
            )
            for one in persons
        ],
        batch_size=200,
        ignore_conflicts=True,  # somebody else reminded in the same moment: once a day is enough
    )  # fmt: skip
    refs = {"reminder": str(sent.id), "unit": str(place.id), "step": step.value, "people": len(told)}
    append(by=by, kind="supervision.reminder.sent/1", path=place.path, refs=refs, now=now)
    return sent.id


def _first_of_each(found: tuple[Recipient, ...]) -> list[Recipient]:
    """Each person once, at the school where most waits; nobody who was reminded today."""
    best: dict[UUID, Recipient] = {}
    for one in found:
        if one.reminded_today:
            continue
        before = best.get(one.person)
        if before is None or len(one.classes) > len(before.classes):
            best[one.person] = one
    return list(best.values())
