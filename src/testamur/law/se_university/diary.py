"""A university has no diary of a class: nothing is marked, counted, averaged or registered. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from testamur.kernel.base.refused import Refused
from testamur.law.diary import (
    NO_LIMIT,
    AssessmentForm,
    Diary,
    Ground,
    LeaveRule,
    MarkFact,
    MarkKind,
    Proposal,
    RegisterRule,
    RemarkKind,
    TestRule,
)


class MarkKindUnknown(Refused):
    """There are no marks of the day."""

    code = "se.university.mark.kind"


def _absences() -> Mapping[str, str]:
    return {"absent": "frånvaro", "late": "sen ankomst", "left_early": "gick tidigare"}


@dataclass(frozen=True, slots=True)
class NoDiary:
    """Satisfies `testamur.law.diary.Diary`, where each member is described, and knows nothing."""

    absence_name: Mapping[str, str] = field(default_factory=_absences)
    grounds: tuple[Ground, ...] = ()
    leave: LeaveRule = field(
        # nobody's guardian asks for leave: no day may be excused
        default_factory=lambda: LeaveRule(
            days_per_year=0, days_in_row=0, guardians=1, approvers=((None, "principal"),), counts=(), law=""
        )
    )
    remarks: tuple[RemarkKind, ...] = ()
    register: RegisterRule | None = None
    alarm: tuple[Decimal, ...] = ()
    tests: TestRule = NO_LIMIT

    def mark_kinds(self, year_level: int, on: date) -> tuple[MarkKind, ...]:  # noqa: ARG002 - the contract's
        """None."""
        return ()

    def class_kinds(self, year_level: int, on: date) -> tuple[MarkKind, ...]:  # noqa: ARG002 - as above
        """None."""
        return ()

    def about(self, code: str) -> str:  # noqa: ARG002 - as above
        """Empty."""
        return ""

    def assessment(self, year_level: int, on: date) -> AssessmentForm | None:  # noqa: ARG002 - as above
        """None."""
        return None

    def normalise_mark(self, kind: str, text: str, year_level: int, on: date) -> str:  # noqa: ARG002 - as above
        """Always refused: `MarkKindUnknown`."""
        raise MarkKindUnknown(f"There is no mark of kind {kind!r} at a university.", field="kind", kind=kind)

    def average(self, marks: Sequence[MarkFact]) -> Decimal | None:  # noqa: ARG002 - as above
        """None."""
        return None

    def success(self, marks: Sequence[MarkFact]) -> Decimal | None:  # noqa: ARG002 - as above
        """None."""
        return None

    def word(self, average: Decimal) -> str:  # noqa: ARG002 - as above
        """Empty."""
        return ""

    def propose(self, kind: str, marks: Sequence[MarkFact], year_level: int) -> Proposal | None:  # noqa: ARG002 - as above
        """None."""
        return None

    def absence_weight(self, kind: str, minutes: int | None, on: date | None = None) -> Decimal:  # noqa: ARG002 - as above
        """One; nothing hangs on it."""
        return Decimal(1)

    def count(self, weights: Sequence[Decimal]) -> Decimal:
        """The plain sum."""
        return sum(weights, Decimal(0))

    def show_count(self, count: Decimal) -> str:
        """Without needless zeros: ``0``, ``2.5``."""
        return f"{count.normalize():f}"


DIARY: Diary = NoDiary()
