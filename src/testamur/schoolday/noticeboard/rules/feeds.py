"""A calendar to subscribe to (iCalendar, RFC 5545): entries as one file. Nobody is named in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar

from testamur.schoolday.noticeboard.rules.events import EventView

UTC = ZoneInfo("UTC")
REFRESH = timedelta(hours=1)
"""How often a calendar is asked to look again (RFC 7986); many do so less often."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a calendar.

    Attributes:
        uid: stays the same as long as it is the same thing; made unique with the installation's domain.
        starts: an aware instant, or a day for an entry of whole days; `ends` is after its end, as iCalendar has it.
        changed_at: when it last changed; `seq` counts its changes.
    """

    uid: str
    title: str
    starts: datetime | date
    ends: datetime | date
    changed_at: datetime
    text: str = ""
    place: str = ""
    seq: int = 0
    cancelled: bool = False
    free: bool = False
    """The time stays free for others: a menu, homework, a holiday."""


def calendar(*, name: str, entries: Iterable[Entry], domain: str) -> bytes:
    """The calendar as bytes (CRLF lines, folded), each entry with a UID that stays and a SEQUENCE that grows.

    What is cancelled is told as cancelled, so that calendars strike it out. `domain` makes the UIDs the installation's
    own.
    """
    found = icalendar.Calendar()
    found.add("prodid", "-//Testamur//Diary//EN")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("calscale", "GREGORIAN")
    found.add("x-wr-calname", name)
    found.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for entry in entries:
        found.add_component(_component(entry, domain))
    made: bytes = found.to_ical()
    return made


def of_event(event: EventView) -> Entry:
    """An event as an entry."""
    return Entry(
        str(event.id), event.title, event.starts_at, event.ends_at, event.changed_at, event.text, event.place,
        event.seq, cancelled=event.cancelled_at is not None,
    )  # fmt: skip


def _component(entry: Entry, domain: str) -> icalendar.Event:
    made = icalendar.Event()
    made.add("uid", f"{entry.uid}@{domain}")
    made.add("dtstamp", entry.changed_at.astimezone(UTC))
    made.add("dtstart", _at(entry.starts))
    made.add("dtend", _at(entry.ends))
    made.add("sequence", entry.seq)
    made.add("summary", entry.title)
    made.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    made.add("transp", "TRANSPARENT" if entry.free else "OPAQUE")
    if entry.text:
        made.add("description", entry.text)
    if entry.place:
        made.add("location", entry.place)
    return made


def _at(moment: datetime | date) -> datetime | date:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else moment
