"""Shapes that cross the door of this package: what is asked for, and what is shown. Pure; ids alone, no names."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from testamur.law.results import FinalGrade, ModuleResult
from testamur.law.scales import Scale
from testamur.schoolday.reporting.rules.states import How, ListKind, ListState, Reason, Source, Way


@dataclass(frozen=True, slots=True)
class NewList:
    """A list to open. `module` is None for a whole course. `exam` fills students, dates and anonymity from an exam."""

    unit: UUID
    course: UUID
    module: UUID | None = None
    occasion: UUID | None = None
    exam: UUID | None = None
    title: str = ""
    title_en: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody typed into one row, as typed; the empty text takes a value back, None leaves the field alone.

    Attributes:
        row: id of the row.
        value: the grade in any spelling that the pack reads.
        examined_on: ISO date (``2026-10-28``).
        points: points of the examination, a number with comma or point; optional (row B32).
        leaves: marked to leave at this save (row B40).
    """

    row: UUID
    value: str | None = None
    examined_on: str | None = None
    points: str | None = None
    leaves: bool | None = None


@dataclass(frozen=True, slots=True)
class Faulty:
    """One cell that was not saved: the row, the field (``value``, ``examined_on``, ``points``), what is accepted.

    Where a colleague was faster (``reporting.row.changed``): who wrote, when, and what stands (grade, date, points).
    """

    row: UUID
    field: str
    code: str
    message: str
    accepted: tuple[str, ...] = ()
    by: UUID | None = None
    at: datetime | None = None
    stands: tuple[str, str, str] = ("", "", "")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did. `faulty` cells keep their former value; all others are saved."""

    revision: int
    changed: int
    left: int
    faulty: tuple[Faulty, ...] = ()


class Severity(StrEnum):
    """Whether a remark of a check keeps a list from being sent."""

    STOP = "stop"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Check:
    """What a check found about one row (or, without one, about the list).

    Attributes:
        code: ``date_missing``, ``date_ahead``, ``date_before_course``, ``value_missing``, ``not_registered``,
            ``registered_later``, ``interrupted``, ``already_graded``, ``credited``, ``course_credited``,
            ``course_discontinued``, ``title_missing``, ``title_en_missing``, ``modules_missing``, ``final_differs``,
            ``empty_list``, ``still_anonymous``, ``paper_way``, ``not_examiner``, ``course_grade_stands``;
            ``stuck`` (a list) and ``refused`` (a row that was signed and not decided) with the ``code`` of why.
        found: facts for the sentence: ``date``, ``value``, ``modules`` …
    """

    code: str
    severity: Severity
    row: UUID | None = None
    found: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RowView:
    """One student of a list. `finished` and `final` are there in whole-course lists."""

    id: UUID
    person: UUID
    source: Source
    value: str
    examined_on: date | None
    points: str
    leaves: bool
    automatic: bool
    anonymous_code: str
    graded_by: UUID | None
    graded_at: datetime | None
    revision: int
    decision: UUID | None = None
    corrects: UUID | None = None
    before: str = ""
    finished: tuple[ModuleResult, ...] = ()
    final: FinalGrade | None = None


@dataclass(frozen=True, slots=True)
class ListHead:
    """A list without its rows."""

    id: UUID
    number: int
    kind: ListKind
    state: ListState
    unit: UUID
    path: str
    course: UUID
    course_code: str
    module: UUID | None
    module_code: str
    occasion: UUID | None
    exam: UUID | None
    scale: str
    degree_project: bool
    title: str
    title_en: str
    anonymous: bool
    reason: str
    revision: int
    made_by: UUID
    made_at: datetime
    examiner: UUID | None
    sent_by: UUID | None
    sent_at: datetime | None
    sent_sha256: str
    returned_at: datetime | None
    returned_by: UUID | None
    returned_why: str
    way: Way
    record: UUID | None
    prepared_at: datetime | None
    signed_at: datetime | None
    signed_method: str
    control_number: str
    entered_at: datetime | None
    rows: int = 0
    graded: int = 0


@dataclass(frozen=True, slots=True)
class CommentView:
    """A remark about a list or one row of it."""

    id: UUID
    row: UUID | None
    author: UUID
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class ListView:
    """A list as its page shows it. Rows come in no order: names, and so the order, are the reader's (`people`)."""

    head: ListHead
    scale: Scale
    rows: tuple[RowView, ...]
    checks: tuple[Check, ...]
    comments: tuple[CommentView, ...]
    graders: tuple[UUID, ...]
    examiners: tuple[UUID, ...]
    """Who may sign it: holders of a post as examiner for the course today."""

    @property
    def may_be_sent(self) -> bool:
        """Whether no check stops it."""
        return not any(check.severity is Severity.STOP for check in self.checks)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that changed since somebody last saw the list: what it was and what it is; None where there was none."""

    row: UUID
    person: UUID
    before: tuple[str, str, str] | None
    """Grade, date, points."""
    after: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class VersionView:
    """A frozen version of a list."""

    number: int
    reason: Reason
    sha256: str
    made_by: UUID
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """Somebody who is told when final grades can be set."""

    id: UUID
    person: UUID
    path: str
    course_code: str
    starts: date
    ends: date
    how: How
    made_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class OwnResult:
    """A student's own standing result."""

    decision: UUID
    course_code: str
    course_name: str
    course_name_en: str
    module_code: str
    module_name: str
    credits: Decimal
    scale: str
    value: str
    passed: bool
    examined_on: date
    decided_on: date
    points: str = ""
    certificate: UUID | None = None
    replaced: bool = False
    module_name_en: str = ""


@dataclass(frozen=True, slots=True)
class ProcessView:
    """A decision about how results are signed."""

    id: UUID
    path: str
    way: Way
    grade_from: date
    reference: str
    decided_by: UUID
    record: UUID | None
    made_at: datetime
    in_force_at: datetime | None


@dataclass(frozen=True, slots=True)
class PreferenceView:
    """How somebody likes to work with lists."""

    sort: str = "family"
    enter_moves: str = "down"
    mail_signed: bool = True
    mail_returned: bool = True


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a fetch brought: how many came in, were there already, could not be found; grades that were filled in."""

    added: int
    there: int
    unknown: tuple[str, ...] = ()
    filled: int = 0
    kept: int = 0
    """Grades that stand in the list and differ from what was fetched: they were left alone."""
    notes: tuple[str, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Incoming:
    """One student as a source names him or her; `value` and `points` where the source has a grade."""

    person: UUID
    value: str = ""
    examined_on: date | None = None
    points: str = ""
    anonymous_code: str = ""
