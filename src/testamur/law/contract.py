"""The pack contract: what a jurisdiction tells the product. Pure, typed, effective-dated.

A pack is a module-level object that satisfies `Pack`. It holds scales, subjects, documents and rules as data and pure
functions. It never sees a database, a clock or an id of the register: facts come in as frozen dataclasses, answers go
out as frozen dataclasses, a breach is a `Refused` with a code that starts with the pack's id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from testamur.law.diary import Diary
from testamur.law.facts import Period as Period  # noqa: PLC0414 - part of the contract, told apart for the register's part
from testamur.law.facts import PupilFacts as PupilFacts  # noqa: PLC0414 - as above
from testamur.law.register import RegisterFacts
from testamur.law.results import ProcessFacts, ResultFacts, Results
from testamur.law.scales import Scale as Scale  # noqa: PLC0414 - part of the contract, told apart for the diary's part
from testamur.law.scales import ScaleValue as ScaleValue  # noqa: PLC0414 - as above
from testamur.law.year import Condition as Condition  # noqa: PLC0414 - as above, for the year's part
from testamur.law.year import Decision as Decision  # noqa: PLC0414 - as above
from testamur.law.year import YearEnd


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject or activity of the law's own list.

    Attributes:
        code: the pack's code (``MA``, ``TOAN``).
        name: in the language of the law.
        group: joins subjects that belong together on paper (``NO``, ``SVGRP``, ``NT``).
        order: on a document.
        years: year levels in which the subject belongs to the programme; empty means all of the pack's.
        covers: a block: it stands for these subjects, and a pupil has either the block or its parts.
        elective: lawful, but nothing is missing without it.
    """

    code: str
    name: str
    group: str = ""
    order: int = 0
    years: tuple[int, ...] = ()
    covers: tuple[str, ...] = ()
    elective: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """A moment of the year when pupils are assessed. The empty `code` is always the end of the term."""

    term: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CorrectionRule:
    """A way to correct a decision that the law knows.

    Attributes:
        reason: the `Decision.reason` of the decision that replaces the former one.
        name: its legal name in its own language.
        law: where it stands.
        roles: posts that may decide it.
        direction: ``any``, ``not_lower``.
        hears: who is given the chance to speak first; empty means nobody has to.
        grounds: (code, sentence in the law's language) that the one who decides must affirm, all of them.
        instead: grounds of the same form, one of which lets another role than the first decide.
        shown_as: ``new_document`` or ``strike_through`` (former text crossed out, new text above, signed).
        duties: what follows for the wrong paper: ``destroy_wrong``, ``note_in_catalogue``, ``sign_catalogue`` …
    """

    reason: str
    name: str
    law: str
    roles: tuple[str, ...]
    direction: str
    hears: tuple[str, ...] = ()
    grounds: tuple[tuple[str, str], ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    shown_as: str = "new_document"
    duties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction as somebody proposes it; the pack says whether it may be made.

    Attributes:
        before: the decision to replace.
        value: the new value.
        reason: key of the pack's `corrections`.
        role: post in which it is decided (``principal``, ``teacher`` …).
        by_deciders: True when exactly those who took the former decision take this one; the caller compares ids.
        decided_by: their names, in signing order.
        decided_on: the day.
        grounds: codes of the grounds that they affirm.
        explanation: why, in their words; goes to the catalogue.
        heard: who has been given the chance to speak (``pupil``, ``guardian``).
        hearing_unneeded: why nobody had to be heard, where the law leaves that open.
    """

    before: Decision
    value: str
    reason: str
    role: str
    by_deciders: bool
    decided_by: tuple[str, ...]
    decided_on: date
    grounds: frozenset[str] = frozenset()
    explanation: str = ""
    heard: frozenset[str] = frozenset()
    hearing_unneeded: str = ""


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
    """Everything a document may draw on. For a group document `rows` holds (pupil, decisions)."""

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
    register: RegisterFacts | None = None
    """What the diary of the class holds, for a class register."""
    results: ResultFacts | None = None
    """A list of results of a university, or one row of it."""
    process: ProcessFacts | None = None
    """A decision about how results are signed."""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is missing before a document can be made: a code (``missing.level``), of what, and the sentence.

    `about` is the code of the subject or quality; `text` stands in the language of the law.
    """

    code: str
    about: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class SignerStep:
    """Who signs, in which order. `role` is a post at the school (``principal``, ``class_teacher``, ``teacher``).

    Where the law lets the holder delegate, `delegate_title` is what stands for the post in the document's language.
    """

    order: int
    role: str
    title: str
    delegable: bool = False
    delegate_title: str = ""
    each: bool = False
    """True when every holder signs (all deciding teachers of a catalogue)."""
    needed: bool = True
    """False where the document is signed without this step when nobody is to sign it (who corrected something)."""


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
        seal_page: 1-based page of the signature box.
        seal_rect: the reserved box in PDF points ×100 (x0, y0, x1, y1), origin bottom left.
        content: builds the pack's `content` member of the snapshot from facts; raises `Refused` when the law forbids
            the document or something it must show is missing.
        draws: which decisions the facts hold: ``term`` (the term's own, and the latest earlier grade of each other
            subject marked as carried over), ``year`` (the whole school year), ``latest`` (the latest of each slot, any
            year).
        routine: issued for everybody when a term ends; the others only when asked for by name.
        verified: it may be signed only when a named person has said that the class's data are complete and exact.
        grows: there is one for each pupil through all years and schools of the body: a later one takes the place of
            the former one, whatever its period and school.
        lacks: what a pupil's decisions of a year lack before the document can be made; as `content` refuses, but quick.
        comment_limit: characters of a comment that fit the form; 0 without such a limit.
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
    draws: str = "term"
    routine: bool = True
    verified: bool = False
    grows: bool = False
    lacks: Callable[[Sequence[Decision], int], tuple[Lack, ...]] | None = None
    comment_limit: int = 0


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
    def occasions(self) -> tuple[Occasion, ...]:
        """When pupils are assessed in a year, in order."""

    @property
    def year_levels(self) -> tuple[int, ...]:
        """School years of this form of school, ``(1, 2, 3, 4, 5)``."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of decision that the pack knows."""

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """The law's own list."""

    @property
    def corrections(self) -> Mapping[str, CorrectionRule]:
        """Lawful ways to correct, by `Decision.reason`."""

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
        """The pack's code for what people write (``Matematik`` → ``MA``).

        Case, diacritics and punctuation do not matter. Raises `Refused` when unknown or ambiguous; `found["near"]`
        then holds up to three names that are meant perhaps. Never guesses.
        """

    def normalise_value(self, kind: str, code: str, text: str, on: date) -> str:
        """The value on the scale in force for what people write (``hoàn thành tốt`` → ``T``); refuses likewise."""

    def subjects_for(self, year_level: int, on: date) -> tuple[Subject, ...]:
        """The list's subjects that can be taught and assessed in that year level on that day, in order."""

    def correct(self, correction: Correction) -> Decision:
        """The decision that replaces `correction.before`; raises `Refused` when the law does not allow it.

        Says who may, in which direction, after which hearing (`corrections` holds the same as data).
        """

    @property
    def diary(self) -> Diary:
        """What the law says about the diary of a class."""

    @property
    def results(self) -> Results | None:
        """What the law says about results at a university; None for schools."""

    @property
    def year_end(self) -> YearEnd | None:
        """What follows from the assessments at the end of a year; None where nothing does."""

    def may_compare(self, figure: str) -> bool:
        """Whether a pupil or class may be shown beside others by that figure (``mark_average``, ``merit_value`` …)."""

    def summary(self, decisions: Sequence[Decision]) -> Mapping[str, Any]:
        """What the pack reckons from one pupil's decisions (merit value, eligibility; proposed year result, awards).

        Plain JSON types only; decimal numbers are text. Proposals: nobody has decided them yet.
        """
