"""Changing an entry of the portfolio, and taking back a work of one's own: both by whoever wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import latest_day
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.learning.models import Earlier, Entry, EntryChild, EntryGoal, Goal
from testamur.schoolday.learning.rules import DateInvalid, bounded, needed


@transaction.atomic
def change_entry(
    *, by: Actor, entry: UUID, title: str, text: str, on: date, now: datetime, goals: Sequence[UUID] | None = None
) -> bool:
    """Put an entry in other words, on another day or to other goals (None: as they are); True when something changed.

    What stood before is kept beside it. Journal: ``learning.entry.changed/1``; none where nothing changed. Needs
    ``learning.entry.write`` in the group, and to have written it. Raises NotFound (a goal of another group too),
    NotAllowed, DateInvalid, TextMissing, TextTooLong.
    """
    row = Entry.objects.select_for_update().filter(id=entry, own=False).first()
    if row is None:
        raise NotFound("There is no such entry.", entry=str(entry))
    by.must("learning.entry.write", row.path, group=row.group_id)
    if row.made_by != by.id:
        raise NotAllowed("Whoever wrote it changes it.")
    if on > latest_day(now):
        raise DateInvalid("The day is still to come.", field="on")
    wanted = None if goals is None else set(goals)
    if wanted and Goal.objects.filter(id__in=wanted, plan__group=row.group_id).count() < len(wanted):
        raise NotFound("There is no such goal in the plans of this group.", field="goals")
    said = needed(title, "title"), bounded(text, "text"), on
    before = row.title, row.text, row.on
    held = set(EntryGoal.objects.filter(entry=row).values_list("goal_id", flat=True))
    if said == before and wanted in (None, held):
        return False
    number = Earlier.objects.filter(entry=row).count() + 1
    one = Earlier(
        id=new_id(), entry=row, number=number, title=row.title, text=row.text, on=row.on, changed_by=by.id, until=now
    )
    one.save(force_insert=True)
    row.title, row.text, row.on = said
    row.save(update_fields=["title", "text", "on"])
    if wanted is not None and wanted != held:
        EntryGoal.objects.filter(entry=row).exclude(goal__in=wanted).delete()
        EntryGoal.objects.bulk_create(EntryGoal(entry=row, goal_id=goal) for goal in sorted(wanted - held))
    refs = {"entry": str(row.id), "number": number}
    append(by=by, kind="learning.entry.changed/1", path=row.path, refs=refs, now=now)
    return True


@transaction.atomic
def withdraw_work(*, by: Actor, entry: UUID, now: datetime) -> None:
    """Take back a work that one added of one's own, or of one's child. Journal: ``learning.work.withdrawn/1``.

    The teachers no more than the family see it among what is shown; it is kept until its time. Needs
    ``learning.family.add`` for the child, and to have added it. Raises NotFound.
    """
    row = Entry.objects.select_for_update().filter(id=entry, own=True, made_by=by.id, withdrawn_at=None).first()
    child = EntryChild.objects.filter(entry=entry).values_list("child_id", flat=True).first()
    if row is None or child is None:
        raise NotFound("There is no such work.", entry=str(entry))
    by.must("learning.family.add", row.path, person=child)
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    append(by=by, kind="learning.work.withdrawn/1", path=row.path, refs={"work": str(entry)}, now=now)
