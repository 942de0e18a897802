"""What somebody who corrects a result has to know (rows of corrections in domain.md, 3.3)."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.law.contract import CorrectionRule
from testamur.law.tables import pack
from testamur.schoolday.reporting.models import ListRow
from testamur.schoolday.reporting.queries import final
from testamur.schoolday.reporting.queries.reach import READ, found, must
from testamur.schoolday.reporting.rules.states import ListKind
from testamur.schoolday.reporting.rules.views import Check, Severity


def ways(*, pack_id: str) -> tuple[CorrectionRule, ...]:
    """The ways to correct a result that the law knows, with their grounds and hearings."""
    return tuple(pack(pack_id).corrections.values())


def remarks(*, by: Actor, list: UUID) -> tuple[Check, ...]:
    """``course_grade_stands`` for each row of a correction of a module whose student has a final grade of the course.

    The final grade is no part of the correction: whether it has to follow is for the examiner to see. Raises
    NotFound, NotAllowed without ``reporting.list.read`` at the list.
    """
    row = found(list)
    must(by, READ, row)
    if row.kind != ListKind.CORRECTION or row.module is None:
        return ()
    lines = {one.person: one.id for one in ListRow.objects.filter(list=row)}
    standing = final.graded(course=row.course, path=row.path, students=[*lines])
    return tuple(
        Check(
            "course_grade_stands", Severity.WARN, lines[student],
            (("course", result.code), ("value", result.value), ("date", result.occasion)),
        )
        for student, result in standing.items()
    )  # fmt: skip
