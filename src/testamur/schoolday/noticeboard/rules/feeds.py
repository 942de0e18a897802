"""A calendar to subscribe to (iCalendar, RFC 5545): events and lessons as one file. Nobody is named in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import icalendar

from testamur.register.schools.rules import Planned
from testamur.schoolday.noticeboard.rules.events import EventView

UTC = ZoneInfo("UTC")


def calendar(
    *,
    name: str,
    events: Iterable[EventView],
    lessons: Iterable[Planned] = (),
    subjects: Mapping[str, str] | None = None,
    zone: ZoneInfo,
    domain: str,
    now: datetime,
) -> bytes:
    """The calendar as bytes (CRLF lines, folded), each event with a UID that stays and a SEQUENCE that grows.

    A cancelled event is told as cancelled, so that calendars strike it out. `zone` is that of the lessons' hours,
    `subjects` their names by code, `domain` makes the UIDs the installation's own.
    """
    found = icalendar.Calendar()
    found.add("prodid", "-//Testamur//Diary//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", name)
    for event in events:
        found.add_component(_event(event, domain))
    for lesson in lessons:
        found.add_component(_lesson(lesson, subjects or {}, zone, domain, now))
    made: bytes = found.to_ical()
    return made


def _event(event: EventView, domain: str) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", f"{event.id}@{domain}")
    entry.add("dtstamp", event.changed_at.astimezone(UTC))
    entry.add("dtstart", event.starts_at.astimezone(UTC))
    entry.add("dtend", event.ends_at.astimezone(UTC))
    entry.add("sequence", event.seq)
    entry.add("summary", event.title)
    entry.add("status", "CANCELLED" if event.cancelled_at else "CONFIRMED")
    if event.text:
        entry.add("description", event.text)
    if event.place:
        entry.add("location", event.place)
    return entry


def _lesson(
    lesson: Planned, subjects: Mapping[str, str], zone: ZoneInfo, domain: str, now: datetime
) -> icalendar.Event:
    slot = lesson.slot
    entry = icalendar.Event()
    entry.add("uid", f"{slot.id}-{lesson.on:%Y%m%d}@{domain}")
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("dtstart", datetime.combine(lesson.on, slot.starts, zone).astimezone(UTC))
    entry.add("dtend", datetime.combine(lesson.on, slot.ends, zone).astimezone(UTC))
    entry.add("summary", f"{subjects.get(slot.subject, slot.subject)} {lesson.group.code}".strip())
    if slot.room:
        entry.add("location", slot.room)
    return entry
