"""Neutral rows, defects and digests: what every format is read into. Pure."""

from __future__ import annotations

import dataclasses
import hashlib
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from testamur.register.people.rules import Scheme, parse_identifier


class Severity(StrEnum):
    """`noted`: read all the same, and said so. `refused`: the row or file was left out."""

    NOTED = "noted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing wrong with a bundle.

    Attributes:
        file: name inside the bundle.
        row: line of the record, 1 is the header; 0 when the whole file is meant.
        column: the header's own name, or empty.
        found: what stands there, at most 120 characters.
        done: what was done, and what is accepted instead; a sentence.
        code: dotted and stable, e.g. ``import.date.ambiguous``.
        severity: see `Severity`.
    """

    file: str
    row: int
    column: str
    found: str
    done: str
    code: str
    severity: Severity = Severity.NOTED


class Reporter(Protocol):
    """Where defects go while a bundle is read."""

    def add(self, defect: Defect) -> None:
        """Take one defect."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the person at the keyboard decided; everything else is read from the bundle or refused.

    Attributes:
        date_order: ``dmy`` or ``mdy`` for dates such as 1/05/2023; empty: decide by evidence in the same file.
        encoding: for text that is not UTF-8 and has no byte order mark; empty: decide by evidence and report it.
        identifier_scheme: scheme of a column that holds a bare identifier (``se.personnummer``); empty: a local one.
        pack: rule pack of grades whose rows name none (``se.compulsory``).
        period: ``2025/2026 VT`` for grades whose rows name none.
        school_year: ``2025/2026`` for groups whose rows name none.
        country: ISO 3166-1 alpha-2, for units and telephone numbers that tell none.
        today: the day of the import: no birth date lies after it.
    """

    date_order: str = ""
    encoding: str = ""
    identifier_scheme: str = ""
    pack: str = ""
    period: str = ""
    school_year: str = ""
    country: str = ""
    today: date = date.max


@dataclass(frozen=True, slots=True)
class UnitRow:
    """An authority, school or department. `kind` is ``authority``, ``school`` or ``department``."""

    kind_name: ClassVar[str] = "unit"
    file: str
    row: int
    key: str
    name: str
    kind: str
    code: str = ""
    parent_key: str = ""
    country: str = ""
    form: str = ""
    place: str = ""
    authority_code: str = ""
    pack: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A school year or a term. `kind` is ``year`` or ``term``; `school_year` is written ``2025/2026``."""

    kind_name: ClassVar[str] = "session"
    file: str
    row: int
    key: str
    title: str
    kind: str
    starts: date
    ends: date
    school_year: str
    code: str = ""
    parent_key: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class CourseRow:
    """A course or subject as the source names it."""

    kind_name: ClassVar[str] = "course"
    file: str
    row: int
    key: str
    title: str
    code: str
    unit_key: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A class (``class``) or a teaching group (``teaching``)."""

    kind_name: ClassVar[str] = "group"
    file: str
    row: int
    key: str
    title: str
    kind: str
    unit_key: str
    session_keys: tuple[str, ...] = ()
    course_key: str = ""
    subject: str = ""
    school_year: str = ""
    year_level: int | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person.

    Attributes:
        identifiers: (scheme, value) as written, not yet checked.
        sex: ``female``, ``male``, ``other`` or empty.
        protection: one of the register's levels, or empty for none told.
        facts: further personal facts that a document may need: (name, value).
        unit_key: the unit where the person is kept.
    """

    kind_name: ClassVar[str] = "person"
    file: str
    row: int
    key: str
    given: str
    family: str
    middle: str = ""
    preferred: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    birth_date: date | None = None
    sex: str = ""
    protection: str = ""
    email: str = ""
    phone: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    ended: bool = False
    unit_key: str = ""


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """A person's role at a unit: ``pupil`` becomes an enrolment at the school, every other role a post."""

    kind_name: ClassVar[str] = "membership"
    file: str
    row: int
    key: str
    person_key: str
    unit_key: str
    role: str
    starts: date | None = None
    ends: date | None = None
    year_level: int | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class GuardianRow:
    """A guardian of a child. `custody` is None where the source does not say."""

    kind_name: ClassVar[str] = "guardian"
    file: str
    row: int
    key: str
    child_key: str
    guardian_key: str
    relation: str = ""
    custody: bool | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """A person in a group: `role` is ``pupil``, ``teacher`` or ``class_teacher``."""

    kind_name: ClassVar[str] = "enrolment"
    file: str
    row: int
    key: str
    person_key: str
    group_key: str
    role: str
    starts: date | None = None
    ends: date | None = None
    year_level: int | None = None
    ended: bool = False


@dataclass(frozen=True, slots=True)
class MarkRow:
    """A decided value about one person, as written; the pack decides later whether it is lawful."""

    kind_name: ClassVar[str] = "mark"
    file: str
    row: int
    key: str
    person_key: str
    subject: str
    value: str
    pack: str
    school_year: str
    term: str
    unit_key: str = ""
    group_key: str = ""
    kind: str = "grade"
    year_level: int | None = None
    decided_on: date | None = None
    decided_by: str = ""
    comment: str = ""
    ended: bool = False


@dataclass(frozen=True, slots=True)
class IncomingSigner:
    """Who signs a finished document: a role, and the identifier that the e-ID must show."""

    order: int
    role: str
    scheme: str
    identifier: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class IncomingDocument:
    """A finished PDF with its line in the register file. `load` gives the bytes when they are needed, not before."""

    kind_name: ClassVar[str] = "document"
    file: str
    row: int
    key: str
    path: str
    size: int
    sha256: str
    load: Callable[[], bytes]
    scheme: str
    identifier: str
    document_type: str
    title: str
    unit_code: str
    school_year: str
    term: str
    issued_on: date | None
    signers: tuple[IncomingSigner, ...]
    ended: bool = False


Row = (
    UnitRow
    | SessionRow
    | CourseRow
    | GroupRow
    | PersonRow
    | MembershipRow
    | GuardianRow
    | EnrolmentRow
    | MarkRow
    | IncomingDocument
)


class Format(Protocol):
    """One way in which other systems export. Implemented by a module-level object per subpackage."""

    @property
    def id(self) -> str:
        """``oneroster``, ``sds``, ``own``, ``units``, ``documents``."""

    def detect(self, files: Any) -> float:
        """How surely the bundle is of this format: 0 no, 1 certain."""

    def source(self, files: Any) -> str:
        """Name of the system whose keys the bundle uses; lower-case letters, digits, dots and hyphens."""

    def read(self, files: Any, options: Options, reporter: Reporter) -> Iterator[Row]:
        """The rows in order of dependence: units, sessions, courses, groups, persons, roles, guardians, the rest."""


_MEANINGS: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    row_type: operator.attrgetter(
        *(f.name for f in dataclasses.fields(row_type) if f.name not in {"file", "row", "load"})
    )
    for row_type in (
        UnitRow,
        SessionRow,
        CourseRow,
        GroupRow,
        PersonRow,
        MembershipRow,
        GuardianRow,
        EnrolmentRow,
        MarkRow,
        IncomingDocument,
    )
}


def digest(row: Row) -> str:
    """32 hex characters of the row's meaning: equal for equal facts, wherever they stand in whichever file."""
    meaning = repr(_MEANINGS[row.__class__](row)).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(meaning, digest_size=16).hexdigest()


def person_key(scheme: str, value: str, *, on: date) -> str:
    """The key of a person who is named by an identifier alone: ``id:se.personnummer:201003041234``.

    Equal for every spelling of the same number. Raises the register's `IdentifierInvalid`. A local number has no
    context yet: the source is added when it is looked up.
    """
    if scheme == Scheme.LOCAL:
        return f"id:local:{value.strip()}"
    number = parse_identifier(scheme, value, on=on)
    return f"id:{number.scheme}:{number.value}"


def clip(text: str, limit: int = 120) -> str:
    """`text` short enough for a message."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def school_year_of(starts: date, ends: date) -> str:
    """``2025/2026``: the calendar years of the first and the last day, or the usual split inside one year.

    A term inside one calendar year belongs to the year that began last summer when it starts before July.
    """
    if starts.year != ends.year:
        return f"{starts.year}/{ends.year}"
    first = starts.year if starts.month >= 7 else starts.year - 1  # noqa: PLR2004 - July, the month
    return f"{first}/{first + 1}"


def near(word: str, accepted: Sequence[str]) -> str:
    """A sentence that lists what is accepted."""
    return f"{word!r} is not known here; accepted: {', '.join(accepted)}"
