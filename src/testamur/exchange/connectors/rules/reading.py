"""Defects, options, digests and what a format is. Pure."""

from __future__ import annotations

import dataclasses
import hashlib
import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Protocol

from testamur.exchange.connectors.rules.rows import (
    CourseRow,
    EnrolmentRow,
    GroupRow,
    GuardianRow,
    HolidayRow,
    IncomingDocument,
    MarkRow,
    MembershipRow,
    PersonRow,
    Row,
    SessionRow,
    TimetableRow,
    UnitRow,
)
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
        vanishing: ``allow`` lets many lessons end that a timetable no longer has; empty: stop there.
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
    vanishing: str = ""
    today: date = date.max


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
        TimetableRow,
        HolidayRow,
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
