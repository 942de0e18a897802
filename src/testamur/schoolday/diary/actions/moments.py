"""Opening a moment of the year: its columns in all subjects at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal import actions as journal
from testamur.schoolday.diary.actions.tasks import PLAN
from testamur.schoolday.diary.models import Task
from testamur.schoolday.diary.queries.moments import absent_columns
from testamur.schoolday.diary.queries.rooms import room as room_of
from testamur.schoolday.diary.rules.moments import column_id, moment_of, year_rules


@transaction.atomic
def open_moment(*, by: Actor, group: UUID, moment: str, now: datetime) -> int:
    """Make the columns of a moment that are not there yet; returns how many. Once they are there, it changes nothing.

    An empty column says nothing about anybody, so whoever teaches the class may open them for all. What is about no
    subject is hidden from families: it stands in the transcript. Needs ``diary.mark.plan`` at the group. Raises
    NotFound, NotAllowed, NoPack, NoMoments. Journal: ``diary.moment.opened/1``, none when nothing was made.
    """
    room = room_of(group=group, on=now.date())
    by.must(PLAN, room.path, group=group)
    year_rules(room)
    chosen = moment_of(room, moment)
    rows = [
        Task(
            id=column_id(group, chosen, one, former), school_id=room.school.id, path=room.path, group_id=group,
            subject=one.subject, term_id=chosen.term.id, kind=one.kind.code, closes=one.kind.closes, on=chosen.day,
            weight=one.kind.weight, hidden=one.kind.whole, made_by=by.id, made_at=now,
        )
        for one, former in absent_columns(room, chosen, now.date())
    ]  # fmt: skip
    made = sum(_made(row) for row in rows)
    if made:
        refs = {"group": str(group), "term": str(chosen.term.id), "moment": chosen.code, "columns": made}
        journal.append(by=by, kind="diary.moment.opened/1", path=room.path, refs=refs, now=now)
    return made


def _made(row: Task) -> bool:
    """Whether the column was made; a colleague may have made it a moment ago."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True
