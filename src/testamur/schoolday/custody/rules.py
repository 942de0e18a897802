"""Purposes, kinds and states of look-ups, copies and transfers. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused

OPEN_FOR = timedelta(minutes=30)
"""A look-up ends by itself; who needs longer says why again."""
LEAST, MOST = 10, 400
"""Characters of a reason in words."""
GUESSES = 20
"""Numbers that lead to nobody, of one person in an hour; then the search rests."""


class SayWhy(Refused):
    """The reason in words is missing, too short or too long."""

    code = "custody.reason"


class NobodyFound(Refused):
    """Nobody of that number and date of birth is or was at the asker's place; which of it does not fit is not told."""

    code = "custody.nobody"


class TooMany(Refused):
    """So many look-ups led to nobody that the search rests for an hour."""

    code = "custody.too_many"


class LookUpEnded(Refused):
    """The look-up has ended: say again what it is for."""

    code = "custody.ended"


class NotForCopies(Refused):
    """Only an issued document about one pupil is copied; an extract is made of one that holds years."""

    code = "custody.copy.none"


class NoSuchYears(Refused):
    """An extract shows at least one of the document's own years."""

    code = "custody.copy.years"


class BookBusy(Refused):
    """Many copies of one book are given at the same moment."""

    code = "custody.copy.busy"


class TransferTaken(Refused):
    """A transfer of this pupil is under way already."""

    code = "custody.transfer.taken"


class TransferOver(Refused):
    """The transfer is not in a state in which this can be done."""

    code = "custody.transfer.over"


class NotAPupil(Refused):
    """The pupil is no pupil of the school that is to let go, or is one of the receiving school already."""

    code = "custody.transfer.not_a_pupil"


class DayOutside(Refused):
    """The last day lies before the pupil came, or more than a year away."""

    code = "custody.transfer.day"


class Purpose(StrEnum):
    """What a look-up is for."""

    COPY = "copy"
    TRANSFER = "transfer"
    CORRECTION = "correction"
    QUESTION = "question"
    INSPECTION = "inspection"
    AUTHORITY = "authority"
    OTHER = "other"


OPENLY_TOLD = frozenset({Purpose.COPY, Purpose.TRANSFER, Purpose.CORRECTION, Purpose.QUESTION})
"""Errands of the family itself: the person who was looked up reads these words. Others may concern an inquiry."""


class CopyKind(StrEnum):
    """A copy of all pages, or an extract of some years."""

    COPY = "copy"
    EXTRACT = "extract"


class AskedBy(StrEnum):
    """Who asked for a copy; nobody is named."""

    PUPIL = "pupil"
    GUARDIAN = "guardian"
    SCHOOL = "school"
    AUTHORITY = "authority"


class TransferState(StrEnum):
    """Where a transfer stands."""

    ASKED = "asked"
    RELEASED = "released"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_T = TransferState
TRANSITIONS: frozenset[tuple[TransferState, TransferState]] = frozenset(
    {
        (_T.ASKED, _T.RELEASED),
        (_T.ASKED, _T.REFUSED),
        (_T.ASKED, _T.WITHDRAWN),
        (_T.RELEASED, _T.ACCEPTED),
        (_T.RELEASED, _T.REFUSED),
        (_T.RELEASED, _T.WITHDRAWN),
    }
)
"""The one table; the migration makes the database's guard from it."""
UNDER_WAY = (TransferState.ASKED, TransferState.RELEASED)


@dataclass(frozen=True, slots=True)
class LookUpView:
    """One look-up. `path` is the place of whoever looks."""

    id: UUID
    person: UUID
    by: UUID
    path: str
    purpose: Purpose
    text: str
    opened_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class CopyView:
    """One line of the book of copies: `number` of `year` in the book of that `path`."""

    id: UUID
    path: str
    year: int
    number: int
    kind: CopyKind
    record: UUID
    pupil: UUID
    asked_by: AskedBy
    purpose: str
    years: tuple[str, ...]
    issued_by: UUID
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class TransferView:
    """A pupil on the way from one school to another. `last_day` is the last one at the former school."""

    id: UUID
    pupil: UUID
    sender: UUID
    receiver: UUID
    asked_by: UUID
    asked_at: datetime
    reason: str
    state: TransferState
    last_day: date | None
    why: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stay:
    """Days at one school in a row, in whatever classes; `gap` are the days since the stay before it."""

    school: UUID
    starts: date
    ends: date | None
    levels: tuple[int, ...]
    gap: int = 0


def said(text: str) -> str:
    """The reason as it is kept; raises SayWhy."""
    told = " ".join(text.split())
    if not LEAST <= len(told) <= MOST:
        raise SayWhy(f"Say why in {LEAST} to {MOST} characters.", field="text")
    return told


def stays(rows: list[tuple[UUID, date, date | None, int | None]]) -> tuple[Stay, ...]:
    """Enrolments (school, first day, last day, year level) as stays, oldest first; classes within one school join."""
    found: list[Stay] = []
    for school, starts, ends, level in sorted(rows, key=lambda row: (row[1], row[2] or date.max)):
        levels = () if level is None else (level,)
        last = found[-1] if found else None
        if (
            last is not None
            and last.school == school
            and (last.ends is None or starts <= last.ends + timedelta(days=1))
        ):
            until = None if last.ends is None or ends is None else max(last.ends, ends)
            found[-1] = Stay(school, last.starts, until, tuple(sorted({*last.levels, *levels})), last.gap)
            continue
        gap = 0 if last is None or last.ends is None else max(0, (starts - last.ends).days - 1)
        found.append(Stay(school, starts, ends, levels, gap))
    return tuple(found)
