"""Pure rules of rosters: kinds, what is told of each, subscriptions, sources, and when a reading stops for safety."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from testamur.kernel.base.refused import Refused


class Kind(StrEnum):
    """What a row of the catalogue stands for."""

    UNIT = "unit"
    SESSION = "session"
    COURSE = "course"
    GROUP = "group"
    PERSON = "person"
    GUARDIAN = "guardian"
    """A person who is in the roster only as somebody's guardian."""
    DUTY = "duty"
    ACTIVITY = "activity"
    ENROLMENT = "enrolment"


@dataclass(frozen=True, slots=True)
class Entity:
    """One thing of a place's catalogue. `refs` holds ids and codes, no names. `gone_at` is set once it is no more."""

    id: UUID
    kind: Kind
    refs: Mapping[str, Any]
    made_at: datetime
    changed_at: datetime
    gone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Span:
    """Between two times: later than the first, not later than the last; None is open."""

    after: datetime | None = None
    before: datetime | None = None


def duty_id(unit: UUID, person: UUID, role: str) -> UUID:
    """Id of what a person is at a unit: always the same."""
    return uuid5(unit, f"duty {person} {role}")


def activity_id(group: UUID, subject: str) -> UUID:
    """Id of the teaching of a subject in a group: always the same."""
    return uuid5(group, f"activity {subject}")


def teacher_id(group: UUID, person: UUID) -> UUID:
    """Id of a teacher's membership in a group: always the same."""
    return uuid5(group, f"teacher {person}")


def course_id(authority: UUID, code: str) -> UUID:
    """Id of a course or subject of a body by its code; an empty code is that of classes. Always the same."""
    return uuid5(authority, f"course {code}")


# -- subscriptions ----------------------------------------------------------------------------------------------

LONGEST = timedelta(days=90)
"""A subscription lasts so long at most, counted from when it was made or renewed."""
MOST_SUBSCRIPTIONS = 20
TRIES = 8


class SubscriptionRefused(Refused):
    """A subscription needs a name, a target that may be reached, and kinds that are known."""

    code = "connectors.roster.subscription"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Whom to tell of what. `told_to` is how far that was done; `error` why the last try failed."""

    id: UUID
    client: UUID
    path: str
    name: str
    target: str
    resources: tuple[str, ...]
    expires: datetime
    told_to: datetime
    tries: int
    error: str


def pause(tries: int) -> timedelta:
    """How long to wait after so many failures: half a minute, doubled each time, six hours at most."""
    return min(timedelta(seconds=30 * 2 ** max(0, tries - 1)), timedelta(hours=6))


# -- sources ----------------------------------------------------------------------------------------------------

KINDS_OF_SOURCE = ("ss12000", "oneroster")
EVERY = (5, 10_080)
"""Minutes between two readings: from, to."""
BREATH = timedelta(minutes=1)
"""A source that tells us of changes is read no sooner after the last reading, however often it tells."""
RENEW_BEFORE = timedelta(days=2)
"""What lasts longer is not renewed yet."""


def wakes_at(*, last_at: datetime | None, next_at: datetime, now: datetime) -> datetime:
    """When a source is read that has just told us that something changed: soon, never later than it would be."""
    soon = now if last_at is None else max(now, last_at + BREATH)
    return min(next_at, soon)


class SourceRefused(Refused):
    """A source needs a name, a known kind, addresses over https and an interval."""

    code = "connectors.roster.source"


class Vanishing(Refused):
    """More of what is known would go than is believed: nothing was changed."""

    code = "connectors.roster.vanishing"


@dataclass(frozen=True, slots=True)
class SourceView:
    """A system that we read from. `cursor` is from when on changes are asked for; None until all was read once."""

    id: UUID
    authority: str
    name: str
    kind: str
    base_url: str
    token_url: str
    client_id: str
    scope: str
    every: int
    cursor: datetime | None
    full_at: datetime | None
    last_at: datetime | None
    error: str
    ended_at: datetime | None
    subscribes: bool = False
    subscription: str = ""
    subscribed_until: datetime | None = None
    told_at: datetime | None = None


FEW, SHARE = 20, 0.1
"""So many may go without a question; beyond that, no more than this part of what is known."""


def must_stay(kind: str, known: int, going: int) -> None:
    """Raise `Vanishing` (``connectors.roster.vanishing``) where too much of what is known would go at once."""
    if going > FEW and going > known * SHARE:
        raise Vanishing(
            f"{going} of {known} known things of the kind {kind} would end at once: nothing was changed. "
            "Look at the source; read with --allow-ending when it is right.",
            field="source", kind=kind, known=known, going=going,
        )  # fmt: skip
