"""The pack's `Results`: scales, documents, values, final grades. See `testamur.law.results.Results`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from testamur.law.results import FinalGrade, ModuleResult, Results
from testamur.law.scales import Scale
from testamur.law.se_university import final, tables, values


@dataclass(frozen=True, slots=True)
class UniversityResults:
    """Satisfies `testamur.law.results.Results`, where each member is described."""

    list_document: str = "resultatlista"
    certificate: str = "resultatintyg"
    process_document: str = "processbeslut"

    @property
    def scales(self) -> Mapping[str, Scale]:
        """``UG``, ``UV``, ``TH``, ``AF``, ``PF``; best value last."""
        return tables.SCALES

    def normalise(self, scale: str, text: str) -> str:
        """See `values.normalise`."""
        return values.normalise(scale, text)

    def passed(self, scale: str, value: str) -> bool:
        """See `values.passed`."""
        return values.passed(scale, value)

    def final(self, rule: str, scale: str, modules: Sequence[ModuleResult]) -> FinalGrade:
        """See `final.final`."""
        return final.final(rule, scale, modules)


RESULTS: Results = UniversityResults()
