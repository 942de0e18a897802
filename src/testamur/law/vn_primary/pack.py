"""The pack object of Vietnamese primary school."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from testamur.law.contract import Correction, CorrectionRule, Decision, DocumentType, Occasion, Pack, Scale, Subject
from testamur.law.diary import Diary
from testamur.law.vn_primary import corrections, names, results, rules, tables
from testamur.law.vn_primary.diary import DIARY
from testamur.law.vn_primary.documents import DOCUMENTS
from testamur.law.vn_primary.year import YEAR
from testamur.law.year import YearEnd


@dataclass(frozen=True, slots=True)
class PrimarySchool:
    """Vietnamese primary school; satisfies `testamur.law.contract.Pack`, where each member is described."""

    id: str = tables.ID
    version: str = tables.VERSION
    terms: tuple[str, ...] = tables.TERMS
    occasions: tuple[Occasion, ...] = tables.OCCASIONS
    year_levels: tuple[int, ...] = tables.YEAR_LEVELS
    kinds: tuple[str, ...] = tables.KINDS
    subjects: tuple[Subject, ...] = tables.SUBJECTS

    @property
    def documents(self) -> Mapping[str, DocumentType]:
        """Documents by short name: ``hoc_ba_year``, ``hoc_ba``, ``so_theo_doi``."""
        return DOCUMENTS

    @property
    def diary(self) -> Diary:
        """Levels and tests by occasion, regular comments, absence with and without permission."""
        return DIARY

    @property
    def corrections(self) -> Mapping[str, CorrectionRule]:
        """Correction of a slip, and re-examination."""
        return tables.CORRECTIONS

    def scale(self, kind: str, code: str, on: date) -> Scale:  # noqa: ARG002 - the contract's; here a kind has one scale
        """The scale of that kind of decision in force on that day."""
        return rules.scale(kind, on)

    def check(self, decision: Decision) -> None:
        """See `rules.check`."""
        rules.check(decision)

    def check_set(self, decisions: Sequence[Decision]) -> None:
        """See `rules.check_set`; a decided year result or title must agree with the assessments."""
        rules.check_set(decisions)
        for year_level in sorted({d.year_level for d in decisions if d.kind in {"year_result", "award"}}):
            results.check_year_result(decisions, year_level)

    def normalise_code(self, kind: str, text: str) -> str:
        """See `names.code`."""
        return names.code(kind, text)

    def normalise_value(self, kind: str, code: str, text: str, on: date) -> str:  # noqa: ARG002 - as above
        """See `names.value`."""
        return names.value(kind, text, on)

    def subjects_for(self, year_level: int, on: date) -> tuple[Subject, ...]:  # noqa: ARG002 - the list has not changed
        """The programme's subjects and activities of that grade."""
        return rules.subjects_for(year_level)

    def correct(self, correction: Correction) -> Decision:
        """See `corrections.correct`."""
        return corrections.correct(correction)

    @property
    def results(self) -> None:
        """A school reports no results of courses."""
        return None

    @property
    def year_end(self) -> YearEnd:
        """Moments, the year result with its reasons, awards and promotion."""
        return YEAR

    def may_compare(self, figure: str) -> bool:  # noqa: ARG002 - the circular exempts no figure
        """Never: pupils are not compared with one another (art. 4, 7.1.d)."""
        return tables.COMPARISON

    def summary(self, decisions: Sequence[Decision]) -> Mapping[str, Any]:
        """Proposals for the highest grade among the decisions; empty without decisions.

        Keys: ``year_level``, ``year_result`` (code or None), ``year_result_name``, ``explain`` (sentences), ``awards``
        (``award``, ``name``, ``open``), ``promotion`` (``step``, ``text``), ``completes_primary``.
        """
        if not decisions:
            return {}
        year_level = max(d.year_level for d in decisions)
        outcome = results.year_result(decisions, year_level)
        follows = results.promotion(decisions, year_level)
        return {
            "year_level": year_level,
            "year_result": outcome.result,
            "year_result_name": outcome.name,
            "explain": list(results.explain(outcome)),
            "awards": [
                {"award": a.award, "name": a.name, "open": [c.text for c in a.open]}
                for a in results.propose_awards(decisions, year_level)
            ],
            "promotion": {"step": follows.step, "text": follows.text},
            "completes_primary": follows.completes_primary,
        }


PACK: Pack = PrimarySchool()
