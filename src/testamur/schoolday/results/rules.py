"""Pure parts of the results."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from testamur.law.contract import Decision, Period

Key = tuple[UUID, UUID, str, str, str, str, str]
"""Pupil, school, school year, term, kind, code, occasion: what there is only one first decision about."""


class Reason(StrEnum):
    """Why a decision was made (domain.md §7: ny, rättelse, ändring, omprövning, prövning)."""

    NEW = "new"
    RECTIFICATION = "rectification"
    CHANGE = "change"
    RE_EXAMINATION = "re-examination"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class NewDecision:
    """One decided value. `decided_by` are person ids in signing order; `kind`, `code`, `value` as the pack says."""

    pupil: UUID
    unit: UUID
    path: str
    pack: str
    kind: str
    code: str
    value: str
    period: Period
    year_level: int
    decided_on: date
    decided_by: tuple[UUID, ...] = ()
    comment: str = ""
    flags: frozenset[str] = field(default_factory=frozenset)
    reason: Reason = Reason.NEW
    occasion: str = ""

    @property
    def key(self) -> Key:
        """What there is only one first decision about."""
        return (self.pupil, self.unit, self.period.school_year, self.period.term, self.kind, self.code, self.occasion)

    def facts(self) -> Decision:
        """As the packs see it."""
        return Decision(
            kind=self.kind,
            code=self.code,
            value=self.value,
            period=self.period,
            year_level=self.year_level,
            comment=self.comment,
            decided_on=self.decided_on,
            reason=self.reason.value,
            flags=self.flags,
            occasion=self.occasion,
        )


@dataclass(frozen=True, slots=True)
class Rejected:
    """A decision that was not recorded: its place in the input, and why (code and sentence)."""

    index: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a bulk of decisions."""

    added: int
    unchanged: int
    rejected: tuple[Rejected, ...]
