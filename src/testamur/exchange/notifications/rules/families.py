"""Pure rules of notices to families: ways, paces, defaults, and when what is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.exchange.notifications.rules.staff import ZONES
from testamur.kernel.base.refused import Refused
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

KEEP_ITEMS = timedelta(days=60)


class ChoiceInvalid(Refused):
    """There is no such part, way or pace."""

    code = "notices.choice.invalid"


class StopInvalid(Refused):
    """The link to stop messages is not one of ours."""

    code = "notices.stop.invalid"


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
    """What holds where nothing was chosen: an absence at once by e-mail, the rest once a day."""
    return Chosen(frozenset({Way.EMAIL}), Pace.NOW if part is Part.ABSENCES else Pace.DAILY)


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
class Reader:
    """Somebody who is told of a pupil: a guardian whom the law lets, or the pupil who is of age."""

    person: UUID
    child: UUID
