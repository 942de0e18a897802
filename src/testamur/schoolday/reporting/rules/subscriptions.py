"""When subscribers are told. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from testamur.schoolday.reporting.rules.states import How


@dataclass(frozen=True, slots=True)
class Due:
    """What one subscriber is to be told: students of a course who can get a final grade."""

    subscription: UUID
    person: UUID
    path: str
    course: UUID
    course_code: str
    how: How
    students: tuple[UUID, ...]
