"""Being told when final grades can be set (rows B14 to B16)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.curriculum import queries as curriculum
from testamur.schoolday.reporting.models import Announced, Subscription
from testamur.schoolday.reporting.rules.states import How
from testamur.schoolday.reporting.rules.subscriptions import SubscribedAlready, check_end


@transaction.atomic
def subscribe(*, by: Actor, course_code: str, path: str, ends: date, how: How, now: datetime) -> UUID:
    """Be told of every student of a course who can get a final grade, until a day; returns the subscription's id.

    Anybody who reports may, and several for the same course; who can get one already is told of too. Needs
    ``reporting.subscription.add`` at `path`. Raises NotFound for an unknown course, EndInvalid, SubscribedAlready.
    Journal: ``reporting.subscription.added/1``.
    """
    by.must("reporting.subscription.add", path)
    course = curriculum.course(code=course_code.strip().upper(), path=path)
    if course is None:
        raise NotFound("There is no course with that code here.", field="course_code")
    today = now.date()
    check_end(ends, today)
    open_ = Subscription.objects.select_for_update().filter(
        person=by.id, course_code=course.code, path=path, ended_at__isnull=True
    )
    for former in open_:
        if former.ends >= today:
            raise SubscribedAlready(
                f"You subscribe to {course.code} already, until {former.ends}.", field="course_code", ends=former.ends
            )
        former.ended_at = now
        former.save(update_fields=["ended_at"])
    row = Subscription(
        id=new_id(), person=by.id, path=path, course_code=course.code, starts=today, ends=ends, how=How(how),
        made_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    told = {"subscription": str(row.id), "course": str(course.id), "ends": ends.isoformat(), "how": row.how}
    append(by=by, kind="reporting.subscription.added/1", path=path, refs=told, now=now)
    return row.id


@transaction.atomic
def unsubscribe(*, by: Actor, subscription: UUID, now: datetime) -> None:
    """Be told no longer; what was found and not told yet is not told. Again, it changes nothing.

    Needs ``reporting.subscription.end`` at its path. Raises NotFound for anybody else's. Journal:
    ``reporting.subscription.ended/1``.
    """
    row = Subscription.objects.select_for_update().filter(id=subscription, person=by.id).first()
    if row is None:
        raise NotFound("There is no such subscription.", field="subscription")
    by.must("reporting.subscription.end", row.path)
    if row.ended_at is not None:
        return
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    told = {"subscription": str(subscription)}
    append(by=by, kind="reporting.subscription.ended/1", path=row.path, refs=told, now=now)


@transaction.atomic
def note_found(*, by: Actor, found: Collection[tuple[UUID, UUID, UUID]], now: datetime) -> int:
    """Note (subscription, student, course) of whom subscribers are to hear, each once; returns how many were new.

    Needs ``reporting.subscription.find``. Journal: ``reporting.subscription.found/1`` with a count; none for nothing.
    """
    by.must("reporting.subscription.find")
    before = Announced.objects.filter(subscription__in={one[0] for one in found})
    known = set(before.values_list("subscription", "student", "course"))
    fresh = [one for one in dict.fromkeys(found) if one not in known]
    if not fresh:
        return 0
    Announced.objects.bulk_create(
        [
            Announced(subscription_id=key, student=student, course=course, found_at=now)
            for key, student, course in fresh
        ],
        batch_size=500,
        ignore_conflicts=True,  # another worker found the same meanwhile
    )
    told = {"count": len(fresh), "courses": sorted({str(course) for _key, _student, course in fresh})}
    append(by=by, kind="reporting.subscription.found/1", path="/", refs=told, now=now)
    return len(fresh)


@transaction.atomic
def note_told(*, by: Actor, subscription: UUID, students: Collection[UUID], now: datetime) -> int:
    """The subscriber was written to about these students; returns of how many he or she had not heard before.

    Call it in the transaction that queues the message. Needs ``reporting.subscription.tell``. Journal:
    ``reporting.subscription.told/1`` with a count.
    """
    by.must("reporting.subscription.tell")
    row = Subscription.objects.select_for_update().filter(id=subscription).first()
    if row is None:
        raise NotFound("There is no such subscription.", field="subscription")
    waiting = Announced.objects.filter(subscription=row, student__in=list(students), told_at__isnull=True)
    count = waiting.update(told_at=now)
    if count:
        told = {"subscription": str(subscription), "count": count}
        append(by=by, kind="reporting.subscription.told/1", path=row.path, refs=told, now=now)
    return count
