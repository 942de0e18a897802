"""Pure parts of the results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from testamur.law.contract import Correction, Decision, Period

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
    scale: str = ""

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
            scale=self.scale,
        )


@dataclass(frozen=True, slots=True)
class Amendment:
    """A correction as somebody wants to make it; the pack's law says whether it may be made.

    Attributes:
        value: the new value on the pack's scale.
        reason: which of the law's ways (`law.contract.CorrectionRule.reason`).
        role: post in which it is decided (``principal``, ``teacher``, ``class_teacher``).
        decided_by: person ids, in signing order; each holds that post at the school on the day.
        decided_on: the day of the decision, never before that of the decision which it replaces.
        grounds: codes of the grounds that they affirm.
        explanation: why, in their words.
        heard: who has been given the chance to speak (``pupil``, ``guardian``).
        hearing_unneeded: why nobody had to be heard.
    """

    value: str
    reason: Reason
    role: str
    decided_by: tuple[UUID, ...]
    decided_on: date
    grounds: frozenset[str] = frozenset()
    explanation: str = ""
    heard: frozenset[str] = frozenset()
    hearing_unneeded: str = ""

    def proposal(self, before: Decision, deciders: tuple[UUID, ...]) -> Correction:
        """As the packs see it. They compare and count deciders, so ids serve as names."""
        return Correction(
            before=replace(before, decided_by=tuple(map(str, deciders))),
            value=self.value,
            reason=self.reason.value,
            role=self.role,
            by_deciders=bool(deciders) and set(deciders) == set(self.decided_by),
            decided_by=tuple(map(str, self.decided_by)),
            decided_on=self.decided_on,
            grounds=self.grounds,
            explanation=self.explanation,
            heard=self.heard,
            hearing_unneeded=self.hearing_unneeded,
        )

    def kept(self) -> dict[str, object]:
        """What is kept of it beside the new decision."""
        return {
            "role": self.role,
            "grounds": sorted(self.grounds),
            "explanation": self.explanation.strip(),
            "heard": sorted(self.heard),
            "hearing_unneeded": self.hearing_unneeded.strip(),
        }


@dataclass(frozen=True, slots=True)
class Rejected:
    """A decision that was not recorded: its place in the input, and why (code and sentence)."""

    index: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a bulk of decisions. `ids`: those that were added, by their place in the input."""

    added: int
    unchanged: int
    rejected: tuple[Rejected, ...]
    ids: Mapping[int, UUID] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """A member of a document's content that differs: its path (``subjects.MA.grade``), the old and the new text."""

    path: str
    old: str
    new: str


def differences(old: object, new: object, path: str = "") -> tuple[Change, ...]:
    """Where two contents differ, as a flat list in order of the old one; a member that is missing reads as empty.

    Rows of a list are told apart by their ``code`` or ``name`` where they have one, else by their place.
    """
    if old == new:
        return ()
    if isinstance(old, Mapping | list | tuple) or isinstance(new, Mapping | list | tuple):
        before, after = _members(old), _members(new)
        return tuple(
            change
            for key in dict.fromkeys((*before, *after))
            for change in differences(before.get(key), after.get(key), f"{path}.{key}" if path else key)
        )
    return (Change(path, _text(old), _text(new)),)


def _members(value: object) -> dict[str, object]:
    if isinstance(value, Mapping):
        return {str(key): member for key, member in value.items()}
    if not isinstance(value, list | tuple):
        return {} if value is None else {"": value}
    found: dict[str, object] = {}
    for place, member in enumerate(value):
        name = next((str(member[k]) for k in ("code", "name") if member.get(k)), "") if isinstance(member, dict) else ""
        found[name if name and name not in found else str(place)] = member
    return found


def _text(value: object) -> str:
    return "" if value is None else str(value)
