"""The diary of Bulgarian school: current, term and annual marks, averages, absences in halves, remarks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from testamur.kernel.base.refused import Refused
from testamur.law.bg_school import marks as reckoning
from testamur.law.bg_school import names, rules, tables
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
    """That grade has no such kind of mark."""

    code = "bg.school.mark.kind"


class MarkOffScale(Refused):
    """The mark is not on the scale; `found["accepted"]` says what is."""

    code = "bg.school.mark.off_scale"


_PARTS = {Fraction(1, 2): "1/2", Fraction(1, 3): "1/3", Fraction(2, 3): "2/3", Fraction(1, 6): "1/6",
          Fraction(5, 6): "5/6"}  # fmt: skip
_SIXTH = 6
"""Halves and thirds add up in sixths."""


@dataclass(frozen=True, slots=True)
class SchoolDiary:
    """Satisfies `testamur.law.diary.Diary`, where each member is described."""

    absence_name: Mapping[str, str]
    grounds: tuple[Ground, ...]
    leave: LeaveRule
    remarks: tuple[RemarkKind, ...]
    register: RegisterRule | None
    alarm: tuple[Decimal, ...]
    tests: TestRule = NO_LIMIT

    def mark_kinds(self, year_level: int, on: date) -> tuple[MarkKind, ...]:
        """``current``, ``test``, ``term``, ``annual`` on 2-6; in grades 1-3 words, and no mark of the term."""
        if year_level not in tables.YEAR_LEVELS:
            return ()
        early = year_level in tables.WORD_ONLY_YEARS
        scale, rows = (tables.QUALITY, tables.WORD_KINDS) if early else (tables.SIX, tables.MARK_KINDS)
        if on < scale.valid_from:
            return ()
        return tuple(MarkKind(code, name, scale, closes, weight) for code, name, closes, weight in rows)

    def class_kinds(self, year_level: int, on: date) -> tuple[MarkKind, ...]:  # noqa: ARG002 - the contract's
        """Nothing: marks are about subjects."""
        return ()

    def about(self, code: str) -> str:  # noqa: ARG002 - as above
        """Empty, for the same reason."""
        return ""

    def assessment(self, year_level: int, on: date) -> AssessmentForm | None:
        """Grades 1-3: what stands behind the word of the year, in sentences."""
        if year_level not in tables.WORD_ONLY_YEARS or on < tables.QUALITY.valid_from:
            return None
        return AssessmentForm("Качествена оценка", None, plan=False, per="year")

    def normalise_mark(self, kind: str, text: str, year_level: int, on: date) -> str:
        """``отличен 6``, ``отл. 6``, ``6`` → ``6``; ``5,50`` is an average and refused."""
        if kind not in {k.code for k in self.mark_kinds(year_level, on)}:
            raise MarkKindUnknown(f"Grade {year_level} has no mark of kind {kind!r}.", field="kind", kind=kind)
        try:
            return names.value("level" if year_level in tables.WORD_ONLY_YEARS else "grade", text, on)
        except rules.OffScale as off:
            accepted = off.found["accepted"]
            raise MarkOffScale(
                f"{text[:60]!r} is not on the scale {accepted}.", field="value", value=text[:60], accepted=accepted
            ) from off

    def average(self, marks: Sequence[MarkFact]) -> Decimal | None:
        """See `marks.average`."""
        return reckoning.average(marks)

    def success(self, marks: Sequence[MarkFact]) -> Decimal | None:
        """See `marks.success`."""
        return reckoning.success(marks)

    def word(self, average: Decimal) -> str:
        """See `marks.word`."""
        return reckoning.word(average)

    def propose(self, kind: str, marks: Sequence[MarkFact], year_level: int) -> Proposal | None:
        """See `marks.propose_term`, `marks.propose_annual`; words are not reckoned."""
        if year_level in tables.WORD_ONLY_YEARS:
            return None
        how = {"term": reckoning.propose_term, "annual": reckoning.propose_annual}.get(kind)
        return how(marks) if how else None

    def absence_weight(self, kind: str, minutes: int | None, on: date | None = None) -> Decimal:
        """Late by up to 20 minutes is a half, else a whole; before the autumn of 2017 a third up to 15 minutes.

        Leaving early counts by the minutes missed in the same way [M]; unknown minutes are few.
        """
        if kind == "absent":
            return Decimal(1)
        former = on is not None and on < tables.HALVES_FROM
        most = tables.FORMER_LATE_UP_TO if former else tables.LATE_UP_TO
        part = tables.FORMER_LATE_WEIGHT if former else tables.LATE_WEIGHT
        return part if minutes is None or minutes <= most else Decimal(1)

    def count(self, weights: Sequence[Decimal]) -> Decimal:
        """The sum; three thirds are a whole."""
        sixths = round(sum(weights, Decimal(0)) * _SIXTH)
        whole, rest = divmod(sixths, _SIXTH)
        return Decimal(whole) + (Decimal(rest) / _SIXTH if rest else 0)

    def show_count(self, count: Decimal) -> str:
        """``2 1/2``."""
        whole, rest = divmod(round(count * _SIXTH), _SIXTH)
        part = _PARTS.get(Fraction(rest, _SIXTH), "")
        return f"{whole} {part}".strip() if whole or not part else part


DIARY: Diary = SchoolDiary(
    absence_name=tables.ABSENCES,
    grounds=tables.GROUNDS,
    leave=tables.LEAVE,
    remarks=tables.REMARKS,
    register=tables.REGISTER,
    alarm=tables.ALARM,
    tests=tables.TESTS,
)
