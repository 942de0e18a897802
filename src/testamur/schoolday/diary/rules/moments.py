"""Moments of the year at which pupils are assessed, and the sheet of a class at one of them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID, uuid5

from testamur.kernel.base.refused import NotFound
from testamur.law.diary import MarkKind, Proposal
from testamur.law.year import YearEnd
from testamur.register.schools.rules import TermView
from testamur.schoolday.diary.rules.marks import Column, Grid, kinds_of
from testamur.schoolday.diary.rules.rooms import Room


class NoMoments(NotFound):
    """The rules of the school know no moments at which a class is assessed as a whole."""

    code = "diary.moment.none"


class Part(StrEnum):
    """What stands on one sheet: columns of subjects, of qualities and competences, of facts."""

    SUBJECTS = "subjects"
    TRAITS = "traits"
    FACTS = "facts"


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment of a class's year. `code` stands in addresses: ``HK1-mid``, ``HK1``."""

    term: TermView
    occasion: str
    name: str

    @property
    def code(self) -> str:
        """The term's code, with the occasion where it is not the end."""
        return f"{self.term.code}-{self.occasion}" if self.occasion else self.term.code

    @property
    def day(self) -> date:
        """The day of its columns: the middle of the term, or its end."""
        if not self.occasion:
            return self.term.ends
        return self.term.starts + timedelta(days=(self.term.ends - self.term.starts).days // 2)


@dataclass(frozen=True, slots=True)
class MomentColumn:
    """A column that the moment has: what it is about, of which kind."""

    subject: str
    kind: MarkKind


@dataclass(frozen=True, slots=True)
class MomentSheet:
    """The sheet of a class at a moment.

    Attributes:
        grid: pupils and the columns that are there.
        absent: columns that nobody has opened yet.
        parts: the sheets that there are at that moment for the visitor.
        opens: the visitor may open what is absent.
    """

    grid: Grid
    moment: Moment
    moments: tuple[Moment, ...]
    part: Part
    parts: tuple[Part, ...]
    absent: tuple[MomentColumn, ...]
    opens: bool

    @property
    def columns(self) -> tuple[Column, ...]:
        """Those of the grid."""
        return self.grid.columns


def year_rules(room: Room) -> YearEnd:
    """What the law says about the year; raises `NoMoments` where it says nothing."""
    rules = room.pack.year_end
    if rules is None or room.level not in room.pack.year_levels:
        raise NoMoments("The rules of this school know no such moments.", group=str(room.group.id))
    return rules


def moments_of(room: Room) -> tuple[Moment, ...]:
    """The moments of the class's school year, in order; terms that the school does not keep are left out."""
    terms = {one.code: one for one in room.year.terms}
    return tuple(Moment(terms[o.term], o.code, o.name) for o in room.pack.occasions if o.term in terms)


def moment_of(room: Room, code: str) -> Moment:
    """The moment of that code; raises NotFound."""
    found = next((one for one in moments_of(room) if one.code == code), None)
    if found is None:
        raise NotFound("There is no such moment in this school year.", moment=code[:20])
    return found


def at(moments: Collection[Moment], on: date) -> Moment | None:
    """The moment that a day is about: the next one in a term that has begun, else the last."""
    ordered = sorted(moments, key=lambda one: one.day)
    return next((one for one in ordered if one.day >= on), ordered[-1] if ordered else None)


def columns_of(
    room: Room, moment: Moment, taught: Collection[str], part: Part | None = None
) -> tuple[MomentColumn, ...]:
    """The columns of a moment in the order of the law: by subject, then qualities and competences, then facts."""
    last = moment.term.id == room.year.terms[-1].id
    subjects = year_rules(room).subjects(room.level, taught)
    kinds = [
        kind
        for kind in kinds_of(room, moment.day)
        if kind.decides and kind.occasion == moment.occasion and (kind.closes != "year" or last)
    ]
    found = [
        (Part.SUBJECTS, MomentColumn(code, kind))
        for code in subjects
        for kind in kinds
        if not kind.whole and (not kind.subjects or code in kind.subjects)
    ]
    found += [
        (Part.FACTS if kind.closes == "year" else Part.TRAITS, MomentColumn(code, kind))
        for kind in kinds
        if kind.whole
        for code in kind.subjects
    ]
    return tuple(column for of, column in found if part in {None, of})


def column_id(group: UUID, moment: Moment, column: MomentColumn, former: int) -> UUID:
    """The id of the one column of that kind at that moment, so that two who open it in one moment make one.

    `former`: how many such columns were taken out of the grid before.
    """
    return uuid5(group, f"{moment.code} {column.subject} {column.kind.code} {former}")


@dataclass(frozen=True, slots=True)
class Missed:
    """A lesson that a pupil was absent from."""

    on: date
    excused: bool


def days_absent(missed: Iterable[Missed], lessons: Mapping[date, int]) -> tuple[Decimal, Decimal]:
    """Days absent with and without permission: a day with every lesson missed is one, a part of a day is a half.

    A day counts as with permission when all that was missed on it was excused.
    """
    days: dict[date, list[bool]] = {}
    for one in missed:
        days.setdefault(one.on, []).append(one.excused)
    told = {True: Decimal(0), False: Decimal(0)}
    for on, excused in days.items():
        told[all(excused)] += Decimal(1) if len(excused) >= lessons.get(on, 0) else Decimal("0.5")
    return told[True], told[False]


def proposals(days: tuple[Decimal, Decimal], columns: Iterable[Column]) -> dict[UUID, Proposal]:
    """What the attendance speaks for, by column."""
    found = {}
    for column in columns:
        counts = column.kind.counts if column.kind is not None else ""
        if counts:
            value = days[0] if counts == "excused" else days[1]
            found[column.task.id] = Proposal(f"{value.normalize():f}", "")
    return found
