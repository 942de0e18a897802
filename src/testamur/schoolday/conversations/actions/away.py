"""Being away: said by whoever is, with a substitute who reads along."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.schoolday.conversations.models import Away
from testamur.schoolday.conversations.rules import FURTHEST, AwayInvalid, SubstituteInvalid


@transaction.atomic
def say_away(
    *, by: Actor, unit: UUID, first: date, last: date, now: datetime, note: str = "", substitute: UUID | None = None
) -> UUID:
    """Say on which days one does not answer at a school; returns the id. Journal: ``conversations.away.said/1``.

    The substitute reads what comes on these days, and answers. Needs ``conversations.staff.take`` at the school. Raises
    NotFound, AwayInvalid, SubstituteInvalid.
    """
    school = schools.unit(unit)
    if school is None:
        raise NotFound("There is no such school.", field="unit")
    by.must("conversations.staff.take", school.path)
    if not max(first, now.date()) <= last <= first + FURTHEST:
        raise AwayInvalid("It ends before it begins, is over, or lasts longer than a year.", field="last")
    if substitute is not None:
        there = any(post.unit == unit for post in schools.posts_of(person=substitute, on=now.date()))
        if substitute == by.id or not there:
            raise SubstituteInvalid("Choose somebody else of the staff.", field="substitute")
    row = Away(
        id=new_id(), unit=unit, path=school.path, person=by.id, first=first, last=last, note=note.strip()[:400],
        substitute=substitute, made_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    refs = {"away": str(row.id), "substitute": str(substitute or "")}
    append(by=by, kind="conversations.away.said/1", path=school.path, refs=refs, now=now)
    return row.id


@transaction.atomic
def end_away(*, by: Actor, away: UUID, now: datetime) -> None:
    """Be back before the last day. Journal: ``conversations.away.ended/1``. Needs to have said it. Raises NotFound."""
    row = Away.objects.select_for_update().filter(id=away, person=by.id, ended_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such absence.", field="away")
    by.must("conversations.staff.take", row.path)
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    append(by=by, kind="conversations.away.ended/1", path=row.path, refs={"away": str(away)}, now=now)
