"""Planning events, changing and cancelling them, and answering them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.schoolday.noticeboard.models import Answer, Event, Time
from testamur.schoolday.noticeboard.queries.events import tests_between
from testamur.schoolday.noticeboard.rules import (
    LONGEST,
    Audience,
    EventChange,
    EventInvalid,
    EventKind,
    EventOver,
    NewEvent,
    NotInvited,
    Reply,
    TextTooLong,
    TimesOutside,
    TooManyTests,
    check_hours,
    check_load,
    check_title,
)


@transaction.atomic
def plan_event(*, by: Actor, event: NewEvent, now: datetime) -> UUID:
    """Plan an event of a unit or of one group of it; returns its id. Journal: ``noticeboard.event.planned/1``.

    Needs ``noticeboard.event.plan`` at the group's (unit's) path. Raises NotFound, TextMissing, TextTooLong,
    EventInvalid, and TooManyTests where the law in force forbids the class a further test on that day or in that week.
    """
    unit = schools.unit(event.unit)
    if unit is None:
        raise NotFound("There is no such unit.", field="unit")
    path = unit.path
    if event.group is not None:
        group = schools.group(event.group)
        if group is None:
            raise NotFound("There is no such group.", field="group")
        if group.school != unit.id:
            raise EventInvalid("The group belongs to another school.", field="group")
        path = group.path
    by.must("noticeboard.event.plan", path, group=event.group)
    check_hours(event.starts_at, event.ends_at)
    if event.kind is EventKind.TEST and event.group is not None:
        _must_fit(unit.id, event.group, event.starts_at)
    row = Event(
        id=event.id or new_id(),
        path=path,
        unit=unit.id,
        group=event.group,
        kind=event.kind.value,
        subject=event.subject[:40],
        title=check_title(event.title),
        text=_text(event.text),
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        place=event.place.strip()[:200],
        audience=event.audience.value,
        made_by=by.id,
        made_at=now,
        changed_at=now,
    )
    row.save(force_insert=True)
    append(by=by, kind="noticeboard.event.planned/1", path=path, refs=_refs(row), now=now)
    return row.id


@transaction.atomic
def change_event(*, by: Actor, change: EventChange, now: datetime) -> None:
    """Change what is planned; the event's `seq` grows by one. Journal: ``noticeboard.event.changed/1``.

    Nothing is written when all is as before. Needs ``noticeboard.event.plan`` at its path. Raises NotFound,
    TextMissing, TextTooLong, EventInvalid, EventOver (cancelled), TimesOutside (times for conversations would lie
    outside the new hours), TooManyTests as `plan_event`.
    """
    row = locked(change.id)
    by.must("noticeboard.event.plan", row.path, group=row.group)
    if row.cancelled_at is not None:
        raise EventOver("The event is cancelled.", field="event")
    before = _told(row)
    row.title = row.title if change.title is None else check_title(change.title)
    row.text = row.text if change.text is None else _text(change.text)
    row.place = row.place if change.place is None else change.place.strip()[:200]
    row.subject = row.subject if change.subject is None else change.subject[:40]
    row.audience = row.audience if change.audience is None else change.audience.value
    row.starts_at, row.ends_at = change.starts_at or row.starts_at, change.ends_at or row.ends_at
    check_hours(row.starts_at, row.ends_at)
    if row.kind == EventKind.TEST and row.group is not None and change.starts_at is not None:
        _must_fit(row.unit, row.group, row.starts_at, but=row.id)
    times = Time.objects.filter(event=row)
    if times.filter(starts_at__lt=row.starts_at).exists() or times.filter(ends_at__gt=row.ends_at).exists():
        raise TimesOutside("Times for conversations lie outside the new hours.", field="starts_at")
    if before == _told(row):
        return
    row.seq, row.changed_at = row.seq + 1, now
    row.save()
    append(by=by, kind="noticeboard.event.changed/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def cancel_event(*, by: Actor, event: UUID, now: datetime) -> None:
    """Call an event off; it stays, struck out, and its bookings with it. Journal: ``noticeboard.event.cancelled/1``.

    Needs ``noticeboard.event.plan`` at its path. Raises NotFound, EventOver (cancelled already).
    """
    row = locked(event)
    by.must("noticeboard.event.plan", row.path, group=row.group)
    if row.cancelled_at is not None:
        raise EventOver("The event is cancelled already.", field="event")
    row.cancelled_at = row.changed_at = now
    row.seq += 1
    row.save(update_fields=["cancelled_at", "changed_at", "seq"])
    append(by=by, kind="noticeboard.event.cancelled/1", path=row.path, refs=_refs(row), now=now)


@transaction.atomic
def answer_event(*, by: Actor, event: UUID, child: UUID, reply: Reply, now: datetime) -> None:
    """Answer an event for a child; a later answer takes the place of the earlier one.

    Journal: ``noticeboard.event.answered/1``. Needs ``noticeboard.event.answer`` for that child. Raises NotFound,
    EventOver (begun or cancelled), NotInvited.
    """
    row = locked(event)
    by.must("noticeboard.event.answer", row.path, person=child)
    must_be_open(row, now)
    must_be_invited(row, child, now)
    Answer.objects.update_or_create(
        event=row,
        child=child,
        person=by.id,
        defaults={"reply": reply.value, "at": now},
        create_defaults={"id": new_id(), "reply": reply.value, "at": now},
    )
    refs = {"event": str(row.id), "child": str(child), "reply": reply.value}
    append(by=by, kind="noticeboard.event.answered/1", path=row.path, refs=refs, now=now)


def locked(event: UUID) -> Event:
    """The event's row, held until the transaction ends: acts about one event come one after the other."""
    row = Event.objects.select_for_update().filter(id=event).first()
    if row is None:
        raise NotFound("There is no such event.", field="event")
    return row


def must_be_open(row: Event, now: datetime) -> None:
    """Raise EventOver when the event has begun or is cancelled."""
    if row.cancelled_at is not None:
        raise EventOver("The event is cancelled.", field="event")
    if now >= row.starts_at:
        raise EventOver("The event has begun.", field="event")


def must_be_invited(row: Event, child: UUID, now: datetime) -> None:
    """Raise NotInvited unless the event is for families, and for a group or school of the child today."""
    on = now.date()
    if row.group is not None:
        here = any(one.id == row.group for one in schools.groups_of(persons=[child], on=on)[child])
    else:
        placed = schools.placement(person=child, on=on)
        here = placed is not None and placed.school_path.startswith(row.path)
    if not here or row.audience == Audience.STAFF:
        raise NotInvited("The event is not for this child.", field="child")


def _text(text: str) -> str:
    stripped = text.strip()
    if len(stripped) > LONGEST:
        raise TextTooLong(f"At most {LONGEST} characters.", field="text", longest=LONGEST)
    return stripped


def _told(row: Event) -> tuple[object, ...]:
    return (row.title, row.text, row.place, row.subject, row.audience, row.starts_at, row.ends_at)


def _refs(row: Event) -> dict[str, str]:
    return {
        "event": str(row.id),
        "unit": str(row.unit),
        "group": str(row.group or ""),
        "about": row.kind,
        "audience": row.audience,
    }


def _must_fit(unit: UUID, group: UUID, starts_at: datetime, but: UUID | None = None) -> None:
    """Raise TooManyTests where the law refuses; the day is that of the zone in which the hour is told."""
    on, zone = starts_at.date(), starts_at.tzinfo or UTC
    pack = PACKS.get(schools.pack_of(unit, on=on))
    if pack is None or not pack.diary.tests.refuses:
        return
    monday = on - timedelta(days=on.weekday())
    found = tests_between(group=group, first=monday, last=monday + timedelta(days=6), zone=zone)
    others = [one.event.starts_at.astimezone(zone).date() for one in found if one.event.id != but]
    broken = check_load(pack.diary.tests, on, others)
    if broken:
        raise TooManyTests("The class has as many tests then as the law lets it have.", field="starts_at", per=broken)
