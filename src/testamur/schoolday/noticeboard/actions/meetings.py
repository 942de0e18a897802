"""Times for conversations at parents' meetings: offered, booked, given back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people.queries import missing
from testamur.register.people.rules import ids_digest
from testamur.schoolday.noticeboard.actions.events import locked, must_be_invited, must_be_open
from testamur.schoolday.noticeboard.models import Event, Time
from testamur.schoolday.noticeboard.queries.events import in_hiding
from testamur.schoolday.noticeboard.rules import (
    EventKind,
    EventOver,
    Offer,
    TimeOnce,
    TimeOverlaps,
    TimesOutside,
    TimeTaken,
    cut,
    overlaps,
)


@transaction.atomic
def offer_times(*, by: Actor, event: UUID, offers: Sequence[Offer], now: datetime) -> list[UUID]:
    """Offer times for conversations at a meeting; returns their ids in order. Journal: ``noticeboard.times.offered/1``.

    Needs ``noticeboard.time.offer`` at the event's path, and ``noticeboard.event.plan`` for other hosts than oneself.
    Raises NotFound, EventOver, TimesOutside (no meeting, or outside its hours), TimesInvalid, TimeOverlaps (a host has
    another time then).
    """
    row = locked(event)
    by.must("noticeboard.time.offer", row.path, group=row.group)
    if any(offer.host != by.id for offer in offers):
        by.must("noticeboard.event.plan", row.path, group=row.group)
    must_be_open(row, now)
    if missing(offer.host for offer in offers):
        raise NotFound("There is no such person.", field="host")
    made = [
        Time(id=new_id(), event=row, host=offer.host, starts_at=begins, ends_at=ends, room=offer.room.strip()[:40])
        for offer in offers
        for begins, ends in _within(row, offer)
    ]
    _must_be_free(row, made)
    Time.objects.bulk_create(made)
    ids = [time.id for time in made]
    refs = {"event": str(row.id), "count": len(ids), "digest": ids_digest(ids)}
    append(by=by, kind="noticeboard.times.offered/1", path=row.path, refs=refs, now=now)
    return ids


@transaction.atomic
def withdraw_times(*, by: Actor, event: UUID, times: Sequence[UUID], now: datetime) -> int:
    """Take back times that are free; returns how many. Journal: ``noticeboard.times.withdrawn/1``.

    Needs ``noticeboard.time.offer`` at the event's path, and ``noticeboard.event.plan`` for other hosts than oneself.
    Raises NotFound (unknown, or of another event), TimeTaken (a family has booked one: cancel that first).
    """
    row = locked(event)
    by.must("noticeboard.time.offer", row.path, group=row.group)
    found = list(Time.objects.filter(event=row, id__in=times))
    if len(found) < len(set(times)):
        raise NotFound("There is no such time.", field="times")
    if any(time.host != by.id for time in found):
        by.must("noticeboard.event.plan", row.path, group=row.group)
    if any(time.child is not None for time in found):
        raise TimeTaken("One of the times is booked.", field="times")
    Time.objects.filter(id__in=[time.id for time in found]).delete()
    refs = {"event": str(row.id), "count": len(found), "digest": ids_digest(time.id for time in found)}
    append(by=by, kind="noticeboard.times.withdrawn/1", path=row.path, refs=refs, now=now)
    return len(found)


@transaction.atomic
def book_time(*, by: Actor, time: UUID, child: UUID, now: datetime) -> None:
    """Book a time for a conversation about a child, until the meeting begins. Journal: ``noticeboard.time.booked/1``.

    Needs ``noticeboard.time.book`` for that child. Of two at once one wins. Raises NotFound, EventOver, NotInvited,
    TimeTaken, TimeOnce (the child has a time with this host), TimeOverlaps (the child or whoever books has another
    time then).
    """
    row, wanted = _time(time)
    by.must("noticeboard.time.book", row.path, person=child)
    must_be_open(row, now)
    must_be_invited(row, child, now)
    if wanted.child is not None:
        raise TimeTaken("The time is taken; please choose another.", field="time")
    _must_be_apart(by, wanted, child)
    try:
        with transaction.atomic():
            taken = Time.objects.filter(id=wanted.id, child__isnull=True).update(
                child=child, guardian=by.id, booked_at=now
            )
    except IntegrityError as twice:
        raise TimeOnce("There is a time with this teacher already; cancel it first.", field="time") from twice
    if not taken:
        raise TimeTaken("The time is taken; please choose another.", field="time")
    append(by=by, kind="noticeboard.time.booked/1", path=row.path, refs=_refs(wanted, child), now=now)


@transaction.atomic
def cancel_booking(*, by: Actor, time: UUID, now: datetime) -> None:
    """Give a booked time back, until it begins. Journal: ``noticeboard.time.cancelled/1``.

    Needs ``noticeboard.time.book`` for the child, or ``noticeboard.time.offer`` at the event's path. Raises NotFound,
    EventOver.
    """
    row, booked = _time(time)
    if booked.child is None:
        raise NotFound("The time is not booked.", field="time")
    if not by.may("noticeboard.time.book", row.path, person=booked.child):
        by.must("noticeboard.time.offer", row.path, group=row.group)
    elif in_hiding(by, booked.guardian) and not by.may("noticeboard.time.offer", row.path, group=row.group):
        raise NotFound("The time is not booked.", field="time")
    if row.cancelled_at is not None or now >= booked.starts_at:
        raise EventOver("The time has begun, or its meeting is cancelled.", field="time")
    child, booked.child, booked.guardian, booked.booked_at = booked.child, None, None, None
    booked.save(update_fields=["child", "guardian", "booked_at"])
    append(by=by, kind="noticeboard.time.cancelled/1", path=row.path, refs=_refs(booked, child), now=now)


def _time(time: UUID) -> tuple[Event, Time]:
    """The meeting, held, and the time as it is now that nobody else can act on it."""
    event = Time.objects.filter(id=time).values_list("event", flat=True).first()
    row = locked(event) if event is not None else None
    found = Time.objects.filter(id=time).first()
    if row is None or found is None:
        raise NotFound("There is no such time.", field="time")
    return row, found


def _within(row: Event, offer: Offer) -> list[tuple[datetime, datetime]]:
    times = list(cut(offer))
    if row.kind != EventKind.MEETING or offer.starts_at < row.starts_at or times[-1][1] > row.ends_at:
        raise TimesOutside("Times lie within the hours of a meeting.", field="starts_at")
    return times


def _must_be_free(row: Event, made: Sequence[Time]) -> None:
    """No host has two times at once, at this meeting or at another one that is not cancelled."""
    busy: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    others = Time.objects.filter(
        host__in={time.host for time in made},
        starts_at__lt=row.ends_at,
        ends_at__gt=row.starts_at,
        event__cancelled_at__isnull=True,
    )
    for host, begins, ends in others.values_list("host", "starts_at", "ends_at"):
        busy[host].append((begins, ends))
    for time in made:
        hours = (time.starts_at, time.ends_at)
        if any(overlaps(hours, other) for other in busy[time.host]):
            raise TimeOverlaps("The host has another time then.", field="starts_at")
        busy[time.host].append(hours)


def _must_be_apart(by: Actor, wanted: Time, child: UUID) -> None:
    """Nobody sits in two conversations at once: neither the child nor whoever books."""
    at_once = Time.objects.filter(
        starts_at__lt=wanted.ends_at, ends_at__gt=wanted.starts_at, event__cancelled_at__isnull=True
    )
    mine = at_once.filter(child=child) | at_once.filter(guardian=by.id)
    # a refusal would tell when a guardian in hiding comes
    if any(not in_hiding(by, guardian) for guardian in mine.values_list("guardian", flat=True)):
        raise TimeOverlaps("You have another time then.", field="time")


def _refs(time: Time, child: UUID) -> dict[str, str]:
    return {"time": str(time.id), "event": str(time.event_id), "host": str(time.host), "child": str(child)}
