"""Who keeps what: each category's rows are listed and deleted by the package that owns their tables.

``settings.KEPT`` names two functions for a category: ``old(*, by, school, path, what, before)`` tells the ids of what
was kept long enough at one school, in the order in which they may go, and ``erase(*, by, school, path, what, rows,
before, because, now)`` deletes those of `rows` that are still old and returns how many those were.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from testamur.kernel.jobs.rules import step_actor
from testamur.schoolday.keeping.rules import Category

_LISTER = step_actor("keeping", "retention.row.list")
_ERASER = step_actor("keeping", "retention.row.erase")
"""Verbs of nobody's hat: ``diary.*`` or ``care.*`` do not cover them."""


def old(*, school: UUID, path: str, category: Category, before: date) -> list[UUID]:
    """The ids of the rows of one school that were kept long enough, in the order in which they may go."""
    function: Any = import_string(settings.KEPT[category.value][0])
    found: list[UUID] = function(by=_LISTER, school=school, path=path, what=category.value, before=before)
    return found


def erase(
    *, school: UUID, path: str, category: Category, rows: Sequence[UUID], before: date, because: UUID, now: datetime
) -> int:
    """Let the owner delete those of `rows` that are still old; returns how many. `because` is the list's id."""
    function: Any = import_string(settings.KEPT[category.value][1])
    gone: int = function(
        by=_ERASER, school=school, path=path, what=category.value, rows=rows, before=before, because=because, now=now
    )
    return gone
