"""The pack object of Swedish higher education."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

from testamur.law.contract import Correction, CorrectionRule, Decision, DocumentType, Occasion, Pack, Subject
from testamur.law.diary import Diary
from testamur.law.results import Results
from testamur.law.se_university import corrections, rules, standing, tables
from testamur.law.se_university.diary import DIARY
from testamur.law.se_university.documents import DOCUMENTS
from testamur.law.se_university.results import RESULTS


@dataclass(frozen=True, slots=True)
class University:
    """Courses of a Swedish university; satisfies `testamur.law.contract.Pack`, where each member is described.

    There is no list of subjects: codes are the university's own courses. Scales hang on the course: `results.scales`.
    """

    id: str = tables.ID
    version: str = tables.VERSION
    terms: tuple[str, ...] = tables.TERMS
    occasions: tuple[Occasion, ...] = tables.OCCASIONS
    year_levels: tuple[int, ...] = tables.YEAR_LEVELS
    kinds: tuple[str, ...] = tables.KINDS
    subjects: tuple[Subject, ...] = ()

    @property
    def documents(self) -> Mapping[str, DocumentType]:
        """Documents by short name: ``resultatlista``, ``resultatintyg``, ``processbeslut``."""
        return DOCUMENTS

    @property
    def diary(self) -> Diary:
        """None to speak of: it knows no marks and no absences."""
        return DIARY

    @property
    def corrections(self) -> Mapping[str, CorrectionRule]:
        """Rättelse and omprövning by an examiner."""
        return tables.CORRECTIONS

    def scale(self, kind: str, code: str, on: date) -> NoReturn:  # noqa: ARG002 - the contract's
        """Always refused: the course has the scale. See `rules.scale`."""
        rules.scale(kind)

    def check(self, decision: Decision) -> None:
        """See `rules.check`."""
        rules.check(decision)

    def check_set(self, decisions: Sequence[Decision]) -> None:
        """See `rules.check_set`."""
        rules.check_set(decisions)

    def normalise_code(self, kind: str, text: str) -> str:
        """See `rules.normalise_code`."""
        return rules.normalise_code(kind, text)

    def normalise_value(self, kind: str, code: str, text: str, on: date) -> NoReturn:  # noqa: ARG002 - as above
        """Always refused: `results.normalise` reads a value on the course's scale."""
        rules.scale(kind)

    def subjects_for(self, year_level: int, on: date) -> tuple[Subject, ...]:  # noqa: ARG002 - as above
        """None."""
        return ()

    def correct(self, correction: Correction) -> Decision:
        """See `corrections.correct`."""
        return corrections.correct(correction)

    @property
    def results(self) -> Results:
        """Scales, values, final grades; which documents hold them."""
        return RESULTS

    @property
    def year_end(self) -> None:
        """No year result follows from assessments here."""
        return None

    def may_compare(self, figure: str) -> bool:  # noqa: ARG002 - as above
        """Nothing sets a student beside others."""
        return False

    def summary(self, decisions: Sequence[Decision]) -> Mapping[str, Any]:
        """See `standing.summary`."""
        return standing.summary(decisions)


PACK: Pack = University()
