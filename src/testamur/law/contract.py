"""The pack contract: what a jurisdiction tells the product. Pure, typed, effective-dated.

A pack is a module-level object that satisfies `Pack`. It holds scales, subjects, documents and rules as data and pure
functions. It never sees a database, a clock or an id of the register: facts come in as frozen dataclasses, answers go
out as frozen dataclasses, a breach is a `Refused` with a code that starts with the pack's id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ScaleValue:
    """One step of a scale. `points` is its merit or numeric value; `passed` is None where the notion is absent."""

    value: str
    name: str
    points: Decimal | None = None
    passed: bool | None = None
    is_grade: bool = True


@dataclass(frozen=True, slots=True)
class Scale:
    """A grading scale in force from `valid_from` to `valid_to` (inclusive; None is open)."""

    id: str
    values: tuple[ScaleValue, ...]
    valid_from: date
    valid_to: date | None = None

    def find(self, value: str) -> ScaleValue | None:
        """The step with that exact value, or None."""
        return next((v for v in self.values if v.value == value), None)


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject or activity of the law's own list. `group` joins subjects of a block (NO, SO, SVGRP)."""

    code: str
    name: str
    group: str = ""
    order: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """When: a school year (`2025/2026`) and a term (`HT`, `VT`, `HK1`, `HK2`) or the whole year (empty term)."""

    school_year: str
    term: str
    starts: date
    ends: date

    @property
    def label(self) -> str:
        """`2025/2026 VT`."""
        return f"{self.school_year} {self.term}".strip()


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
        flags: e.g. ``adjusted_timetable``, ``test`` (prövning), ``block``.
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


@dataclass(frozen=True, slots=True)
class PupilFacts:
    """The pupil as a document must show him or her: the legal person, never the masked one."""

    name: str
    given: str
    family: str
    identifier_scheme: str
    identifier: str
    birth_date: date | None
    sex: str = ""
    birth_place: str = ""
    ethnicity: str = ""
    nationality: str = ""
    home: str = ""
    parents: tuple[tuple[str, str], ...] = ()
    """(relation, name) pairs, e.g. ("mother", "…")."""


@dataclass(frozen=True, slots=True)
class SchoolFacts:
    """The school and the body responsible for it."""

    code: str
    name: str
    authority: str
    authority_code: str = ""
    municipality: str = ""
    district: str = ""
    province: str = ""


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """Everything a document may draw on. For a group document `pupils` holds (pupil, decisions) rows."""

    school: SchoolFacts
    period: Period
    year_level: int
    class_name: str
    pupil: PupilFacts | None
    decisions: tuple[Decision, ...]
    issued_on: date
    class_teacher: str = ""
    principal: str = ""
    group_name: str = ""
    subject_code: str = ""
    rows: tuple[tuple[PupilFacts, tuple[Decision, ...]], ...] = ()
    history: tuple[tuple[Period, int, str, str, tuple[Decision, ...]], ...] = ()
    """Earlier years for booklets: (period, year level, class, school name, decisions), oldest first."""
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignerStep:
    """Who signs, in which order. `role` is a post at the school (``principal``, ``class_teacher``, ``teacher``)."""

    order: int
    role: str
    title: str
    delegable: bool = False
    each: bool = False
    """True when every holder signs (all deciding teachers of a catalogue)."""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A legal document of the pack.

    Attributes:
        code: full code, ``se.compulsory.terminsbetyg``.
        title: its legal name in its own language.
        locale: language of the document.
        subject: ``pupil`` or ``group``.
        signers: in order.
        template: the Typst file.
        template_version: changes whenever the template's output changes.
        seal_page: 1-based page of the signature box; 0 means the last page.
        seal_rect: the reserved box in PDF points ×100 (x0, y0, x1, y1), origin bottom left.
        content: builds the pack's `content` member of the snapshot from facts; raises `Refused` when the law forbids
            the document or something it must show is missing.
    """

    code: str
    title: str
    locale: str
    subject: str
    signers: tuple[SignerStep, ...]
    template: Path
    template_version: str
    seal_page: int
    seal_rect: tuple[int, int, int, int]
    content: Callable[[DocumentFacts], dict[str, Any]]


class Pack(Protocol):
    """A jurisdiction's rules for one form of school."""

    @property
    def id(self) -> str:
        """``se.compulsory``, ``vn.primary``."""

    @property
    def version(self) -> str:
        """Changes with every change of rule or text, ``2026.1``."""

    @property
    def terms(self) -> tuple[str, ...]:
        """Term codes in order, ``("HT", "VT")``."""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The law's own list."""

    @property
    def documents(self) -> Mapping[str, DocumentType]:
        """Documents by short name (``terminsbetyg``)."""

    def scale(self, kind: str, code: str, on: date) -> Scale:
        """The scale in force on that day for that kind of decision; raises `Refused` for an unknown kind."""

    def check(self, decision: Decision) -> None:
        """Raise `Refused` when the decision breaks a rule (value off the scale, subject unknown, too early …)."""

    def check_set(self, decisions: Sequence[Decision]) -> None:
        """Raise `Refused` when decisions that are lawful alone are not lawful together (SV with SVA, NO with FY …)."""

    def normalise_code(self, kind: str, text: str) -> str:
        """The pack's code for what people write (``Matematik`` → ``MA``); raises `Refused` when unknown."""

    def summary(self, decisions: Sequence[Decision]) -> Mapping[str, Any]:
        """What the pack reckons from decisions (merit value, eligibility; proposed year result, awards)."""
