"""The pack object of Bulgarian school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from testamur.law.bg_school import corrections, marks, names, rules, subjects, tables
from testamur.law.bg_school.diary import DIARY
from testamur.law.bg_school.documents import DOCUMENTS
from testamur.law.contract import Correction, CorrectionRule, Decision, DocumentType, Occasion, Pack, Scale, Subject
from testamur.law.diary import Diary


@dataclass(frozen=True, slots=True)
class School:
    """Bulgarian school, grades 1-12; satisfies `testamur.law.contract.Pack`, where each member is described."""

    id: str = tables.ID
    version: str = tables.VERSION
    terms: tuple[str, ...] = tables.TERMS
    occasions: tuple[Occasion, ...] = tables.OCCASIONS
    year_levels: tuple[int, ...] = tables.YEAR_LEVELS
    kinds: tuple[str, ...] = tables.KINDS
    subjects: tuple[Subject, ...] = subjects.SUBJECTS

    @property
    def documents(self) -> Mapping[str, DocumentType]:
        """Documents by short name: ``spravka``, ``dnevnik``."""
        return DOCUMENTS

    @property
    def diary(self) -> Diary:
        """Marks from 2 to 6 and their averages, absences in halves, leave, remarks."""
        return DIARY

    @property
    def corrections(self) -> Mapping[str, CorrectionRule]:
        """Correction of an obvious error by the head."""
        return tables.CORRECTIONS

    def scale(self, kind: str, code: str, on: date) -> Scale:  # noqa: ARG002 - the contract's; here all subjects share a scale
        """The scale of marks or of quality indicators in force on that day."""
        return rules.scale(kind, on)

    def check(self, decision: Decision) -> None:
        """See `rules.check`."""
        rules.check(decision)

    def check_set(self, decisions: Sequence[Decision]) -> None:
        """See `rules.check_set`."""
        rules.check_set(decisions)

    def normalise_code(self, kind: str, text: str) -> str:
        """See `names.code`."""
        return names.code(kind, text)

    def normalise_value(self, kind: str, code: str, text: str, on: date) -> str:  # noqa: ARG002 - as above
        """See `names.value`."""
        return names.value(kind, text, on)

    def subjects_for(self, year_level: int, on: date) -> tuple[Subject, ...]:  # noqa: ARG002 - the list has not changed
        """The list's subjects of that grade."""
        return rules.subjects_for(year_level)

    def correct(self, correction: Correction) -> Decision:
        """See `corrections.correct`."""
        return corrections.correct(correction)

    @property
    def results(self) -> None:
        """A school reports no results of courses."""
        return None

    @property
    def year_end(self) -> None:
        """No year result follows from assessments here."""
        return None

    def may_compare(self, figure: str) -> bool:
        """Averages, success and absences: a pupil may be shown beside class and school."""
        return figure in tables.COMPARED

    def summary(self, decisions: Sequence[Decision]) -> Mapping[str, Any]:
        """Average success of the latest period with marks; empty without marks.

        Keys: ``period`` (label), ``success`` (text with a point), ``word``, ``marks`` (number), ``failed`` (codes).
        """
        numbers = [d for d in decisions if d.kind == "grade" and tables.SIX.find(d.value)]
        if not numbers:
            return {}
        # the year's marks are decided on the day on which its last term ends, and say more than the term's
        latest = max(numbers, key=lambda d: (d.period.ends, d.period.term == "")).period
        mine = [d for d in numbers if d.period == latest]
        success = marks.rounded(sum((Fraction(d.value) for d in mine), Fraction(0)) / len(mine))
        return {
            "period": latest.label,
            "success": f"{success}",
            "word": marks.word(success),
            "marks": len(mine),
            "failed": sorted(d.code for d in mine if d.value == tables.SIX.values[-1].value),
        }


PACK: Pack = School()
