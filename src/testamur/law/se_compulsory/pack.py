"""The pack object of Swedish compulsory school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from testamur.law.contract import Correction, CorrectionRule, Decision, DocumentType, Occasion, Pack, Scale, Subject
from testamur.law.diary import Diary
from testamur.law.se_compulsory import corrections, merit, names, rules, tables
from testamur.law.se_compulsory.diary import DIARY
from testamur.law.se_compulsory.documents import DOCUMENTS


@dataclass(frozen=True, slots=True)
class CompulsorySchool:
    """Swedish compulsory school; satisfies `testamur.law.contract.Pack`, where each member is described."""

    id: str = tables.ID
    version: str = tables.VERSION
    terms: tuple[str, ...] = tables.TERMS
    occasions: tuple[Occasion, ...] = tables.OCCASIONS
    year_levels: tuple[int, ...] = tables.YEAR_LEVELS
    kinds: tuple[str, ...] = tables.KINDS
    subjects: tuple[Subject, ...] = tables.SUBJECTS

    @property
    def documents(self) -> Mapping[str, DocumentType]:
        """Documents by short name: ``terminsbetyg``, ``slutbetyg``, ``betygskatalog``, ``klassdagbok``."""
        return DOCUMENTS

    @property
    def diary(self) -> Diary:
        """Working marks, judgements, absence in hours, leave."""
        return DIARY

    @property
    def corrections(self) -> Mapping[str, CorrectionRule]:
        """Rättelse, ändring, prövning."""
        return tables.CORRECTIONS

    def scale(self, kind: str, code: str, on: date) -> Scale:  # noqa: ARG002 - the contract's; here all subjects share a scale
        """The scale of grades or written judgements in force on that day."""
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
        """The list's subjects of that year level; languages come with their code and are not listed."""
        return tuple(s for s in tables.SUBJECTS if not s.years or year_level in s.years)

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
        """Anything but the merit value, which is made for admission alone."""
        return figure not in tables.NEVER_COMPARED

    def summary(self, decisions: Sequence[Decision]) -> Mapping[str, Any]:
        """Merit value and eligibility from the grades that stand, from year 7; nothing before or without grades.

        Keys: ``merit_value`` (text), ``eligibility`` (programme kind → bool), ``passed`` (int), ``missing`` (programme
        kind → sentences), ``final`` (True when year 9's spring grades are among them).
        """
        grades = [d for d in decisions if d.kind == "grade"]
        if not grades or max(d.year_level for d in grades) < tables.SPRAKVAL_FROM:
            return {}
        on = max(d.period.ends for d in grades)
        values = merit.standing(grades)
        eligible = merit.eligibility(values, on=on)
        return {
            "merit_value": merit.as_text(merit.merit_value(values, on=on)),
            "passed": eligible.passed,
            "eligibility": dict(eligible.programmes),
            "missing": {p: [c.text for c in rows if not c.met] for p, rows in eligible.conditions.items()},
            "final": any(d.year_level == tables.YEAR_LEVELS[-1] and d.period.term == "VT" for d in grades),
        }


PACK: Pack = CompulsorySchool()
