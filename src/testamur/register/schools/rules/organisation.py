"""Pure rules about the organisation: units, periods, groups, posts, enrolments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused


class PeriodInvalid(Refused):
    """A period ends before it starts."""

    code = "schools.period.invalid"


class OutsideYear(PeriodInvalid):
    """A term, a lesson or the first day in a class lies outside its school year."""

    code = "schools.period.outside"


class UnitKind(StrEnum):
    """What a unit is in the tree."""

    AUTHORITY = "authority"
    """The body responsible: municipality, province, independent body, university."""
    OFFICE = "office"
    """A level between authority and school: district office, faculty, programme office."""
    SCHOOL = "school"
    DEPARTMENT = "department"
    """A part of a school."""


class Form(StrEnum):
    """Form of school, as the law tells them apart."""

    NONE = ""
    PRESCHOOL = "preschool"
    PRESCHOOL_CLASS = "preschool_class"
    PRIMARY = "primary"
    """Years 1-5 (Vietnam), 1-4 (Bulgaria)."""
    COMPULSORY = "compulsory"
    """Grundskola."""
    ADAPTED_COMPULSORY = "adapted_compulsory"
    """Anpassad grundskola, formerly särskola."""
    LOWER_SECONDARY = "lower_secondary"
    UPPER_SECONDARY = "upper_secondary"
    ADAPTED_UPPER_SECONDARY = "adapted_upper_secondary"
    AFTER_SCHOOL = "after_school"
    """Fritidshem."""
    ADULT = "adult"
    UNIVERSITY = "university"


class GroupKind(StrEnum):
    """What a group is for."""

    CLASS = "class"
    TEACHING = "teaching"
    MENTOR = "mentor"


class Role(StrEnum):
    """A post at a unit."""

    PRINCIPAL = "principal"
    TEACHER = "teacher"
    CLASS_TEACHER = "class_teacher"
    EXAMINER = "examiner"
    ADMINISTRATOR = "administrator"
    ARCHIVIST = "archivist"
    DELEGATE = "delegate"  # signs by the principal's delegation what the law allows to be delegated


class EnrolmentRole(StrEnum):
    """As what a person is enrolled."""

    PUPIL = "pupil"


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to add under `parent` (None: a root of the tree).

    Attributes:
        code: official code (kommunkod, skolenhetskod, NEISPUO code) or the body's own; unique under the parent.
        slug: its part of the path; made from the code when empty.
        country: ISO 3166-1 alpha-2; taken from the parent when empty.
        pack: id of the jurisdiction pack (``se.compulsory``); empty where none applies or `curriculum` tells by period.
        parts: further official facts that documents show, e.g. (("province", "…"), ("district", "…")).
    """

    kind: UnitKind
    code: str
    name: str
    parent: UUID | None = None
    slug: str = ""
    country: str = ""
    form: Form = Form.NONE
    pack: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class UnitUpdate:
    """New values for a unit; None leaves a field as it is. The code and the path never change."""

    id: UUID
    name: str | None = None
    form: Form | None = None
    pack: str | None = None
    parts: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class UnitView:
    """A unit of the tree."""

    id: UUID
    kind: UnitKind
    code: str
    name: str
    path: str
    parent: UUID | None
    country: str
    form: Form
    pack: str
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class NewSchoolYear:
    """A school year of an authority, ``2025/2026``, both days included."""

    authority: UUID
    code: str
    starts: date
    ends: date
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewTerm:
    """A term of a school year: ``HT``, ``VT``, ``HK1``, ``HK2``, both days included."""

    school_year: UUID
    code: str
    starts: date
    ends: date
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class TermView:
    """A term with its school year."""

    id: UUID
    authority: UUID
    school_year: UUID
    school_year_code: str
    code: str
    starts: date
    ends: date

    @property
    def label(self) -> str:
        """`2025/2026 VT`."""
        return f"{self.school_year_code} {self.code}"


@dataclass(frozen=True, slots=True)
class SchoolYearView:
    """A school year of an authority with its terms in order of time."""

    id: UUID
    authority: UUID
    code: str
    starts: date
    ends: date
    terms: tuple[TermView, ...]


@dataclass(frozen=True, slots=True)
class NewGroup:
    """A group of a school in a school year.

    Attributes:
        code: ``9A``; unique in school and school year.
        subject: subject code (``MA``) of a teaching group.
        course: course code (``MATMAT01a``, ``DV1574``) of a teaching group.
        year_level: the pupils' school year where all have the same.
    """

    school: UUID
    school_year: UUID
    kind: GroupKind
    code: str
    name: str = ""
    subject: str = ""
    course: str = ""
    year_level: int | None = None
    slug: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class GroupUpdate:
    """New values for a group; None leaves a field as it is."""

    id: UUID
    name: str | None = None
    subject: str | None = None
    course: str | None = None
    year_level: int | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group. `path` is that of its school with the group's own part: the same in every school year."""

    id: UUID
    school: UUID
    school_year: UUID
    school_year_code: str
    kind: GroupKind
    code: str
    name: str
    subject: str
    course: str
    year_level: int | None
    path: str


@dataclass(frozen=True, slots=True)
class NewPost:
    """A role of a person at a unit from `starts` until `ends` (inclusive; None is open).

    Attributes:
        group: the class of a class teacher (needed), the group of a teacher (optional).
        subject: subject or course code that a teacher or examiner answers for; empty is all.
    """

    person: UUID
    unit: UUID
    role: Role
    starts: date
    ends: date | None = None
    group: UUID | None = None
    subject: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class PostView:
    """A post, with the path at which it gives powers: the group's where it has one, else the unit's."""

    id: UUID
    person: UUID
    unit: UUID
    group: UUID | None
    role: Role
    subject: str
    path: str
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class NewEnrolment:
    """A pupil's place in a school, or in a group of it, from `starts` until `ends` (inclusive; None is open)."""

    person: UUID
    school: UUID
    starts: date
    group: UUID | None = None
    ends: date | None = None
    year_level: int | None = None
    role: EnrolmentRole = EnrolmentRole.PUPIL
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentUpdate:
    """New values for an enrolment; None leaves a field as it is."""

    id: UUID
    starts: date | None = None
    ends: date | None = None
    year_level: int | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """An enrolment: ids alone, names come from `people.queries`."""

    id: UUID
    person: UUID
    school: UUID
    group: UUID | None
    year_level: int | None
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a pupil is on a day: school, class and year level (None where not enrolled or not told)."""

    person: UUID
    school: UUID
    school_path: str
    class_group: UUID | None
    class_code: str
    year_level: int | None


def check_period(starts: date, ends: date | None, *, field: str = "ends") -> None:
    """Raise `PeriodInvalid` (``schools.period.invalid``) when the end lies before the start."""
    if ends is not None and ends < starts:
        raise PeriodInvalid("The last day lies before the first.", field=field, starts=str(starts), ends=str(ends))


def overlap(a: tuple[date, date | None], b: tuple[date, date | None]) -> bool:
    """True when two periods (both days included; None is open) have a day in common."""
    return (b[1] is None or a[0] <= b[1]) and (a[1] is None or b[0] <= a[1])
