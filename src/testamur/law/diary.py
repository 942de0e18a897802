"""The diary part of the pack contract: what a jurisdiction says about marks, absences, leave and remarks.

A mark in the diary is no decision: nothing here makes one. Term and annual marks are proposed, never set. Everything is
pure; a breach is a `Refused` whose code starts with the pack's id and whose `found` holds ``accepted`` where that
helps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from testamur.law.scales import Scale


@dataclass(frozen=True, slots=True)
class MarkKind:
    """A kind of mark, and so of column in the grid.

    Attributes:
        code: ``current``, ``test``, ``term``, ``annual``; ASCII, stable.
        name: in the language of the law (``текуща``).
        scale: what may be written.
        closes: empty for the marks of the day; ``term`` or ``year`` for the one mark that closes a term or a year, of
            which there is one column for each class, subject and period.
        weight: how much one counts in the average of the marks; 0 does not count.
        occasion: the pack's occasion that the mark belongs to, where there is one (``mid``).
        subjects: codes of the subjects that have this kind of mark; empty means all.
        decides: the kind of decision that it becomes when the class teacher closes the moment (``level``); empty where
            a mark becomes none by itself.
        whole: it is about the pupil and no subject; the class teacher enters it, and `subjects` are what it is about
            (``yeu_nuoc``, ``height_cm``).
        counts: ``excused`` or ``unexcused``: the days of absence of that sort in the attendance are proposed for it.
    """

    code: str
    name: str
    scale: Scale
    closes: str = ""
    weight: Decimal = Decimal(1)
    occasion: str = ""
    subjects: tuple[str, ...] = ()
    decides: str = ""
    whole: bool = False
    counts: str = ""


@dataclass(frozen=True, slots=True)
class MarkFact:
    """One mark as rules see it."""

    subject: str
    kind: str
    value: str
    term: str
    on: date
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value that the marks speak for, and the sentence (in the law's language) that says why. Nobody has set it."""

    value: str
    why: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Why an absence counts as excused: ``illness``, ``family``, ``competition`` …; `by` says who may state it."""

    code: str
    name: str
    by: tuple[str, ...]
    """``guardian``, ``teacher``, ``class_teacher``, ``principal``, ``doctor``."""


@dataclass(frozen=True, slots=True)
class LeaveRule:
    """What guardians may ask for.

    Attributes:
        days_per_year: most days that guardians may excuse on their own word in a school year; None is no limit.
        days_in_row: most of those in a row; None is no limit.
        guardians: 1 when one guardian's word is enough, 2 when all with custody have to agree.
        approvers: (most days, post) in rising order: who grants leave of up to so many days; the last one is without
            limit (None).
        counts: grounds that count against `days_per_year`.
        law: where it stands.
    """

    days_per_year: int | None
    days_in_row: int | None
    guardians: int
    approvers: tuple[tuple[int | None, str], ...]
    counts: tuple[str, ...]
    law: str


@dataclass(frozen=True, slots=True)
class AssessmentForm:
    """Written assessment of a subject (omdöme, nhận xét): a value on a scale where there is one, a text, a plan."""

    name: str
    scale: Scale | None
    plan: bool
    """True when a plan forward belongs to it."""
    per: str
    """``term`` or ``year``."""
    pupil: str = ""
    """The word for a pupil whose name is not said (``em``), in the law's language."""


@dataclass(frozen=True, slots=True)
class RegisterRule:
    """How the class register becomes a signed record: short name of the pack's document, and how often."""

    document: str
    every: str
    """``month`` or ``year``."""
    keep_years: int


@dataclass(frozen=True, slots=True)
class TestRule:
    """How many tests that are told ahead one class may have; None is no limit in the law.

    Attributes:
        refuses: the law forbids more; otherwise a plan beyond is only warned of.
        law: where it stands.
    """

    __test__ = False  # the name begins as a test's, for pytest

    per_day: int | None = None
    per_week: int | None = None
    refuses: bool = False
    law: str = ""


NO_LIMIT = TestRule()


@dataclass(frozen=True, slots=True)
class RemarkKind:
    """A remark (``remark``), praise (``praise``) or another note about a pupil that the family reads."""

    code: str
    name: str
    positive: bool


class Diary(Protocol):
    """A jurisdiction's rules for the diary."""

    @property
    def absence_name(self) -> Mapping[str, str]:
        """Legal names of ``absent``, ``late``, ``left_early``."""

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """Why an absence can be excused."""

    @property
    def leave(self) -> LeaveRule:
        """What guardians may ask for."""

    @property
    def remarks(self) -> tuple[RemarkKind, ...]:
        """What may be noted about a pupil."""

    @property
    def register(self) -> RegisterRule | None:
        """The class register as a record; None where the law knows none."""

    @property
    def alarm(self) -> tuple[Decimal, ...]:
        """Numbers of unexcused absences in a year at which something follows, rising; empty where there are none."""

    @property
    def tests(self) -> TestRule:
        """How many tests a class may have in a day and a week."""

    def mark_kinds(self, year_level: int, on: date) -> tuple[MarkKind, ...]:
        """The kinds of mark in that year level on that day, in the order of the grid; empty where none are set."""

    def class_kinds(self, year_level: int, on: date) -> tuple[MarkKind, ...]:
        """What the class teacher enters about each pupil as a whole (`MarkKind.whole`), in the order of the grid.

        Codes are unlike those of `mark_kinds`; empty where the law knows nothing of the kind.
        """

    def about(self, code: str) -> str:
        """What `code` of a whole kind is called (``Yêu nước``); empty where it is none."""

    def assessment(self, year_level: int, on: date) -> AssessmentForm | None:
        """The written assessment of that year level, or None."""

    def normalise_mark(self, kind: str, text: str, year_level: int, on: date) -> str:
        """The value on the kind's scale for what a teacher types (``6``, ``отличен 6``, ``hoàn thành tốt``).

        Raises `Refused` (``<pack>.mark.off_scale``, ``<pack>.mark.kind``) with ``accepted`` in `found`.
        """

    def average(self, marks: Sequence[MarkFact]) -> Decimal | None:
        """Average of one pupil's marks of one subject, rounded as the law says; None without marks that count."""

    def success(self, marks: Sequence[MarkFact]) -> Decimal | None:
        """Average success over subjects: the mean of the subjects' averages (or None)."""

    def word(self, average: Decimal) -> str:
        """The average in words (``много добър``), or an empty text."""

    def propose(self, kind: str, marks: Sequence[MarkFact], year_level: int) -> Proposal | None:
        """What the marks of one pupil in one subject speak for as the mark that closes a term or a year; or None."""

    def absence_weight(self, kind: str, minutes: int | None, on: date | None = None) -> Decimal:
        """How much one absence from one lesson counts: late by ten minutes is a half in Bulgaria.

        `kind` is ``absent``, ``late`` or ``left_early``; `on` the day of the lesson, without which the rule in force
        now counts.
        """

    def count(self, weights: Sequence[Decimal]) -> Decimal:
        """The absences of a period added up as the law counts them."""

    def show_count(self, count: Decimal) -> str:
        """That sum as people of the law write it: ``2 1/2``, ``3,25``."""
