"""How far classes are, as they were counted last."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.schoolday.transcripts.models import ClassYear
from testamur.schoolday.transcripts.rules import STEPS, Standing, Step


def standings(*, by: Actor, path: str, school_year: str) -> tuple[Standing, ...]:
    """Class years at or below `path`, by place and code. Needs ``transcripts.standing.see`` there."""
    by.must("transcripts.standing.see", path)
    rows = ClassYear.objects.filter(school_year=school_year, path__startswith=path).order_by("path", "code")
    return tuple(_standing(row) for row in rows)


def standing(*, by: Actor, group: UUID) -> Standing | None:
    """One class year, or None when it was never counted. Needs ``transcripts.standing.see`` at its school."""
    row = ClassYear.objects.filter(group=group).first()
    if row is None:
        return None
    by.must("transcripts.standing.see", row.path, group=group)
    return _standing(row)


def _standing(row: ClassYear) -> Standing:
    counts: Sequence[int] = (
        row.complete, row.verified, row.made, row.teacher, row.principal, row.sealed, row.delivered
    )  # fmt: skip
    reached: dict[Step, int] = dict(zip(STEPS, counts, strict=True))
    return Standing(
        row.group, row.unit, row.path, row.school_year, row.code, row.year_level, row.pupils, reached, row.rejected,
        dict(row.missing), row.class_teacher, row.verified_at, row.refreshed_at,
    )  # fmt: skip
