"""Lessons out of iCalendar: one calendar for each group, its name the group's; repeated events day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar

from testamur.exchange.connectors.calendars.repeating import times
from testamur.exchange.connectors.calendars.told import MAX_BYTES, MOST, Told, local, zone_of
from testamur.exchange.connectors.rules import Defect, Options, Reporter, Severity
from testamur.exchange.connectors.tabular.files import Files, Member
from testamur.kernel.base.text import harmless

MOST_TIMES = 400
"""How often one event may come back."""
_LONGEST = timedelta(hours=12)


def lessons(files: Files, member: Member, options: Options, reporter: Reporter) -> Iterator[Told]:
    """The lessons of a calendar. An event that is no lesson (of whole days, cancelled, without an end) is left out."""

    def refuse(row: int, column: str, found: str, done: str, code: str) -> None:
        reporter.add(Defect(member.name, row, column, found[:120], done, code, Severity.REFUSED))

    data = files.read(member, MAX_BYTES)
    try:
        calendars = icalendar.Calendar.from_ical(data, multiple=True)
    except (ValueError, KeyError, IndexError) as error:
        refuse(0, "", str(error), "file left out: it is no calendar that can be read", "import.file.unreadable")
        return
    count = 0
    for calendar in calendars:
        name = _text(calendar.get("x-wr-calname")) or PurePosixPath(member.name).stem
        for number, event, starts, ends in _timed(calendar, _zone(calendar, options), refuse):
            count += 1
            if count > MOST:
                refuse(number, "", str(count), "the rest of the file is left out: too many lessons", "import.rows.many")
                return
            group = _group(event, name)
            yield Told(
                member.name, number, "", group, "", _subject(event, group), _teacher(event),
                _text(event.get("location"))[:40], starts.date(), starts.time(), ends.time(),
            )  # fmt: skip
    if not count:
        refuse(0, "", "", "file left out: it holds no lesson", "import.file.empty")


def _timed(
    calendar: Any, zone: ZoneInfo, refuse: Callable[[int, str, str, str, str], None]
) -> Iterator[tuple[int, Any, datetime, datetime]]:
    """(number, event, begin, end) of each time that an event of a calendar takes place."""
    for number, event in enumerate(calendar.walk("VEVENT"), start=1):
        if _text(event.get("status")).upper() == "CANCELLED":
            continue
        try:
            times = list(_times(event, zone))
        except (ValueError, TypeError, OverflowError, AttributeError) as error:
            refuse(number, "DTSTART", str(error), "event left out: its time cannot be read", "import.time.invalid")
            continue
        if not times:
            refuse(
                number, "DTSTART", _text(event.get("summary")),
                "event left out: a lesson has an hour at which it begins, and one at which it ends, on one day",
                "import.time.invalid",
            )  # fmt: skip
        for starts, ends in times:
            yield number, event, starts, ends


def _times(event: Any, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Begin and end, in local time, of each time that an event takes place."""
    start = event["dtstart"].dt
    if not isinstance(start, datetime):
        return
    first = local(start, zone)
    length = _length(event, start, zone)
    if not timedelta() < length <= _LONGEST:
        return
    without = {local(one, zone) for one in _dates(event.get("exdate")) if isinstance(one, datetime)}
    rule = event.get("rrule")
    starts = [first]
    if rule is not None:
        if isinstance(rule, list):
            raise ValueError("two rules")
        until = rule.get("UNTIL", [None])[0]
        if isinstance(until, datetime):  # the rule is told in local time here
            until = local(until, zone)
        elif until is not None:
            until = datetime.combine(until, time.max)
        starts = times(rule, first, until, most=MOST_TIMES)
    starts += [local(one, zone) for one in _dates(event.get("rdate")) if isinstance(one, datetime)]
    for one in dict.fromkeys(starts):
        if one not in without and (one + length).date() == one.date():
            yield one, one + length


def _length(event: Any, start: datetime, zone: ZoneInfo) -> timedelta:
    if event.get("dtend") is not None:
        end = event["dtend"].dt
        return local(end, zone) - local(start, zone) if isinstance(end, datetime) else timedelta()
    length = event.get("duration")
    return length.dt if length is not None and isinstance(length.dt, timedelta) else timedelta()


def _dates(told: Any) -> list[date | datetime]:
    some = told if isinstance(told, list) else [] if told is None else [told]
    return [one.dt for each in some for one in getattr(each, "dts", ())]


def _zone(calendar: Any, options: Options) -> ZoneInfo:
    try:
        named = _text(calendar.get("x-wr-timezone"))
        return ZoneInfo(named) if named and not options.country else zone_of(options.country)
    except (ZoneInfoNotFoundError, ValueError):
        return zone_of(options.country)


def _group(event: Any, name: str) -> str:
    """The group: a category where the event has one, else what the calendar is called."""
    categories = event.get("categories")
    some = categories if isinstance(categories, list) else [categories] if categories is not None else []
    named = [_text(one) for each in some for one in getattr(each, "cats", ())]
    return (named[0] if named else name)[:80]


def _subject(event: Any, group: str) -> str:
    """The title without the group, as our own calendars and others write both."""
    words = _text(event.get("summary"))
    return " ".join(word for word in words.split() if word.casefold() != group.casefold())[:200] or words[:200]


def _teacher(event: Any) -> str:
    """Who gives it: the organizer or a CONTACT, by a name or key that the source uses."""
    contact = event.get("contact")
    if contact is not None:
        return _text(contact[0] if isinstance(contact, list) else contact)[:200]
    organizer = event.get("organizer")
    named = getattr(organizer, "params", {}).get("CN", "") if organizer is not None else ""
    return _text(named)[:200]


def _text(value: Any) -> str:
    return " ".join(harmless(str(value)).split()) if value is not None else ""
