"""Who may sign results of a course at a department."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role


def examiners(*, course_code: str, unit: UUID, on: date) -> tuple[UUID, ...]:
    """Who may sign results of a course at a department on a day: examiners of the course, or of all its courses."""
    posts = schools.posts_at(unit=unit, on=on)
    some = (one.person for one in posts if one.role is Role.EXAMINER and one.subject in {"", course_code})
    return tuple(dict.fromkeys(some))
