"""Reading remarks."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.schoolday.diary.models import Remark
from testamur.schoolday.diary.rules.remarks import WITHDRAW_ANY, RemarkView, Snippet, is_fresh
from testamur.schoolday.diary.rules.rooms import Room

SNIPPETS = 8
_LOOKED_AT = 60
"""How many of one's own last remarks are looked through for texts to use again."""
_RECENT = timedelta(days=400)


def remarks_of(
    *,
    by: Actor,
    room: Room,
    pupils: Collection[UUID],
    first: date | None = None,
    last: date | None = None,
    withdrawn: bool = False,
    limit: int = 500,
) -> tuple[RemarkView, ...]:
    """The remarks about pupils of a group, at its school, the newest first; of its school year unless told otherwise.

    Needs ``diary.remark.see`` at the group; that the pupils belong to it is the caller's to know. One query.
    """
    by.must("diary.remark.see", room.path, group=room.group.id)
    period = (first or room.year.starts, last or room.year.ends)
    wanted = Q(pupil__in=list(pupils), school=room.school.id, on__range=period)
    if not withdrawn:
        wanted &= Q(withdrawn_at__isnull=True)
    return tuple(map(view, Remark.objects.filter(wanted).order_by("-on", "-made_at", "-id")[:limit]))


def remark(*, by: Actor, remark: UUID) -> RemarkView | None:
    """One remark, or None where there is none that `by` may see (``diary.remark.see`` at its group)."""
    row = Remark.objects.filter(id=remark).first()
    if row is None or not by.may("diary.remark.see", row.path, group=row.group_id):
        return None
    return view(row)


def may_withdraw(*, by: Actor, remark: RemarkView, now: datetime) -> bool:
    """Whether `by` may take a remark back now: to be offered it; the verb asks again."""
    if remark.withdrawn_at is not None:
        return False
    if by.may(WITHDRAW_ANY, remark.path, group=remark.group):
        return True
    own = remark.made_by == by.id and is_fresh(remark.made_at, now)
    return own and by.may("diary.remark.withdraw", remark.path, group=remark.group)


def snippets(*, by: Actor, on: date) -> tuple[Snippet, ...]:
    """What `by` wrote lately, each text once, the newest first: to be used again. One's own words; one query."""
    rows = Remark.objects.filter(made_by=by.id, on__range=(on - _RECENT, on)).order_by("-made_at", "-id")
    texts = rows.values_list("kind", "text")[:_LOOKED_AT]
    return tuple(Snippet(kind, text) for kind, text in list(dict.fromkeys(texts))[:SNIPPETS])


def view(row: Remark) -> RemarkView:
    """The row as a value; for this package's own queries."""
    return RemarkView(
        id=row.id,
        pupil=row.pupil_id,
        group=row.group_id,
        path=row.path,
        subject=row.subject,
        lesson=row.lesson_id,
        kind=row.kind,
        positive=row.positive,
        text=row.text,
        on=row.on,
        made_by=row.made_by,
        made_at=row.made_at,
        withdrawn_at=row.withdrawn_at,
        why=row.why,
    )
