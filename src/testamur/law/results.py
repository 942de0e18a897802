"""Results at a university: what the law of a jurisdiction says about modules, whole courses and their lists.

Facts only, as for registers: who fills them in decides nothing. A pack that knows no such results has none of this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from testamur.law.facts import PupilFacts
from testamur.law.scales import Scale


@dataclass(frozen=True, slots=True)
class ModuleResult:
    """Where a student stands in one module of a course.

    Attributes:
        code: the module's code (provkod).
        name: its name.
        credits: hp.
        scale: id of the scale.
        value: the standing grade; empty without one.
        examined_on: date of examination of that grade.
        deciding: the syllabus lets this module decide the final grade.
        credited: the module is credited (tillgodoräknad): it counts as finished, without a grade.
    """

    code: str
    name: str
    credits: Decimal
    scale: str
    value: str = ""
    examined_on: date | None = None
    deciding: bool = False
    credited: bool = False


@dataclass(frozen=True, slots=True)
class FinalGrade:
    """What the modules say about the final grade of a course.

    Attributes:
        ready: every module is finished, so that a final grade can be set.
        value: the grade that follows by rule; empty where the examiner sets it by hand or nothing follows yet.
        examined_on: the day of the last module that was passed; None before.
        reason: code of why it is so: ``single_module``, ``deciding_module``, ``mean_rounded``, ``manual``,
            ``modules_missing``, ``deciding_missing``, ``credited``, ``no_number``.
        missing: codes of the modules that are not finished.
    """

    ready: bool
    value: str
    examined_on: date | None
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """The course (and the module, where it is one) as documents show it. `scale` is that of what is graded."""

    code: str
    name: str
    name_en: str
    credits: Decimal
    scale: str
    module_code: str = ""
    module_name: str = ""
    module_name_en: str = ""
    module_credits: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One student of a list.

    `finished` are the modules behind a final grade; `before` is what a correction replaces.
    """

    number: int
    student: PupilFacts
    value: str
    examined_on: date
    points: str = ""
    finished: tuple[ModuleResult, ...] = ()
    before: str = ""
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """A result list, or the one row of it that a certificate is about.

    Attributes:
        number: of the list.
        kind: ``module``, ``course`` or ``correction``.
        course: what is graded.
        rows: in order of names; one for a certificate.
        examiner: name of who decides.
        reason: ``new``, ``rectification``, ``re-examination``.
        title, title_en: of a degree project, in Swedish (or the original language) and English.
        authors: names of those who wrote it together, for the certificate of each.
        occasion: code and term of the course occasion, as text; may be empty.
    """

    number: int
    kind: str
    course: CourseFacts
    rows: tuple[ResultRow, ...]
    examiner: str
    reason: str = "new"
    title: str = ""
    title_en: str = ""
    authors: tuple[str, ...] = ()
    occasion: str = ""


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """A decision that from a day on results are signed in another way (row B24, B45).

    Attributes:
        way: ``electronic`` (the signature alone is valid) or ``paper`` (the archive list is signed by hand).
        grade_from: examination dates from this day on follow it.
        decided_by: name and title of who decides.
        reference: the body's own file number.
    """

    way: str
    grade_from: date
    decided_by: str
    reference: str = ""


class Results(Protocol):
    """A jurisdiction's rules for results at a university."""

    @property
    def scales(self) -> Mapping[str, Scale]:
        """Scales by id (``UG``, ``UV``, ``TH``, ``AF``, ``PF``), best value last."""

    @property
    def list_document(self) -> str:
        """Short name of the document of a whole list."""

    @property
    def certificate(self) -> str:
        """Short name of a student's own certificate."""

    @property
    def process_document(self) -> str:
        """Short name of the decision about how results are signed."""

    def normalise(self, scale: str, text: str) -> str:
        """The value on that scale for what people write (``vg``, ``godkänd``, ``Pass``); refuses others, never guesses.

        Raises `Refused` (``<pack>.value.off_scale``) with ``accepted`` in `found`.
        """

    def passed(self, scale: str, value: str) -> bool:
        """Whether that grade finishes the module or course. Raises `Refused` for a value off the scale."""

    def final(self, rule: str, scale: str, modules: Sequence[ModuleResult]) -> FinalGrade:
        """What follows from the modules on the course's scale.

        `rule` is a value of `register.curriculum.rules.FinalRule`.
        """
