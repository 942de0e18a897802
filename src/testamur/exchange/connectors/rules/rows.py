"""The neutral rows that every format is read into. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time
from typing import ClassVar


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


@dataclass(frozen=True, slots=True)
class LessonLine:
    """A weekly lesson of a timetable. `week` is empty, ``A`` (odd weeks) or ``B`` (even ones)."""

    row: int = field(repr=False, compare=False)  # where it stands is no part of what it means
    weekday: int
    week: str
    number: int | None
    starts: time
    ends: time
    subject: str
    teacher_key: str
    room: str
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class TimetableRow:
    """All weekly lessons of one group: what is not in it is no longer taught from the day of the import."""

    kind_name: ClassVar[str] = "timetable"
    file: str
    row: int
    key: str
    group_key: str
    unit_key: str
    school_year: str
    title: str
    lessons: tuple[LessonLine, ...]
    ended: bool = False


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """Days without lessons, of a school, or (no `unit_key`) of all schools of the body."""

    kind_name: ClassVar[str] = "holiday"
    file: str
    row: int
    key: str
    unit_key: str
    name: str
    starts: date
    ends: date
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
    | TimetableRow
    | HolidayRow
    | MarkRow
    | IncomingDocument
)
