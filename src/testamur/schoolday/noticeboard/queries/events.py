"""Reading events, the times of meetings and what families answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.prepared import prepared
from testamur.register.curriculum.rules import prefixes
from testamur.register.people import queries as people
from testamur.register.people.queries import chunks
from testamur.register.schools import queries as schools
from testamur.schoolday.noticeboard.models import Answer, Event, Time
from testamur.schoolday.noticeboard.rules import (
    AnswerView,
    Audience,
    EventKind,
    EventView,
    Reply,
    TestDay,
    TimeView,
)

FAMILY = (Audience.FAMILY, Audience.EVERYBODY)
STAFF = (Audience.STAFF, Audience.FAMILY, Audience.EVERYBODY)


def events(
    *,
    starts_at: datetime,
    ends_at: datetime,
    units: Collection[UUID] = (),
    groups: Collection[UUID] = (),
    under: str = "",
    audiences: Collection[Audience] = STAFF,
    cancelled: bool = False,
) -> tuple[EventView, ...]:
    """Events that share a moment with the time between two instants, in order of time; one query.

    Those of these groups, those of these units as such, and all at or below the path `under`. With `cancelled`, those
    that were called off too. They name nobody; whom they are for is the caller's to know (`audiences`).
    """
    if not under:
        whom = [one.value for one in audiences]
        rows = _told(
            starts_at=starts_at, ends_at=ends_at, audiences=whom, units=units, groups=groups, cancelled=cancelled
        )
        return tuple(map(_event, rows))
    wanted = Q(group__in=groups) | Q(unit__in=units, group__isnull=True) | Q(path__startswith=under)
    return tuple(map(_event, _between(starts_at, ends_at, audiences, cancelled=cancelled).filter(wanted)))


@prepared
def _told(
    starts_at: datetime,
    ends_at: datetime,
    audiences: Collection[str],
    units: Collection[UUID],
    groups: Collection[UUID],
    cancelled: bool,  # noqa: FBT001 - arguments of a prepared query are named where it is asked
) -> QuerySet[Event]:
    wanted = Q(group__in=groups) | Q(unit__in=units, group__isnull=True)
    return _between(starts_at, ends_at, audiences, cancelled=cancelled).filter(wanted)


def events_for(
    *, children: Collection[UUID], on: date, starts_at: datetime, ends_at: datetime, cancelled: bool = False
) -> dict[UUID, tuple[EventView, ...]]:
    """The events of each child: of its groups on the day `on`, of its school and of the units above; three queries.

    The caller has asked whether one may see the children.
    """
    groups = {child: {one.id for one in some} for child, some in schools.groups_of(persons=children, on=on).items()}
    ways = {
        child: {way for way in prefixes(one.school_path) if way}
        for child, one in schools.placements(persons=children, on=on).items()
    }
    wanted = Q(group__in=set().union(*groups.values())) | Q(path__in=set().union(*ways.values()), group__isnull=True)
    found = [_event(row) for row in _between(starts_at, ends_at, FAMILY, cancelled=cancelled).filter(wanted)]
    return {
        child: tuple(
            one
            for one in found
            if (one.group in groups[child] if one.group is not None else one.path in ways.get(child, ()))
        )
        for child in groups
    }


def events_by_id(ids: Iterable[UUID]) -> dict[UUID, EventView]:
    """Events by id, cancelled ones too; an unknown id is left out."""
    return {row.id: _event(row) for chunk in chunks(dict.fromkeys(ids)) for row in Event.objects.filter(id__in=chunk)}


def event(id: UUID) -> EventView | None:  # noqa: A002 - the name that every query uses
    """One event, or None."""
    return events_by_id([id]).get(id)


def tests_on(*, group: UUID, on: date, zone: ZoneInfo) -> tuple[TestDay, ...]:
    """The tests that pupils of a group have on that local day, in this and in other groups; three queries.

    What a teacher is shown before planning another one: a test of one's own class and those of every teaching group
    that shares pupils with it.
    """
    return tests_between(group=group, first=on, last=on, zone=zone)


def tests_between(*, group: UUID, first: date, last: date, zone: tzinfo) -> tuple[TestDay, ...]:
    """As `tests_on`, from one local day to another (both included), in order of time; the group as it is on the first.

    Three queries.
    """
    pupils = [row.person for row in schools.members(group=group, on=first)]
    shared = Counter(one.id for some in schools.groups_of(persons=pupils, on=first).values() for one in some)
    begins = datetime.combine(first, time(), zone)
    ends = datetime.combine(last + timedelta(days=1), time(), zone)
    rows = Event.objects.filter(
        kind=EventKind.TEST, group__in={group, *shared}, cancelled_at=None, starts_at__gte=begins, starts_at__lt=ends
    )
    return tuple(
        TestDay(_event(row), shared[row.group] if row.group else 0) for row in rows.order_by("starts_at", "id")
    )


def times(*, by: Actor, event: UUID, host: UUID | None = None) -> tuple[TimeView, ...]:
    """The times of a meeting (of one host where asked), in order of time. Who booked is shown where `by` may know.

    That is: to the host, to whoever has ``noticeboard.time.see`` at the event's path, and to the guardians of the
    child (``noticeboard.time.book``). To others a booked time is only not free.
    """
    rows = Time.objects.select_related("event").filter(event=event)
    if host is not None:
        rows = rows.filter(host=host)
    return tuple(_time(by, row) for row in rows.order_by("starts_at", "host", "id"))


def times_of(*, by: Actor, children: Collection[UUID], since: datetime) -> tuple[TimeView, ...]:
    """The times that are booked for these children and end after `since`, in order of time, seen as in `times`."""
    rows = Time.objects.select_related("event").filter(
        child__in=children, ends_at__gt=since, event__cancelled_at__isnull=True
    )
    seen = (_time(by, row) for row in rows.order_by("starts_at", "id"))
    return tuple(one for one in seen if one.child is not None)


def bookers(times: Collection[UUID]) -> dict[UUID, UUID]:
    """Time → the guardian who booked it: for rules that leave somebody out, not for showing. One query."""
    rows = Time.objects.filter(id__in=list(times), guardian__isnull=False).values_list("id", "guardian")
    return {time: guardian for time, guardian in rows if guardian is not None}


def answers(*, by: Actor, event: UUID) -> tuple[AnswerView, ...]:
    """What was answered to an event, newest first, for the children about whom `by` may know.

    That is all of them with ``noticeboard.time.see`` at the event's path, else those of a guardian.
    """
    rows = Answer.objects.select_related("event").filter(event=event).order_by("-at", "id")
    return tuple(
        AnswerView(row.event_id, row.child, row.person, Reply(row.reply), row.at)
        for row in rows
        if _sees(by, row.event) or by.may("noticeboard.event.answer", row.event.path, person=row.child)
    )


def _between(starts_at: datetime, ends_at: datetime, audiences: Collection[str], *, cancelled: bool) -> QuerySet[Event]:
    rows = Event.objects.filter(starts_at__lt=ends_at, ends_at__gte=starts_at, audience__in=audiences)
    return (rows if cancelled else rows.filter(cancelled_at__isnull=True)).order_by("starts_at", "id")


def _sees(by: Actor, event: Event) -> bool:
    return by.may("noticeboard.time.see", event.path, group=event.group)


def _time(by: Actor, row: Time) -> TimeView:
    known = row.child is not None and (
        row.host == by.id or _sees(by, row.event) or (_of_family(by, row) and not in_hiding(by, row.guardian))
    )
    return TimeView(
        id=row.id,
        event=row.event_id,
        host=row.host,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        room=row.room,
        free=row.child is None,
        child=row.child if known else None,
        guardian=row.guardian if known else None,
    )


def _of_family(by: Actor, row: Time) -> bool:
    return by.may("noticeboard.time.book", row.event.path, person=row.child)


def in_hiding(by: Actor, guardian: UUID | None) -> bool:
    """Whether another guardian booked who is protected: when that one comes to the school is nobody's to know."""
    return guardian is not None and guardian != by.id and bool(people.protected([guardian]))


def _event(row: Event) -> EventView:
    return EventView(
        id=row.id,
        path=row.path,
        unit=row.unit,
        group=row.group,
        kind=EventKind(row.kind),
        subject=row.subject,
        title=row.title,
        text=row.text,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        place=row.place,
        audience=Audience(row.audience),
        made_by=row.made_by,
        made_at=row.made_at,
        changed_at=row.changed_at,
        cancelled_at=row.cancelled_at,
        seq=row.seq,
    )
