"""The year's part of the pack contract: moments at which pupils are assessed, and what follows at the end of a year.

Everything is proposed with its reasons; people decide. No pupil is ever set beside another. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from testamur.law.facts import Period
from testamur.law.scales import Scale


@dataclass(frozen=True, slots=True)
class Decision:
    """One decided (or assessed) value about one pupil, as facts for rules and documents.

    Attributes:
        kind: ``grade``, ``level``, ``test``, ``quality``, ``competence``, ``fact``, ``comment``, ``year_result``,
            ``award``; each pack lists the kinds that it knows.
        code: subject, quality or fact code (``MA``, ``yeu_nuoc``, ``unexcused_hours``).
        value: on the pack's scale for that kind; numbers are written with a point.
        period: when it was decided for.
        year_level: the pupil's school year at that time (6, 9; 1–5).
        decided_by: names of the deciding persons, in signing order.
        carried_over: the decision is from an earlier period and only carried over into a document.
        reason: ``new``, ``rectification``, ``change``, ``re-examination``, ``test``.
        flags: e.g. ``adjusted_timetable``, ``test`` (prövning), ``block``; each pack names those that it reads.
        occasion: which of the pack's `occasions` of the term; empty is the end of the period. At a university the date
            of examination: what fails and is tried again is another result, not a correction.
        scale: id of the scale, where the course and not the law says which (`law.results.Results.scales`).
    """

    kind: str
    code: str
    value: str
    period: Period
    year_level: int
    comment: str = ""
    decided_on: date | None = None
    decided_by: tuple[str, ...] = ()
    reason: str = "new"
    carried_over: bool = False
    flags: frozenset[str] = frozenset()
    occasion: str = ""
    scale: str = ""

    @property
    def slot(self) -> tuple[str, str, str, str]:
        """What only one decision can fill at a time, and a correction replaces: kind, code, period, occasion."""
        return (self.kind, self.code, self.period.label, self.occasion)


@dataclass(frozen=True, slots=True)
class Condition:
    """One demand of a rule, whether it is met, and what was found: an answer can be explained, not only given.

    Attributes:
        code: stable, for translation (``subject.below``).
        met: whether the demand is met.
        text: one plain sentence in the pack's own language.
        about: code of the subject, quality … that the demand is about; empty when it is about the whole.
        found: what was found, as written.
        needed: what would have met the demand.
    """

    code: str
    met: bool
    text: str
    about: str = ""
    found: str = ""
    needed: str = ""


@dataclass(frozen=True, slots=True)
class AwardOffer:
    """An award that may be given to a pupil; `needs` are the demands that only people can confirm."""

    award: str
    name: str
    needs: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class YearProposal:
    """What one pupil's decisions speak for at the end of a year; nobody has decided it.

    Attributes:
        result: value of the year result; empty while assessments are missing.
        name: its legal name.
        passed: the year is completed.
        reasons: sentences for people, in the language of the law.
        missing: what is not assessed yet.
        awards: what may be given.
        step: ``waiting``, ``completed``, ``help_and_reassess``, ``principal_decides``, ``promoted``, ``retained``.
        follows: that step in a sentence.
        completes: the whole form of school is completed.
    """

    result: str
    name: str
    passed: bool
    reasons: tuple[str, ...]
    missing: tuple[Condition, ...]
    awards: tuple[AwardOffer, ...]
    step: str
    follows: str
    completes: bool


@dataclass(frozen=True, slots=True)
class Weak:
    """A year-end assessment that stands in the way of completing the year: it is assessed again after help."""

    kind: str
    code: str
    name: str
    value: str
    scale: Scale


class YearEnd(Protocol):
    """A jurisdiction's rules for the end of a year."""

    @property
    def result(self) -> tuple[str, str]:
        """Kind and code of the year result."""

    @property
    def award(self) -> tuple[str, str]:
        """Kind and code of an award."""

    @property
    def promotion(self) -> tuple[str, str]:
        """Kind and code of a promotion."""

    @property
    def promotions(self) -> Scale:
        """What the principal may decide: up, or the year again."""

    @property
    def agreed(self) -> str:
        """Flag on an award: the class has recognised it."""

    @property
    def merits(self) -> Mapping[str, str]:
        """Flags on an award that say why it is given, with what each is called."""

    @property
    def free_awards(self) -> Mapping[str, str]:
        """Awards that follow from no result and are people's idea: value → name."""

    @property
    def further_awards(self) -> tuple[str, ...]:
        """Codes under which they stand, one for each."""

    @property
    def longest_comment(self) -> int:
        """Characters of a comment that fit the form."""

    def subjects(self, year_level: int, taught: Collection[str]) -> tuple[str, ...]:
        """Codes of the subjects that are assessed in that grade, in order; of a block its parts where one is taught."""

    def missing(
        self, decisions: Sequence[Decision], year_level: int, term: str, occasion: str
    ) -> tuple[Condition, ...]:
        """What is not assessed yet at that moment; empty when the moment is complete."""

    def propose(self, decisions: Sequence[Decision], year_level: int) -> YearProposal:
        """What one pupil's decisions of the year speak for."""

    def weak(self, decisions: Sequence[Decision], year_level: int) -> tuple[Weak, ...]:
        """What is to be assessed again; empty when the year is completed or not assessed yet."""

    def name(self, kind: str, code: str) -> str:
        """What a subject, quality, competence or fact is called."""

    def value(self, kind: str, value: str) -> str:
        """What a value is called."""

    def english(self, kind: str, code: str) -> str:
        """The same in English, beside the legal name; of kind ``moment`` a term with its occasion; empty if unknown."""

    def english_value(self, kind: str, value: str) -> str:
        """A value in English; empty where it needs no words, as a mark."""
