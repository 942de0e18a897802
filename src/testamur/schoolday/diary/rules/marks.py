"""Marks and the columns they stand in: shapes, refusals, and what a teacher's entry comes to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.diary import MarkFact, MarkKind, Proposal
from testamur.register.people.rules import PersonView
from testamur.schoolday.diary.rules.rooms import Room

COMMENT = 400
"""Characters of a comment on a mark."""
TITLE = 120
"""Characters of a column's title."""
WHY = 5
"""Characters that a reason for taking out marks has at least."""


class KindUnknown(Refused):
    """The rules know no such kind of mark for that year level, subject and day, or it is not one to add."""

    code = "diary.mark.kind"


class TaskDayOutside(Refused):
    """The day of a column lies outside the school year of the group."""

    code = "diary.task.day"


class WeightInvalid(Refused):
    """A weight is a number from 0 to 100."""

    code = "diary.task.weight"


class TitleTooLong(Refused):
    """The title of a column is too long."""

    code = "diary.task.title"


class TaskRetired(Refused):
    """The column was taken out of the grid."""

    code = "diary.task.retired"


class TaskBusy(Refused):
    """A colleague wrote in the column in the very moment in which it was to be taken out."""

    code = "diary.task.busy"


class WhyNeeded(Refused):
    """Marks stand in the column: taking it out takes them back, and that needs a reason."""

    code = "diary.task.why"


class NotInGroup(Refused):
    """The pupil is not, and never was, in the group."""

    code = "diary.mark.not_in_group"


class CommentTooLong(Refused):
    """The comment is too long."""

    code = "diary.mark.comment"


class NothingToSay(Refused):
    """A comment stands with a mark; there is none."""

    code = "diary.mark.comment_alone"


class State(StrEnum):
    """What became of an entry."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    CONFLICT = "conflict"
    """Another mark stands than the one that was seen; nothing was written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a teacher writes for one pupil.

    Attributes:
        value: as typed; empty takes the mark back.
        seen: the mark that the teacher saw in the cell, None for an empty cell.
    """

    pupil: UUID
    value: str
    comment: str = ""
    seen: UUID | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one entry, and the mark that stands now.

    Attributes:
        mark: the mark that stands (stored, unchanged or, in a conflict, the other one); None for an empty cell.
        by, at: who wrote it and when; for stored ones too.
        code, message, accepted: why it was refused, and what would be taken.
    """

    pupil: UUID
    state: State
    mark: UUID | None = None
    value: str = ""
    comment: str = ""
    by: UUID | None = None
    at: datetime | None = None
    code: str = ""
    message: str = ""
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkCell:
    """The mark that stands for a pupil in a column; `changed`: another one stood there before."""

    id: UUID
    value: str
    comment: str
    by: UUID
    at: datetime
    changed: bool = False


@dataclass(frozen=True, slots=True)
class TaskView:
    """A column."""

    id: UUID
    school: UUID
    path: str
    group: UUID
    subject: str
    term: UUID
    kind: str
    closes: str
    title: str
    on: date
    weight: Decimal
    hidden: bool
    shown_at: datetime | None
    retired: bool


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the grid shows it: with the kind, the values that are taken, and whether it can be written in."""

    task: TaskView
    kind: MarkKind | None
    term: str
    readonly: bool

    @property
    def accepted(self) -> tuple[str, ...]:
        """The steps of the scale."""
        return () if self.kind is None else tuple(one.value for one in self.kind.scale.values)


@dataclass(frozen=True, slots=True)
class GridRow:
    """A pupil in the grid. `left`: the last day, where the pupil is no longer in the group."""

    pupil: PersonView
    left: date | None
    cells: Mapping[UUID, MarkCell]
    average: Decimal | None
    word: str
    proposals: Mapping[UUID, Proposal]


@dataclass(frozen=True, slots=True)
class Grid:
    """Pupils × columns of one group in one subject.

    Attributes:
        term: the term that is shown, None for the whole year.
        kinds: what can be added or ensured there today.
        latest: when something was last written in this subject; None before the first mark.
    """

    room: Room
    subject: str
    term: UUID | None
    kinds: tuple[MarkKind, ...]
    columns: tuple[Column, ...]
    rows: tuple[GridRow, ...]
    writable: bool
    latest: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a cell's history."""

    id: UUID
    value: str
    comment: str
    by: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class MarkView:
    """A mark that stands, with its column, as reports and families' pages need it."""

    id: UUID
    pupil: UUID
    task: TaskView
    school_year: UUID
    term: str
    value: str
    comment: str
    by: UUID
    at: datetime

    @property
    def fact(self) -> MarkFact:
        """As the rules of a pack see it."""
        return MarkFact(self.task.subject, self.task.kind, self.value, self.term, self.task.on, self.task.weight)


def kinds_for(room: Room, subject: str, on: date) -> tuple[MarkKind, ...]:
    """The kinds of mark that the subject has in that room on that day."""
    return tuple(kind for kind in kinds_of(room, on) if not kind.subjects or subject in kind.subjects)


def kinds_of(room: Room, on: date) -> tuple[MarkKind, ...]:
    """All kinds of that room and day: of subjects, then of pupils as a whole."""
    diary = room.pack.diary
    return (*diary.mark_kinds(room.level, on), *diary.class_kinds(room.level, on))


def kind_of(room: Room, subject: str, code: str, on: date) -> MarkKind:
    """That kind; raises `KindUnknown` (``diary.mark.kind``)."""
    found = kinds_for(room, subject, on)
    kind = next((one for one in found if one.code == code), None)
    if kind is None:
        raise KindUnknown(
            "There is no such kind of mark here.", field="kind", kind=code, accepted=", ".join(k.code for k in found)
        )
    return kind


def check_title(title: str) -> str:
    """The title, on one line; raises `TitleTooLong`."""
    text = " ".join(title.split())
    if len(text) > TITLE:
        raise TitleTooLong(f"A title has at most {TITLE} characters.", field="title")
    return text


def check_weight(weight: Decimal) -> Decimal:
    """The weight with two decimals; raises `WeightInvalid`."""
    if not weight.is_finite() or not 0 <= weight <= 100:  # noqa: PLR2004 - said in the sentence
        raise WeightInvalid("A weight is a number from 0 to 100.", field="weight")
    return weight.quantize(Decimal("0.01"))


def check_day(room: Room, on: date) -> None:
    """Raise `TaskDayOutside` for a day outside the group's school year."""
    if not room.year.starts <= on <= room.year.ends:
        raise TaskDayOutside(
            "The day lies outside the school year.", field="on", starts=str(room.year.starts), ends=str(room.year.ends)
        )


def term_of(room: Room, on: date) -> UUID:
    """The term that a column of that day belongs to: the latest that has begun, else the first one."""
    terms = room.year.terms
    begun = [term for term in terms if term.starts <= on] or list(terms[:1])
    return begun[-1].id if begun else room.the_term().id


def judge(entry: Entry, standing: MarkCell | None, value: str) -> State:
    """What an entry with that normal value comes to, given the mark that stands.

    A mark that was taken back is none: an empty cell may be written in, whether or not something stood there once.
    """
    stands = standing.value if standing is not None else ""
    if value == stands and (not value or entry.comment == (standing.comment if standing else "")):
        return State.UNCHANGED
    expected = standing.id if standing is not None else None
    if entry.seen == expected or (not stands and entry.seen is None):
        return State.STORED
    return State.CONFLICT


def conclude(
    room: Room, subject: str, columns: Sequence[TaskView], marks: Mapping[UUID, MarkCell], term: UUID | None
) -> tuple[Decimal | None, str, dict[UUID, Proposal]]:
    """One pupil's average in words and figures, and a proposal for each column that closes a period.

    `marks`: the pupil's marks by column, of the whole year; the average is that of the term (None: of the year).
    """
    diary, names = room.pack.diary, {one.id: one.code for one in room.year.terms}
    facts = {
        task.id: MarkFact(
            subject, task.kind, marks[task.id].value, names.get(task.term, ""), task.on, task.weight
        )
        for task in columns
        if task.id in marks and marks[task.id].value
    }  # fmt: skip
    of_term = {task.id for task in columns if term in {None, task.term}}
    average = diary.average([fact for key, fact in facts.items() if key in of_term])
    proposals = {}
    for task in columns:
        if task.closes:
            period = {one.id for one in columns if task.closes == "year" or one.term == task.term} - {task.id}
            found = diary.propose(task.kind, [fact for key, fact in facts.items() if key in period], room.level)
            if found is not None:
                proposals[task.id] = found
    return average, diary.word(average) if average is not None else "", proposals


def distribution(accepted: Iterable[str], values: Iterable[str]) -> dict[str, int]:
    """How many of each step there are, in the order of the scale; values beside it come last."""
    found = dict.fromkeys(accepted, 0)
    for value in values:
        found[value] = found.get(value, 0) + 1
    return found
