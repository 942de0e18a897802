"""Pure rules of letters to the staff: of messages that wait for them and of lessons that a day changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

MESSAGES = frozenset({"conversations.conversation.sent", "conversations.post.written"})
"""Kinds of journal entry, without their version, that say that something was written."""

REMINDS = "supervision.reminder.sent"
"""Kind of journal entry, without its version, that says that the staff of schools are reminded of a step."""

REJECTS = "transcripts.handover.rejected"
"""The same: that the ministry's store rejected records of some classes."""

PLANS = "rollout.plan.in_force"
"""The same: that a plan of a body responsible asks its schools from now on."""

LATE = timedelta(days=1)
"""What is older when it is read is told to nobody: the morning's letter tells of it, and the lesson may be over."""


class Change(StrEnum):
    """What a day changes for a teacher."""

    GIVEN = "given"
    """A lesson of somebody else is to be given."""
    TAKEN = "taken"
    """Somebody else gives it."""
    MOVED = "moved"
    OFF = "off"
    AFTER_ALL = "after_all"


CHANGES = {
    "diary.lesson.substituted": Change.GIVEN,
    "diary.lesson.moved": Change.MOVED,
    "diary.lesson.cancelled": Change.OFF,
    "diary.lesson.restored": Change.AFTER_ALL,
}
"""Kind of journal entry, without its version, → what it changes for whoever gives the lesson."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A lesson that a day changes, as its teacher is told of it. `group` is a code, `subject` too."""

    on: date
    starts: time
    ends: time
    subject: str
    group: str
    room: str
    change: Change


def lesson_of(kind: str, refs: Mapping[str, Any]) -> UUID | None:
    """The lesson that an entry says was changed; None for other entries, and for days that are gone."""
    try:
        return UUID(refs["lesson"]) if kind.partition("/")[0] in CHANGES and not refs.get("over") else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None  # an entry that cannot be read may not keep all later ones waiting


def reminder_of(kind: str, refs: Mapping[str, Any]) -> UUID | None:
    """The sending of reminders that an entry tells of; None for other entries."""
    try:
        return UUID(refs["reminder"]) if kind.partition("/")[0] == REMINDS else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def plan_of(kind: str, refs: Mapping[str, Any]) -> UUID | None:
    """The plan that an entry says has come into force; None for other entries."""
    try:
        return UUID(refs["plan"]) if kind.partition("/")[0] == PLANS else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def rejected_in(kind: str, refs: Mapping[str, Any]) -> frozenset[UUID]:
    """The classes of which an entry says that records were rejected; none for other entries."""
    try:
        return frozenset(map(UUID, refs["groups"])) if kind.partition("/")[0] == REJECTS else frozenset()
    except (KeyError, ValueError, TypeError, AttributeError):
        return frozenset()


def conversation_of(kind: str, refs: Mapping[str, Any]) -> UUID | None:
    """The conversation in which an entry says that something was written; None for other entries."""
    try:
        return UUID(refs["conversation"]) if kind.partition("/")[0] in MESSAGES else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None


def turns(kind: str, refs: Mapping[str, Any], *, teacher: UUID | None, substitute: bool) -> dict[UUID, Change]:
    """Teacher → what an entry changes for him or her. `teacher` gives the lesson, as a `substitute` or as always.

    Who gave it before (``was``) hears of it too.
    """
    change = CHANGES[kind.partition("/")[0]]
    found: dict[UUID, Change] = {}
    if change is not Change.GIVEN:
        return {teacher: change} if teacher is not None else {}
    if refs.get("was"):
        found[UUID(refs["was"])] = Change.TAKEN
    if refs.get("teacher"):
        found[UUID(refs["teacher"])] = Change.GIVEN if substitute else Change.AFTER_ALL
    return found
