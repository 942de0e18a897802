"""A fresh school to practise at is asked for, and is ready or will never be."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.rollout.models import Beginning
from testamur.schoolday.rollout.rules import LOST, MOST, WAITING, Crowded

BEGIN = "rollout.practice.begin"


@transaction.atomic
def ask_afresh(*, by: Actor, id: UUID, now: datetime) -> bool:  # noqa: A002 - the name that every query uses
    """Ask for a fresh school; False when this very one was asked for before. Journal: ``rollout.practice.asked/1``.

    Needs ``rollout.practice.begin``. Raises NotAllowed, Crowded.
    """
    by.must(BEGIN, "/")
    # one whose worker was killed in its last try is never told to have failed
    waiting = Beginning.objects.filter(school=None, failed=False, asked_at__gt=now - LOST)
    open_ones = waiting.exclude(id=id).count()
    if open_ones >= WAITING or len(schools.units_under("/", kind=UnitKind.SCHOOL)) + open_ones >= MOST:
        raise Crowded("Too many practice schools wait or are there.")
    _row, made = Beginning.objects.get_or_create(id=id, defaults={"asked_at": now})
    if made:
        append(by=by, kind="rollout.practice.asked/1", path="/", refs={"beginning": str(id)}, now=now)
    return made


@transaction.atomic
def have_made(*, by: Actor, id: UUID, school: UUID, now: datetime) -> None:  # noqa: A002 - as above
    """The school is there, in the same transaction that made it. Journal: ``rollout.practice.made/1``.

    Needs ``rollout.practice.begin``. Raises NotFound when it is not waited for.
    """
    by.must(BEGIN, "/")
    if not Beginning.objects.filter(id=id, school=None).update(school=school, failed=False):
        raise NotFound("No such school is waited for.", field="beginning")
    refs = {"beginning": str(id), "unit": str(school)}
    append(by=by, kind="rollout.practice.made/1", path="/", refs=refs, now=now)


@transaction.atomic
def give_up(*, by: Actor, id: UUID, now: datetime) -> None:  # noqa: A002 - as above
    """It could not be made, and is not tried again. Journal: ``rollout.practice.failed/1``.

    Needs ``rollout.practice.begin``. One that was made, or was given up, stays as it is.
    """
    by.must(BEGIN, "/")
    if Beginning.objects.filter(id=id, school=None, failed=False).update(failed=True):
        append(by=by, kind="rollout.practice.failed/1", path="/", refs={"beginning": str(id)}, now=now)
