"""The diary of Swedish compulsory school: working marks without averages, written judgements, absence in hours. Pure.

The law knows grades as decisions only. What a teacher notes during a term is a working mark, it is never averaged, and
the mark "förslag" that closes a term in the diary is a draft of the decision, not the decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

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
from testamur.law.se_compulsory import names, rules, tables


class MarkKindUnknown(Refused):
    """That year level has no such kind of mark."""

    code = "se.compulsory.mark.kind"


class MarkOffScale(Refused):
    """The mark is not on the scale; `found["accepted"]` says what is."""

    code = "se.compulsory.mark.off_scale"


_MINUTES = Decimal(60)
_CENT = Decimal("0.01")
_GRADED = range(6, 10)
"""Year levels with working marks: those in which grades are set (skollagen 10 kap. 15 §)."""


@dataclass(frozen=True, slots=True)
class SchoolDiary:
    """Satisfies `testamur.law.diary.Diary`, where each member is described."""

    absence_name: Mapping[str, str]
    grounds: tuple[Ground, ...]
    leave: LeaveRule
    remarks: tuple[RemarkKind, ...]
    register: RegisterRule | None
    alarm: tuple[Decimal, ...] = ()
    tests: TestRule = NO_LIMIT

    def mark_kinds(self, year_level: int, on: date) -> tuple[MarkKind, ...]:
        """Results and tests of the day, and the draft of the term grade, in years 6-9; none before."""
        if year_level not in _GRADED:
            return ()
        try:
            scale = rules.scale("grade", on)
        except rules.NoScale:
            return ()
        return tuple(MarkKind(code, name, scale, closes, Decimal(0)) for code, name, closes in tables.MARK_KINDS)

    def class_kinds(self, year_level: int, on: date) -> tuple[MarkKind, ...]:  # noqa: ARG002 - the contract's
        """Nothing: marks are about subjects."""
        return ()

    def about(self, code: str) -> str:  # noqa: ARG002 - as above
        """Empty, for the same reason."""
        return ""

    def assessment(self, year_level: int, on: date) -> AssessmentForm | None:
        """Years 1-5: a judgement per subject with a plan forward, once a year (10 kap. 13 §); later a text per term."""
        if year_level in tables.LEVEL_YEARS:
            try:
                scale = rules.scale("level", on)
            except rules.NoScale:
                return None
            return AssessmentForm("Skriftligt omdöme", scale, plan=True, per="year")
        if year_level in _GRADED:
            return AssessmentForm("Omdöme", None, plan=False, per="term")
        return None

    def normalise_mark(self, kind: str, text: str, year_level: int, on: date) -> str:
        """The grade for what a teacher types: ``a`` → ``A``, any dash or ``streck`` → ``-``."""
        if kind not in {k.code for k in self.mark_kinds(year_level, on)}:
            raise MarkKindUnknown(f"Year {year_level} has no mark of kind {kind!r}.", field="kind", kind=kind)
        try:
            return names.value("grade", text, on)
        except rules.OffScale as off:
            accepted = off.found["accepted"]
            raise MarkOffScale(
                f"{text[:60]!r} is not on the scale {accepted}.", field="value", value=text[:60], accepted=accepted
            ) from off

    def average(self, marks: Sequence[MarkFact]) -> Decimal | None:  # noqa: ARG002 - the contract's
        """None: the law knows no average of grades."""
        return None

    def success(self, marks: Sequence[MarkFact]) -> Decimal | None:  # noqa: ARG002 - the contract's
        """None, for the same reason."""
        return None

    def word(self, average: Decimal) -> str:  # noqa: ARG002 - the contract's
        """Empty: there is no average to name."""
        return ""

    def propose(self, kind: str, marks: Sequence[MarkFact], year_level: int) -> Proposal | None:  # noqa: ARG002 - as above
        """None: a grade is the teacher's judgement of all that the pupil has shown, not reckoned from marks."""
        return None

    def absence_weight(self, kind: str, minutes: int | None, on: date | None = None) -> Decimal:  # noqa: ARG002 - as above
        """Hours: the minutes missed where they are known, else an hour for a lesson missed, none for coming late."""
        if minutes is not None:
            return Decimal(max(minutes, 0)) / _MINUTES
        return Decimal(1) if kind == "absent" else Decimal(0)

    def count(self, weights: Sequence[Decimal]) -> Decimal:
        """Hours with two decimals; a terminsbetyg shows whole hours (`hours_on_document`)."""
        return sum(weights, Decimal(0)).quantize(_CENT, ROUND_HALF_UP)

    def show_count(self, count: Decimal) -> str:
        """``3,25``."""
        text = f"{count:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def hours_on_document(count: Decimal) -> int:
    """Whole hours of unexcused absence for a terminsbetyg: begun hours are not counted as full ones [M]."""
    return int(count)


DIARY: Diary = SchoolDiary(
    absence_name=tables.ABSENCES,
    grounds=tables.GROUNDS,
    leave=tables.LEAVE,
    remarks=tables.REMARKS,
    register=tables.REGISTER,
)
