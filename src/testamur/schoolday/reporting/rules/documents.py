"""Shapes of what a sent list becomes, and what its documents say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.contract import Period
from testamur.schoolday.reporting.rules.states import ListKind, ListState, Way
from testamur.schoolday.reporting.rules.views import ListHead

MODULE, COURSE = "module", "course"
"""Kinds of decision."""
EXAMINER = "examiner"
"""The role in which results are decided and signed."""
_AUTUMN = 7
"""Month with which an academic year and its autumn term begin, as the registry counts half years [M]."""


class ListAltered(Refused):
    """A sent list is not what was sent, or what was signed is not: somebody got past verbs and guards."""

    code = "reporting.list.altered"


class NotPrepared(Refused):
    """The documents of a sent list are not made yet."""

    code = "reporting.list.not_prepared"


class BeingSigned(Refused):
    """Somebody is just signing the list, or has signed it."""

    code = "reporting.list.being_signed"


class SignedWithList(Refused):
    """The document belongs to a result list: it is signed with it, on the page of the list."""

    code = "reporting.list.signed_whole"


class WayOfPaper(Refused):
    """The list goes another way: by hand or electronically."""

    code = "reporting.list.other_way"


class NobodySigns(Refused):
    """The examiner (or head) has no number by which an electronic signature could be compared."""

    code = "reporting.documents.nobody_signs"


class Elsewhere(Refused):
    """Another list holds a result of the same student, module and day that waits for its signature or has it."""

    code = "reporting.row.elsewhere"


class FormerNotPublished(Refused):
    """The certificate that a correction takes the place of is on its way still: a moment later it can be replaced."""

    code = "reporting.certificate.not_published"


def code_of(course_code: str, module_code: str = "") -> str:
    """The code under which a grade becomes a decision: ``DV1574/1405``, or ``DV1574`` for a whole course."""
    return f"{course_code}/{module_code}" if module_code else course_code


def period_of(examined_on: date) -> Period:
    """The academic year and term of a day of examination; the period of a decision is that one day."""
    autumn = examined_on.month >= _AUTUMN
    first = examined_on.year if autumn else examined_on.year - 1
    return Period(f"{first}/{first + 1}", "HT" if autumn else "VT", examined_on, examined_on)


def certificate_period(code: str, examined_on: str) -> str:
    """What tells the certificates of one student apart: ``DV1574/1405 2026-10-28``.

    No two records that count are about the same student and bear the same: so no two lists can have the same result
    signed.
    """
    return f"{code} {examined_on}"


@dataclass(frozen=True, slots=True)
class SignedRow:
    """A row that became a decision. `corrects` is the decision that it took the place of."""

    row: UUID
    person: UUID
    value: str
    examined_on: date
    points: str
    decision: UUID
    certificate: UUID | None
    corrects: UUID | None
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class SignedList:
    """A signed list for the registry. `examiner` decided; `method` is how it was signed (``bankid``, ``sms`` …)."""

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
    scale: str
    title: str
    title_en: str
    reason: str
    examiner: UUID
    signed_at: datetime
    method: str
    control_number: str
    sent_sha256: str
    record: UUID | None
    rows: tuple[SignedRow, ...]


@dataclass(frozen=True, slots=True)
class ArchiveRow:
    """A line of the archive list. `refused`: the code with which the law kept it from becoming a decision."""

    person: UUID
    value: str
    examined_on: date
    points: str
    decision: UUID | None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveList:
    """What the printed archive list shows (rows B25, B36). Rows in no order: names are the reader's."""

    head: ListHead
    course_name: str
    course_name_en: str
    module_name: str
    control_number: str
    way: Way
    signature: str
    """How and by whom it was signed: ``electronic``, ``paper``; empty while it is not."""
    rows: tuple[ArchiveRow, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the documents of a list have come.

    Attributes:
        errors: codes of what keeps them from being made, or the signature from being taken in.
        signed: the examiner has signed; until the results are entered the list is still a sent one.
        published: how many are sealed, logged, archived and published.
    """

    done: int
    total: int
    ready: bool
    errors: tuple[str, ...] = ()
    signed: bool = False
    published: int = 0


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for the office.

    Attributes:
        unsigned: sent lists that nobody has signed for so many days, longest waiting first.
        on_paper: sent lists that are signed by hand.
        stuck: sent lists whose documents could not be made or whose signature could not be taken in.
        to_enter: signed and not entered, longest waiting first.
        undecided: signed lists with rows that the law refused meanwhile.
    """

    unsigned: tuple[ListHead, ...]
    on_paper: tuple[ListHead, ...]
    stuck: tuple[ListHead, ...]
    to_enter: tuple[ListHead, ...]
    undecided: tuple[ListHead, ...]
