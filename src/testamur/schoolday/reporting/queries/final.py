"""Who can get a final grade."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from testamur.law.results import FinalGrade, ModuleResult


def ready(
    *, course: UUID, path: str, students: Collection[UUID] | None = None
) -> dict[UUID, tuple[FinalGrade, tuple[ModuleResult, ...]]]:
    """Students of a course without a final grade who can get one: what follows, and their modules."""
    raise NotImplementedError


def standing(
    *, course: UUID, path: str, students: Collection[UUID]
) -> dict[UUID, tuple[FinalGrade, tuple[ModuleResult, ...]]]:
    """What the modules say of each of these students, whether ready or not, graded or not."""
    raise NotImplementedError
