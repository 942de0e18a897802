"""Loading marks: columns of the grid are found or made, marks entered, nothing written over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from testamur.exchange.connectors.diary.core import Job, Known, Row, RowRefused, digest, ids_in, natural
from testamur.exchange.connectors.diary.words import MARK_KINDS, TERMS, loose, meaning, yes_no
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.law.diary import MarkKind
from testamur.register.schools.rules import TermView
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.queries import rooms
from testamur.schoolday.diary.queries.standing import known_marks
from testamur.schoolday.diary.rules.marks import COMMENT, TITLE, Entry, State, check_weight, kinds_for
from testamur.schoolday.diary.rules.rooms import Room

MARK, TASK = "diary.mark", "diary.task"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the grid: where a mark belongs. `term` only where the kind closes a period."""

    group: UUID
    subject: str
    kind: str
    on: date
    term: UUID | None
    title: str
    twin: int
    weight: Decimal | None = None
    hidden: bool = False

    @property
    def key(self) -> str:
        """What it is, wherever it is told."""
        return natural(self.group, self.subject, self.kind, self.term or self.on, self.title, self.twin)


def load(job: Job, rows: Sequence[Row]) -> None:
    """Load some rows: each stands or falls alone."""
    places: dict[str, tuple[Column, Entry]] = {}
    known: list[Known] = []
    for row in rows:
        try:
            one, column, entry = _read(job, row)
        except NotAllowed:
            raise
        except Refused as no:
            job.refuse(row, no)
            continue
        places.setdefault(one.key, (column, entry))
        known.append(one)
    by_column: dict[Column, list[tuple[Known, Entry]]] = defaultdict(list)
    fresh = job.split(MARK, known)
    own = known_marks(ids=ids_in(one.row["key"] for one in fresh))
    for one in fresh:
        if one.row["key"] in own:  # an export of this very diary
            job.counts[job.kind, "unchanged"] += 1
            continue
        column, entry = places[one.key]
        by_column[column].append((one, entry))
    there = job.things(TASK, [column.key for column in by_column])
    for column in sorted(by_column, key=lambda c: (str(c.group), c.subject, c.on, c.kind, c.title, c.twin)):
        _enter(job, column, there.get(column.key), by_column[column])


def _read(job: Job, row: Row) -> tuple[Known, Column, Entry]:
    pupil = job.pupil(row)
    told = job.day(row, needed=False)
    on = told or job.now.date()
    group = job.group(row, pupil, on)
    room = rooms.room(group=group.id, on=job.now.date())
    subject = job.subject(row, group)
    if not subject:
        raise RowRefused("import.subject.unknown", "subject", "", "the row names no subject")
    kind = _kind(job, row, room, subject, on)
    term = _term(job, row, room, on, told=told is not None) if kind.closes else None
    if told is None:
        if term is None:
            raise RowRefused("import.date.invalid", "date", "", "a mark needs its day; only those of a term have none")
        on = min(term.ends, room.year.terms[-1].ends)
    value = job.cell(row, "value")
    if not value:
        raise RowRefused("import.mark.empty", "value", "", "there is no mark in the row")
    room.pack.diary.normalise_mark(kind.code, value, room.level, on)  # a row that is refused makes no column
    if len(row["comment"]) > COMMENT:
        job.note(row, "comment", row["comment"], f"cut after {COMMENT} characters", "import.text.cut")
    title = "" if kind.closes else " ".join(row["title"].split())[:TITLE]
    comment = row["comment"][:COMMENT]
    column = Column(group.id, subject, kind.code, on, term.id if term else None, title, 0)
    if not kind.closes:  # a second mark of the same day and kind stands in a column of its own
        column = replace(column, twin=job.twin(natural(pupil, column.key)))
    own = row["key"] or column.twin
    key = natural(pupil, replace(column, twin=0).key, own)
    if not kind.closes:
        column = replace(column, weight=_weight(row), hidden=yes_no(row["hidden"]) is True)
    return Known(row, key, digest(value, comment)), column, Entry(pupil, value, comment)


def _weight(row: Row) -> Decimal | None:
    text = row["weight"].replace(",", ".")
    if not text:
        return None
    try:
        return check_weight(Decimal(text))
    except (ArithmeticError, Refused):
        raise RowRefused("diary.task.weight", "weight", text, "a weight is a number from 0 to 100") from None


def _kind(job: Job, row: Row, room: Room, subject: str, on: date) -> MarkKind:
    kinds = kinds_for(room, subject, on)
    text = job.cell(row, "kind")
    if not text:
        daily = next((one for one in kinds if not one.closes), None)
        if daily is None:
            raise RowRefused("import.mark.kind", "kind", "", f"say of which kind; accepted: {_names(kinds)}")
        job.note_once(row, "kind", f"no kind told: loaded as {daily.name}", "import.mark.kind_assumed")
        return daily
    plain = loose(text)
    code = meaning(text, MARK_KINDS)
    found = [one for one in kinds if plain in {loose(one.code), loose(one.name)}] or [
        k for k in kinds if k.code == code
    ]
    if len(found) != 1:
        raise RowRefused("import.mark.kind", "kind", text, f"no such kind of mark; accepted: {_names(kinds)}")
    return found[0]


def _names(kinds: Sequence[MarkKind]) -> str:
    return ", ".join(f"{one.code} ({one.name})" for one in kinds)


def _term(job: Job, row: Row, room: Room, on: date, *, told: bool) -> TermView:
    """The term that a mark closes: named, else that of its day."""
    text = job.cell(row, "term")
    terms = {one.code: one for one in room.year.terms}
    code = meaning(text, {code: TERMS.get(code, ()) for code in terms}) if text else ""
    if code:
        return terms[code]
    within = next((one for one in room.year.terms if one.starts <= on <= one.ends), None)
    if text or not told or within is None:
        accepted = ", ".join(terms)
        raise RowRefused("import.term.unknown", "term", text, f"say which term the mark closes; accepted: {accepted}")
    return within


def _enter(job: Job, column: Column, task: UUID | None, some: Sequence[tuple[Known, Entry]]) -> None:
    """Enter the marks of one column; what its own cell says decides about each."""
    try:
        task = task or job.made.get((TASK, column.key)) or _made(job, column)
        outcomes = diary.enter_marks(by=job.by, task=task, entries=[entry for _one, entry in some], now=job.now)
    except NotAllowed:
        raise
    except Refused as no:
        for one, _entry in some:
            job.refuse(one.row, no)
        return
    stored: list[tuple[Known, UUID]] = []
    stood: list[tuple[Known, UUID]] = []
    for (one, entry), outcome in zip(some, outcomes, strict=True):
        if outcome.state is State.REFUSED:
            accepted = ", ".join(outcome.accepted)
            more = f" Accepted: {accepted}." if accepted and accepted not in outcome.message else ""
            job.refuse(one.row, RowRefused(outcome.code, "value", entry.value, f"{outcome.message}{more}"))
        elif outcome.state is State.CONFLICT:
            job.differs(one.row, f"{entry.value}, here {outcome.value}")
        elif outcome.mark is not None:
            (stored if outcome.state is State.STORED else stood).append((one, outcome.mark))
    job.remember(MARK, stored)
    job.remember(MARK, stood, "unchanged")


def _made(job: Job, column: Column) -> UUID:
    if column.term is not None:
        task = diary.ensure_closing(
            by=job.by, group=column.group, subject=column.subject, term=column.term, kind=column.kind, now=job.now
        )
    else:
        task = diary.add_task(
            by=job.by, group=column.group, subject=column.subject, kind=column.kind, on=column.on, title=column.title,
            weight=column.weight, hidden=column.hidden, now=job.now,
        )  # fmt: skip
    job.made[TASK, column.key] = task
    job.keep(TASK, [(column.key, task, digest(task))])
    return task
