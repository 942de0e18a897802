"""Pure rules of presence: arrivals and departures as staff note them, in order, each once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.schoolday.care.rules.weeks import DayView

LATE_AFTER = timedelta(minutes=30)
"""A child that is not there so long after its hours began is asked for."""
UNDO_WITHIN = timedelta(minutes=15)
OLDEST_NOTE = timedelta(hours=16)
"""What a tablet kept without a connection is taken for so long."""
AHEAD = timedelta(minutes=5)
"""How far a tablet's clock may run ahead."""


class Act(StrEnum):
    """What staff note at the door."""

    IN = "in"
    OUT = "out"
    ABSENT = "absent"
    """The child does not come today: ill or otherwise away."""


class State(StrEnum):
    """Where a child is today."""

    AWAY = "away"
    """Not here yet, or no care today."""
    HERE = "here"
    GONE = "gone"
    ABSENT = "absent"


class AlreadySo(Refused):
    """The child is there already, or has left already: somebody else noted it."""

    code = "care.presence.already"


class Overtaken(Refused):
    """Something later was noted for the child meanwhile."""

    code = "care.presence.overtaken"


class NoteTime(Refused):
    """The note lies in the future or too long ago."""

    code = "care.presence.time"


class MayNotFetch(Refused):
    """The child is not handed to that person: they may not fetch it on that day."""

    code = "care.presence.fetcher"


class TooLateToUndo(Refused):
    """Only the latest note of a child is taken back, and only for some minutes."""

    code = "care.presence.undo"


@dataclass(frozen=True, slots=True)
class Note:
    """What one tablet sends: `key` is made there, and makes it safe to send twice.

    `person` is the guardian, `collector` the collector who brought or fetched the child; neither: nobody was noted.
    """

    key: UUID
    child: UUID
    act: Act
    at: datetime
    person: UUID | None = None
    collector: UUID | None = None


@dataclass(frozen=True, slots=True)
class PresenceView:
    """A note that stands."""

    id: UUID
    child: UUID
    on: date
    act: Act
    at: datetime
    noted_by: UUID
    noted_at: datetime
    person: UUID | None
    collector: UUID | None


_NEXT: dict[State, frozenset[Act]] = {
    State.AWAY: frozenset({Act.IN, Act.ABSENT}),
    State.HERE: frozenset({Act.OUT}),
    State.GONE: frozenset({Act.IN}),
    State.ABSENT: frozenset({Act.IN}),
}
_STATES = {Act.IN: State.HERE, Act.OUT: State.GONE, Act.ABSENT: State.ABSENT}


def state_of(notes: Iterable[PresenceView]) -> State:
    """Where a child is, from the day's notes that stand, in order."""
    told = tuple(notes)
    return _STATES[told[-1].act] if told else State.AWAY


def check_note(note: Note, standing: Iterable[PresenceView], now: datetime) -> None:
    """Raise NoteTime, Overtaken or AlreadySo for a note that cannot follow those which stand."""
    if note.at > now + AHEAD or note.at < now - OLDEST_NOTE:
        raise NoteTime("That time is not today's.", field="at")
    told = tuple(standing)
    if note.act not in _NEXT[state_of(told)]:
        raise AlreadySo("That was noted already.", act=note.act.value)
    if told and note.at < told[-1].at:
        raise Overtaken("Something later was noted meanwhile.", act=note.act.value)


def is_late(day: DayView, state: State, now: datetime, begins: datetime | None) -> bool:
    """Whether the child should have come half an hour ago and nobody knows where it is."""
    return state is State.AWAY and day.hours is not None and begins is not None and now >= begins + LATE_AFTER
