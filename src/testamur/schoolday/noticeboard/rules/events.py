"""Pure rules of events: what is planned at a school or for a group, and parents' meetings with times to book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.diary import TestRule
from testamur.schoolday.noticeboard.rules.board import Audience, check_text

LONGEST_TITLE = 200
LONGEST_EVENT = timedelta(days=366)
MINUTES = range(5, 181)
"""How long one conversation may last."""
MOST_TIMES = 200
"""Times that one host offers in one go."""


class EventKind(StrEnum):
    """What an event is."""

    EVENT = "event"
    MEETING = "meeting"
    """Parents' meeting; times for conversations can be offered at it."""
    TEST = "test"
    TRIP = "trip"
    HOLIDAY = "holiday"


class Reply(StrEnum):
    """What a family answers to an event."""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"


class EventInvalid(Refused):
    """The event has no such hours, or a group that does not belong to the unit."""

    code = "noticeboard.event.invalid"


class EventOver(Refused):
    """The event has begun or is cancelled: nothing about it can be changed, booked or answered."""

    code = "noticeboard.event.over"


class TooManyTests(Refused):
    """The law lets a class have no further test on that day or in that week."""

    code = "noticeboard.test.too_many"


class TimesOutside(Refused):
    """Times for conversations lie outside the hours of their meeting, or the event is no meeting."""

    code = "noticeboard.time.outside"


class TimesInvalid(Refused):
    """The hours give no time of that length, or more than anybody sits."""

    code = "noticeboard.time.invalid"


class TimeOverlaps(Refused):
    """The host, or the family, has another time at that hour."""

    code = "noticeboard.time.overlaps"


class TimeTaken(Refused):
    """Somebody else was faster: the time is booked."""

    code = "noticeboard.time.taken"


class TimeOnce(Refused):
    """The child has a time with this host already: one for each child and host."""

    code = "noticeboard.time.once"


class NotInvited(Refused):
    """The event is for a group or school that the child does not belong to."""

    code = "noticeboard.event.not_invited"


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to plan, for a whole unit or for one group of it.

    Attributes:
        subject: subject code of a test.
        title: a short text that everybody in the audience may read; no names of pupils.
    """

    unit: UUID
    kind: EventKind
    title: str
    starts_at: datetime
    ends_at: datetime
    group: UUID | None = None
    subject: str = ""
    text: str = ""
    place: str = ""
    audience: Audience = Audience.FAMILY
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EventChange:
    """New values for an event; None leaves a field as it is."""

    id: UUID
    title: str | None = None
    text: str | None = None
    place: str | None = None
    subject: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    audience: Audience | None = None


@dataclass(frozen=True, slots=True)
class EventView:
    """A planned event. `path` is that of the group where there is one, else of the unit; `seq` counts its changes."""

    id: UUID
    path: str
    unit: UUID
    group: UUID | None
    kind: EventKind
    subject: str
    title: str
    text: str
    starts_at: datetime
    ends_at: datetime
    place: str
    audience: Audience
    made_by: UUID
    made_at: datetime
    changed_at: datetime
    cancelled_at: datetime | None
    seq: int


@dataclass(frozen=True, slots=True)
class Offer:
    """Hours in which a host has conversations, cut into times of `minutes` with `pause` minutes between them."""

    host: UUID
    starts_at: datetime
    ends_at: datetime
    minutes: int
    pause: int = 0
    room: str = ""


@dataclass(frozen=True, slots=True)
class TimeView:
    """A time for a conversation. `child` and `guardian` are None when it is free, or booked by others than one sees."""

    id: UUID
    event: UUID
    host: UUID
    starts_at: datetime
    ends_at: datetime
    room: str
    free: bool
    child: UUID | None
    guardian: UUID | None


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What was answered for a child, by whom and when."""

    event: UUID
    child: UUID
    person: UUID
    reply: Reply
    at: datetime


@dataclass(frozen=True, slots=True)
class TestDay:
    """A test that pupils of a group have on the day, in whatever group; `pupils` is how many of them."""

    __test__ = False  # the name begins as a test's, for pytest

    event: EventView
    pupils: int


def check_load(rule: TestRule, on: date, others: Iterable[date]) -> str:
    """Which limit of the law a further test on that day would break: ``day``, ``week`` or none (an empty text).

    `others`: the local days of the tests that the class has in that week already.
    """
    days = list(others)
    if rule.per_day is not None and days.count(on) >= rule.per_day:
        return "day"
    return "week" if rule.per_week is not None and len(days) >= rule.per_week else ""


def check_title(text: str) -> str:
    """The title without white space around it. Raises TextMissing, EventInvalid."""
    title = check_text(text, "title")
    if len(title) > LONGEST_TITLE:
        raise EventInvalid(f"A title has at most {LONGEST_TITLE} characters.", field="title", longest=LONGEST_TITLE)
    return title


def check_hours(starts_at: datetime, ends_at: datetime) -> None:
    """Raise EventInvalid when the event ends before it starts or lasts longer than a year."""
    if not starts_at <= ends_at <= starts_at + LONGEST_EVENT:
        raise EventInvalid("The event ends before it starts, or lasts longer than a year.", field="ends_at")


def cut(offer: Offer) -> Iterator[tuple[datetime, datetime]]:
    """The times of an offer: as many as fit whole. Raises TimesInvalid for a length, pause or number that is none."""
    if offer.minutes not in MINUTES or offer.pause < 0:
        raise TimesInvalid(
            "A conversation lasts 5 to 180 minutes.", field="minutes", least=MINUTES.start, most=MINUTES.stop - 1
        )
    length, step = timedelta(minutes=offer.minutes), timedelta(minutes=offer.minutes + offer.pause)
    count = (offer.ends_at - offer.starts_at + timedelta(minutes=offer.pause)) // step
    if not 0 < count <= MOST_TIMES:
        raise TimesInvalid("No time of that length fits into these hours.", field="ends_at", most=MOST_TIMES)
    for n in range(count):
        start = offer.starts_at + n * step
        yield start, start + length


def overlaps(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    """Whether two times share a moment; one may begin when the other ends."""
    return one[0] < other[1] and other[0] < one[1]
