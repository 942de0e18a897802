"""Shapes that cross the door of this package."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from testamur.schoolday.reporting.rules.views import Incoming


class NumberFrom(StrEnum):
    """What a platform tells of its members that our register knows too."""

    SOURCEDID = "sourcedid"
    """``lis_person_sourcedid``: the number that the student register gave the platform (Moodle: idnumber)."""
    EMAIL = "email"
    USER_ID = "user_id"
    """The platform's own id of a user, which our register keeps as a local number or as the key of an import."""


@dataclass(frozen=True, slots=True)
class NewPlatform:
    """A platform as an administrator enters it. Empty `deployment_id`: any deployment of that client."""

    path: str
    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    deployment_id: str = ""
    number_from: NumberFrom = NumberFrom.SOURCEDID


@dataclass(frozen=True, slots=True)
class PlatformView:
    """A platform that is or was in use."""

    id: UUID
    path: str
    name: str
    issuer: str
    client_id: str
    deployment_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    number_from: NumberFrom
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoomView:
    """A course room that is linked to a course occasion. `members`, `grades`: the platform gives us these."""

    id: UUID
    platform: UUID
    platform_name: str
    context: str
    title: str
    occasion: UUID | None
    course_code: str
    members: bool
    grades: bool
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was left out or left empty.

    Attributes:
        code: ``twice``, ``conflict``, ``off_scale``, ``below``, ``no_number``, ``no_maximum``, ``ungraded``,
            ``no_key``, ``of_score_date`` or, for what is wrong with a file as such, ``file``.
        row: line of the file, 1 is its first; 0 where there is none.
        found: what stands there; for ``twice`` of a file, the line that was read.
        said: for ``file`` what was done, English as the reports of imports are.
    """

    code: str
    row: int = 0
    found: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a platform or a file brought.

    Attributes:
        incoming: students of ours, for `reporting.actions.add_students`; grades in the spelling of the scale.
        unknown: what the source calls those that the register does not know, for a person to read.
        notes: what was left out or left empty, with its line where there is one.
    """

    incoming: tuple[Incoming, ...]
    unknown: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
