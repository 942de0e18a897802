"""Writing remarks and praise, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.schoolday.diary.models import Lesson, Remark
from testamur.schoolday.diary.queries.pupils import must_be_in
from testamur.schoolday.diary.queries.rooms import must_teach, room
from testamur.schoolday.diary.rules.remarks import (
    WITHDRAW_ANY,
    NobodyChosen,
    RemarkOver,
    RemarkTooOld,
    check_subject,
    check_text,
    check_why,
    is_fresh,
    kind_of,
)


@transaction.atomic
def write_remark(
    *,
    by: Actor,
    group: UUID,
    pupils: Sequence[UUID],
    kind: str,
    text: str,
    now: datetime,
    on: date,
    subject: str = "",
    lesson: UUID | None = None,
) -> tuple[UUID, ...]:
    """Write the same remark (or praise) about one or several pupils of a group; returns its id for each of them.

    `kind` is one of the pack's, `subject` the one that it was in, if any, `lesson` the lesson of that group. Journal:
    ``diary.remark.written/1``, one entry for each pupil, since each is told and withdrawn by itself. Raises
    NotAllowed without ``diary.remark.write`` in the group, NotYourSubject, NotInGroup, NobodyChosen,
    RemarkKindUnknown, RemarkTextMissing, RemarkTextTooLong, NotFound for a lesson of another group.
    """
    place = room(group=group, on=on)
    if check_subject(subject):
        must_teach(by=by, verb="diary.remark.write", room=place, subject=subject, on=on)
    else:
        by.must("diary.remark.write", place.path, group=group)
    about = list(dict.fromkeys(pupils))
    if not about:
        raise NobodyChosen("Choose at least one pupil.", field="pupils")
    known, said = kind_of(place.pack.diary.remarks, kind), check_text(text)
    must_be_in(group=group, pupils=about, on=on)
    if lesson is not None and not Lesson.objects.filter(id=lesson, group=group).exists():
        raise NotFound("There is no such lesson of this group.", field="lesson")
    rows = [
        Remark(
            id=new_id(), pupil_id=pupil, school_id=place.school.id, path=place.path, group_id=group, subject=subject,
            lesson_id=lesson, kind=known.code, positive=known.positive, text=said, on=on, made_by=by.id, made_at=now,
        )
        for pupil in about
    ]  # fmt: skip
    Remark.objects.bulk_create(rows)
    for row in rows:
        refs = {"remark": str(row.id), "pupil": str(row.pupil_id), "group": str(group)}
        append(by=by, kind="diary.remark.written/1", path=place.path, refs=refs, now=now)
    return tuple(row.id for row in rows)


@transaction.atomic
def withdraw_remark(*, by: Actor, remark: UUID, why: str, now: datetime) -> None:
    """Take a remark back; it stays with its reason, families no longer see it. Journal: ``diary.remark.withdrawn/1``.

    One's own within a day, with ``diary.remark.withdraw``; any other needs ``diary.class.withdraw_remark``, which the
    class teacher and the head have. Raises NotFound, NotAllowed, RemarkTooOld, RemarkOver, WhyMissing.
    """
    row = Remark.objects.select_for_update().filter(id=remark).first()
    if row is None or not by.may("diary.remark.see", row.path, group=row.group_id):
        raise NotFound("There is no such remark.", remark=str(remark))
    if not by.may(WITHDRAW_ANY, row.path, group=row.group_id):
        own = row.made_by == by.id
        by.must("diary.remark.withdraw" if own else WITHDRAW_ANY, row.path, group=row.group_id)
        if not is_fresh(row.made_at, now):
            raise RemarkTooOld("After a day the class teacher or the head withdraws a remark.", remark=str(remark))
    if row.withdrawn_at is not None:
        raise RemarkOver("The remark is withdrawn already.", remark=str(remark))
    row.withdrawn_at, row.withdrawn_by, row.why = now, by.id, check_why(why)
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "why"])
    refs = {"remark": str(row.id), "pupil": str(row.pupil_id)}
    append(by=by, kind="diary.remark.withdrawn/1", path=row.path, refs=refs, now=now)
