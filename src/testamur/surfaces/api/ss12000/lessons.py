"""Lessons as the day changed them: what calendar events, attendances and their sums are told from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings

from testamur.exchange.connectors.roster import tracking
from testamur.exchange.connectors.roster.rules import Kind, activity_id
from testamur.exchange.notifications.rules import ZONES
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.queries import changed
from testamur.schoolday.diary.rules.lessons import LessonView
from testamur.surfaces.api import asking
from testamur.surfaces.api.doors import Reader
from testamur.surfaces.api.refusing import QueryInvalid

LONGEST = timedelta(days=42)
"""So long a time can be asked for at once."""


@dataclass(frozen=True, slots=True)
class Told:
    """A lesson with the id by which it is told, its activity and its times in UTC."""

    id: UUID
    activity: UUID
    starts: datetime
    ends: datetime
    view: LessonView

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.ends - self.starts).total_seconds() // 60)


def zone_of(reader: Reader) -> ZoneInfo:
    """The zone of the hours of the place that is read."""
    unit = schools.unit_at(reader.client.path)
    return ZoneInfo(ZONES.get(unit.country if unit is not None else "", settings.TIME_ZONE))


def instant(on: date, at: time, zone: ZoneInfo) -> datetime:
    """A time of the timetable, which is the school's own clock, in UTC."""
    return datetime.combine(on, at, zone).astimezone(UTC)


def between(asked: dict[str, str], name: str, *, last: str = "") -> tuple[datetime, datetime]:
    """Both ends of the time that is asked for. `last`: what the second one is called where it is no ``onOrBefore``.

    Raises QueryInvalid where one is missing, or they lie too far apart.
    """
    names = (name, last) if last else (f"{name}.onOrAfter", f"{name}.onOrBefore")
    if not set(names) <= set(asked):
        raise QueryInvalid(f"{names[0]} and {names[1]} are needed.", parameter=names[0])
    begins, ends = (asking.read_instant(asked[one], one) for one in names)
    if last and len(asked[last]) == len("2026-11-30"):
        ends = whole(ends, names[1])
    if ends < begins or ends - begins > LONGEST + timedelta(days=1 if last else 0):
        raise QueryInvalid(f"At most {LONGEST.days} days can be asked for.", parameter=names[1])
    return begins, ends


def whole(at: datetime, name: str) -> datetime:
    """The end of the day that was named alone. Raises QueryInvalid."""
    try:
        return at + timedelta(days=1)
    except OverflowError:
        raise QueryInvalid(f"{name} is out of reach.", parameter=name) from None


def days_around(first: datetime, last: datetime) -> tuple[date, date]:
    """The days on which a lesson between two times can be, whatever the zone."""
    try:
        return (first - timedelta(days=1)).date(), (last + timedelta(days=1)).date()
    except OverflowError:
        raise QueryInvalid("The time is out of reach.", parameter="") from None


def lessons(
    reader: Reader,
    first: datetime,
    last: datetime,
    *,
    units: Collection[UUID] | None = None,
    groups: Collection[UUID] | None = None,
) -> list[Told]:
    """The lessons that begin between two times at the reader's place, cancelled ones too; five queries for a school."""
    zone, days = zone_of(reader), days_around(first, last)
    path = reader.client.path
    if groups is not None:
        lines = changed.week_of(first=days[0], last=days[1], groups=groups) if groups else ()
    else:
        schools_ = [one.id for one in schools.units_under(path) if units is None or one.id in units]
        lines = tuple(
            line for school in schools_ for line in changed.week_of(first=days[0], last=days[1], school=school)
        )
    views = {line.lesson for line in lines if line.lesson.path.startswith(path)}
    kept = schools.groups_by_id({view.group for view in views})
    found = {}
    for view in views:
        starts = instant(view.on, view.starts, zone)
        if first <= starts <= last:
            own = kept[view.group]
            activity = activity_id(view.group, view.subject or own.course or own.subject)
            ends = instant(view.on, view.ends, zone)
            found[_key(view)] = Told(_key(view), activity, starts, ends, view)
    return list(found.values())


def _key(view: LessonView) -> UUID:
    """Id of a lesson: always the same, however its hours are moved and its teacher or room is another."""
    return uuid5(view.key, f"lesson {view.on.isoformat()}")


def pupils(reader: Reader) -> set[UUID]:
    """The pupils of the place; those whom the reader may not see aside."""
    tracking.follow(reader.client.path, now=reader.now)
    refs = [("at__0__isnull", False)]
    some = {one.id for one in tracking.page(path=reader.client.path, kinds=[Kind.PERSON], refs=refs)}
    return some - people.hidden_from(reader.actor)
