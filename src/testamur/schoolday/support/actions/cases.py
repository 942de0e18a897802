"""The reception of protected persons: a case is opened, its steps are done, it is followed up."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.people.rules import NeedInvalid, NotProtected
from testamur.schoolday.support.models import Case, CaseStep
from testamur.schoolday.support.rules import FOLLOW_UP, CaseOpen, Step

MOST = timedelta(days=370)


@transaction.atomic
def open_case(*, by: Actor, person: UUID, now: datetime) -> UUID:
    """Begin the reception of a protected person; returns the case's id. Journal: ``support.case.opened/1``.

    Needs ``support.case.open`` and ``people.protected.see`` where the person is kept. Raises NotFound, NotProtected,
    CaseOpen.
    """
    path = people.paths([person]).get(person)
    if path is None:
        raise NotFound("There is no such person.", field="person")
    _must(by, "support.case.open", path, person)
    if not people.protected([person]):
        raise NotProtected("The person's identity is not protected.", field="person")
    if Case.objects.filter(person=person).exists():
        raise CaseOpen("There is a case of this person already.", field="person")
    row = Case(person=person, path=path, opened_at=now, opened_by=by.id, follow_up=now.date() + FOLLOW_UP)
    row.save(force_insert=True)
    append(by=by, kind="support.case.opened/1", path=path, refs={"case": str(row.id), "person": str(person)}, now=now)
    return row.id


@transaction.atomic
def do_step(*, by: Actor, case: UUID, step: Step, now: datetime) -> None:
    """Note that a step of a case is done; doing it again changes nothing. Journal: ``support.case.step_done/1``.

    Needs ``support.case.keep`` and ``people.protected.see`` at the case's place. Raises NotFound.
    """
    row = _case(by, case)
    _made, fresh = CaseStep.objects.get_or_create(case=row, step=step, defaults={"done_at": now, "done_by": by.id})
    if fresh:
        refs = {"case": str(row.id), "step": step.value}
        append(by=by, kind="support.case.step_done/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def undo_step(*, by: Actor, case: UUID, step: Step, now: datetime) -> None:
    """Note that a step is to be done again. Journal: ``support.case.step_undone/1``.

    Needs ``support.case.keep`` and ``people.protected.see`` at the case's place. Raises NotFound.
    """
    row = _case(by, case)
    gone, _ = CaseStep.objects.filter(case=row, step=step).delete()
    if gone:
        refs = {"case": str(row.id), "step": step.value}
        append(by=by, kind="support.case.step_undone/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def follow_up_on(*, by: Actor, case: UUID, day: date, now: datetime) -> None:
    """Choose the day on which a case is looked at again; whoever opened it is reminded that morning.

    Needs ``support.case.keep`` and ``people.protected.see`` at the case's place. Raises NotFound, and NeedInvalid for a
    day that is over or more than a year away. Journal: ``support.case.follow_up_set/1``.
    """
    row = _case(by, case)
    if not now.date() <= day <= now.date() + MOST:
        raise NeedInvalid("The day does not fit.", field="day")
    row.follow_up, row.told_at = day, None
    row.save(update_fields=["follow_up", "told_at"])
    refs = {"case": str(row.id), "day": day.isoformat()}
    append(by=by, kind="support.case.follow_up_set/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def note_case_told(*, by: Actor, case: UUID, now: datetime) -> None:
    """Note that whoever opened a case was reminded to follow it up. Journal: ``support.case.reminded/1``.

    Needs ``support.case.remind`` at the case's place. Raises NotFound.
    """
    row = Case.objects.select_for_update().filter(id=case).first()
    if row is None:
        raise NotFound("There is no such case.", field="case")
    by.must("support.case.remind", row.path)
    row.told_at = now
    row.save(update_fields=["told_at"])
    append(by=by, kind="support.case.reminded/1", path=row.path, refs={"case": str(row.id)}, now=now)


def _case(by: Actor, case: UUID) -> Case:
    row = Case.objects.select_for_update().filter(id=case).first()
    if row is None:
        raise NotFound("There is no such case.", field="case")
    _must(by, "support.case.keep", row.path, row.person)
    return row


def _must(by: Actor, verb: str, path: str, person: UUID) -> None:
    by.must(verb, path)
    by.must("people.protected.see", path, person=person)
