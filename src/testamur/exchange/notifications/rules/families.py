"""Pure rules of notices to families: ways, paces, defaults, and when what is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.exchange.notifications.rules.staff import ZONES
from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery.rules import NewMessage
from testamur.schoolday.diary.rules.states import Part


class Way(StrEnum):
    """How a reader hears. By telephone one calls in and listens; everything can always be read on the web."""

    EMAIL = "email"
    SMS = "sms"
    PUSH = "push"
    PHONE = "phone"


class Pace(StrEnum):
    """How soon."""

    NOW = "now"
    DAILY = "daily"
    WEEKLY = "weekly"


class Outcome(StrEnum):
    """What became of an item: told, no longer true when it was to be told, or no address reaches the reader."""

    TOLD = "told"
    VOID = "void"
    UNREACHED = "unreached"


PUSHED = (Way.SMS, Way.PUSH, Way.EMAIL)
"""The ways by which a message goes out."""

FALL_BACK: dict[Way, tuple[Way, ...]] = {
    Way.SMS: (Way.PUSH, Way.EMAIL),
    Way.PUSH: (Way.EMAIL, Way.SMS),
    Way.EMAIL: (Way.PUSH, Way.SMS),
}
"""What stands in for a way that reaches nobody."""

DEBOUNCE = timedelta(seconds=20)
"""A teacher marks a class pupil by pupil: what belongs together comes within so long …"""
MOST_WAIT = timedelta(seconds=40)
"""… and no more than so long is waited for it: the message goes within a minute."""

AT_ONCE = frozenset({Part.ABSENCES, Part.LESSONS, Part.MESSAGES, Part.FORMS, Part.CARE})
"""What is told at once where nothing was chosen."""
KEEP_ITEMS = timedelta(days=60)


class ChoiceInvalid(Refused):
    """There is no such part, way or pace."""

    code = "notices.choice.invalid"


class StopInvalid(Refused):
    """The link to stop messages is not one of ours."""

    code = "notices.stop.invalid"


class NoAddress(Refused):
    """Nothing reaches the person that way."""

    code = "notices.no_address"


@dataclass(frozen=True, slots=True)
class Chosen:
    """How one part of one child's diary is told to one reader."""

    ways: frozenset[Way]
    pace: Pace


@dataclass(frozen=True, slots=True)
class Settings:
    """What a reader chose for all messages."""

    quiet_from: time = time(21)
    quiet_to: time = time(7)
    digest_at: time = time(17)
    digest_weekday: int = 5
    details: bool = False
    latin: bool = False
    stopped: frozenset[Way] = frozenset()


DEFAULTS = Settings()


def default(part: Part) -> Chosen:
    """What holds where nothing was chosen: what cannot wait at once by e-mail, the rest once a day."""
    return Chosen(frozenset({Way.EMAIL}), Pace.NOW if part in AT_ONCE else Pace.DAILY)


def ways_of(texts: Collection[str]) -> frozenset[Way]:
    """The ways named; raises `ChoiceInvalid` (``notices.choice.invalid``) for an unknown one."""
    try:
        return frozenset(Way(text) for text in texts)
    except ValueError as error:
        raise ChoiceInvalid("There is no such way.", field="ways") from error


def is_quiet(at: time, settings: Settings) -> bool:
    """True within the quiet hours, which may go over midnight; equal ends are none."""
    start, end = settings.quiet_from, settings.quiet_to
    return start <= at < end if start <= end else at >= start or at < end


def due(at: datetime, pace: Pace, settings: Settings, country: str) -> datetime:
    """When something that happened at `at` is told, by the clock of that country."""
    zone = ZoneInfo(ZONES.get(country, "UTC"))
    local = at.astimezone(zone)
    if pace is Pace.NOW:
        if not is_quiet(local.time(), settings):
            return at + DEBOUNCE
        end = local.replace(hour=settings.quiet_to.hour, minute=settings.quiet_to.minute, second=0, microsecond=0)
        return (end if end > local else _days_on(end, 1)).astimezone(at.tzinfo)
    then = local.replace(hour=settings.digest_at.hour, minute=settings.digest_at.minute, second=0, microsecond=0)
    days = (settings.digest_weekday - local.isoweekday()) % 7 if pace is Pace.WEEKLY else 0
    then = _days_on(then, days)
    if then <= local:
        then = _days_on(then, 7 if pace is Pace.WEEKLY else 1)
    return then.astimezone(at.tzinfo)


def _days_on(local: datetime, days: int) -> datetime:
    return local + timedelta(days=days)  # wall time: an hour of summer time more or less does not move it


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that stands of one child, as a message may say it.

    Attributes:
        subject: code of the subject, an event's title, or the moment of a result of the year.
        value: a mark's or assessment's value, the kind of an absence, the state of a leave, a text.
        positive: praise. `again`: it is changed or decided about. `off`: an event that was called off.
    """

    part: Part
    on: date
    subject: str = ""
    value: str = ""
    minutes: int | None = None
    positive: bool = False
    again: bool = False
    off: bool = False


@dataclass(frozen=True, slots=True)
class About:
    """What a message says of one child. `name` is empty where it is not told; `bare`: numbers only (protected)."""

    name: str
    things: tuple[Thing, ...]
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """What one reader is told by one way at a time.

    Attributes:
        told: ids of the items that its messages tell; void: of those that no longer stand.
        by_way: the way that it goes, which may stand in for the one that was chosen.
        messages: one, or one for each device; none where nothing reaches the reader.
    """

    person: UUID
    path: str
    told: tuple[int, ...]
    void: tuple[int, ...] = ()
    by_way: Way | None = None
    messages: tuple[NewMessage, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """A message to a reader that reached nobody, for good."""

    person: UUID
    way: Way
    posted_at: datetime


KINDS: dict[str, Part] = {
    "diary.marks.entered": Part.MARKS,
    "diary.task.shown": Part.MARKS,
    "diary.attendance.taken": Part.ABSENCES,
    "diary.absence.excused": Part.ABSENCES,
    "diary.leave.asked": Part.LEAVE,
    "diary.leave.decided": Part.LEAVE,
    "diary.remark.written": Part.REMARKS,
    "diary.health.noted": Part.HEALTH,
    "diary.assessments.published": Part.ASSESSMENTS,
    "diary.homework.set": Part.HOMEWORK,
    "diary.lesson.cancelled": Part.LESSONS,
    "diary.lesson.restored": Part.LESSONS,
    "diary.lesson.substituted": Part.LESSONS,
    "diary.lesson.moved": Part.LESSONS,
    "forms.form.published": Part.FORMS,
    "forms.form.reminded": Part.FORMS,
    "learning.plan.published": Part.LEARNING,
    "learning.matrix.shown": Part.LEARNING,
    "learning.matrix.told": Part.LEARNING,
    "learning.entry.published": Part.LEARNING,
    "learning.development.frozen": Part.LEARNING,
    "learning.talk.planned": Part.LEARNING,
    "learning.talk.changed": Part.LEARNING,
    "learning.talk.called_off": Part.LEARNING,
    "learning.talk.minuted": Part.LEARNING,
    "noticeboard.event.planned": Part.EVENTS,
    "noticeboard.event.changed": Part.EVENTS,
    "noticeboard.event.cancelled": Part.EVENTS,
    "care.week.missing": Part.CARE,
    "care.week.written": Part.CARE,
    "care.regular.written": Part.CARE,
    "care.day.closed": Part.CARE,
    "care.day.opened": Part.CARE,
    "care.presence.noted": Part.CARE,
    "noticeboard.news.told": Part.MESSAGES,
    "conversations.conversation.sent": Part.MESSAGES,
    "conversations.post.written": Part.MESSAGES,
    "keeping.request.decided": Part.MESSAGES,
    "results.decisions.recorded": Part.RESULTS,
    "results.decision.corrected": Part.RESULTS,
}
"""Kind of journal entry, without its version, → the part of the diary that its readers are told of."""

_MANY = ("marks", "absences", "assessments", "cares", "decided")
_ONE = (
    "task", "remark", "note", "leave", "event", "lesson", "care", "closing", "message", "news",
    "form", "plan", "entry", "development", "talk", "request", "decision",
)  # fmt: skip


def things(kind: str, refs: Mapping[str, Any]) -> tuple[tuple[UUID, UUID], ...] | None:
    """(thing, pupil) of an entry; None where it is about everybody of a group or unit; nothing where nobody is told.

    Marks in a hidden column are told when the column is shown; of a lesson of a day that is gone nobody is.
    """
    if kind.startswith("diary.marks.entered") and not refs.get("shown", True):
        return ()
    if kind.startswith("diary.lesson.") and refs.get("over"):
        return ()
    pupils = [UUID(one) for one in refs["pupils"]] if "pupils" in refs else []
    if "pupil" in refs:
        pupils = [UUID(refs["pupil"])]
    if not pupils:
        return None if {"group", "unit"} & set(refs) and "pupils" not in refs else ()
    many = next((name for name in _MANY if name in refs and len(refs[name]) == len(pupils)), None)
    if many is not None and "pupil" not in refs:
        return tuple(zip(map(UUID, refs[many]), pupils, strict=True))
    return tuple((thing(refs), pupil) for pupil in pupils)


def thing(refs: Mapping[str, Any]) -> UUID:
    """The one thing that an entry is about. Raises KeyError for an entry that names none."""
    name = next((name for name in _ONE if refs.get(name)), "")
    return UUID(refs[name])


def names_things(kind: str, refs: Mapping[str, Any]) -> bool:
    """True for an entry whose refs can be read: one that cannot may not keep all later ones waiting."""
    try:
        if things(kind, refs) is None:
            thing(refs)
            UUID(refs.get("group") or refs["unit"])
    except (KeyError, ValueError, TypeError, AttributeError):
        return False
    return True


def tells(refs: Mapping[str, Any], *, child: UUID, reader: UUID) -> bool:
    """Whether a reader of the child is one of those whom the entry tells.

    ``only``: that one person alone, or with ``self`` the pupil alone; ``without``: those who want to hear no more.
    ``readers``: those of them who asked to be told.
    """
    only = refs.get("only", "")
    meant = reader == child if only == "self" else only in {"", str(reader)}
    asked = "readers" not in refs or str(reader) in refs["readers"]
    return meant and asked and str(reader) not in refs.get("without", ())
