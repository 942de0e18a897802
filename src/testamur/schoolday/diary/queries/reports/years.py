"""A school over its terms and years, and the schools of a body side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from testamur.kernel.base.actor import Actor
from testamur.law.contract import Pack
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import SchoolYearView, TermView, UnitKind, UnitView
from testamur.schoolday.diary.models import Absence, Mark
from testamur.schoolday.diary.queries.reports import counting
from testamur.schoolday.diary.queries.reports.frame import SEE, Choice, Frame, frame_of
from testamur.schoolday.diary.rules.reports import (
    FEWEST,
    Marks,
    Missed,
    Scale,
    Sort,
    counted,
    failures,
    rounded,
    scale_of,
)
from testamur.schoolday.diary.rules.states import AbsenceKind

MOST_YEARS = 5
_LEVELS = range(14)


@dataclass(frozen=True, slots=True)
class TermLine:
    """A school in one term: marks of each value, their mean, absences. `hidden`: of too few pupils to be told."""

    term: TermView
    marks: int
    counts: tuple[int, ...]
    mean: Decimal | None
    failing: int
    missed: Missed
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One school of a body in a school year, as `TermLine`; values are those of its own scale."""

    school: UnitView
    pupils: int
    scale: Scale
    marks: int
    counts: tuple[int, ...]
    mean: Decimal | None
    failing: int
    missed: Missed
    hidden: bool = False


def years_report(*, by: Actor, school: UUID, on: date, choice: Choice) -> tuple[Frame, tuple[TermLine, ...]]:
    """A school's last five years term by term. Needs ``diary.report.see`` at the school. Two queries for all terms.

    The sort of marks that closes a term (or, without such, a year) counts unless another is asked for.
    """
    frame = frame_of(by=by, school=school, on=on, choice=replace(choice, term=""))
    by.must(SEE, frame.school.path)
    upto = [one for one in frame.years if one.starts <= frame.year.starts][-MOST_YEARS:]
    terms = [term for year in upto for term in year.terms if term.starts <= on]
    rows = counting.standing().filter(task__school=school, task__term__in=[term.id for term in terms])
    found = counting.marks_by(rows, "task__term_id", scale=frame.scale, sort=frame.sort, last=frame.last)
    few: frozenset[UUID] = frozenset()
    if not frame.sees:
        few = _few(terms, _marked(rows.filter(task__closes=frame.sort.value), "task__term_id"), frame, on)
    missed = _missed(school, terms)
    lines = []
    for term in terms:
        counts, mean = _together(frame.scale, found.get(term.id, ()))
        if term.id in few:
            lines.append(TermLine(term, 0, (), None, 0, Missed(), hidden=True))
            continue
        bad = failures(frame.scale, counts)
        lines.append(TermLine(term, sum(counts), counts, mean, bad, missed[term.id]))
    return frame, tuple(lines)


def schools_report(*, by: Actor, path: str, on: date, year: str = "", sort: Sort = Sort.DAY) -> tuple[SchoolLine, ...]:
    """The schools at or below `path` side by side, in path order, in a school year (of today when empty).

    Schools for which `by` has no ``diary.report.see`` are left out. The figures of fewer than five pupils are hidden.
    """
    units = [u for u in schools.units_under(path, kind=UnitKind.SCHOOL) if by.may(SEE, u.path)]
    ways = schools.ways([unit.path for unit in units])
    packs = schools.packs_at(ways, on=on)
    years = {way[0].id: schools.school_years(way[0].id) for way in {w[0].id: w for w in ways.values() if w}.values()}
    chosen = {body: _year_of(some, on, year) for body, some in years.items()}
    periods = [one for one in chosen.values() if one is not None]
    if not periods:
        return ()
    first, last = min(one.starts for one in periods), max(one.ends for one in periods)
    pupils = schools.pupil_counts(path=path, on=min(on, last))
    terms = [term.id for one in periods for term in one.terms]
    missed = counting.missed_by_school(
        Absence.objects.filter(school__in=[u.id for u in units], on__range=(first, last))
    )
    lines: dict[UUID, SchoolLine] = {}
    for pack_id in sorted({packs[unit.path] for unit in units} & set(PACKS)):
        mine = [unit for unit in units if packs[unit.path] == pack_id]
        scale = _scale(PACKS[pack_id], sort, min(max(on, first), last))
        rows = counting.standing().filter(task__school__in=[u.id for u in mine], task__term__in=terms)
        found = counting.marks_by(rows, "task__school_id", scale=scale, sort=sort, last=last)
        told = _marked(rows.filter(task__closes=sort.value), "task__school_id")
        for unit in mine:
            lines[unit.id] = _school(unit, pupils.get(unit.id, 0), scale, found.get(unit.id, ()),
                                     missed.get(unit.id, Missed()), told.get(unit.id, 0))  # fmt: skip
    return tuple(lines[unit.id] for unit in units if unit.id in lines)


def _together(scale: Scale, marks: Sequence[Marks]) -> tuple[tuple[int, ...], Decimal | None]:
    """How many of each value, and the mean of all marks that count."""
    weight = sum((one.weight for one in marks), Decimal(0))
    total = sum((one.total for one in marks), Decimal(0))
    return counted(scale, marks), rounded(total / weight) if weight else None


def _marked(rows: QuerySet[Mark], key: str) -> dict[UUID, int]:
    """How many pupils have a mark, by `key`. One query."""
    some = rows.order_by(key).values(key).annotate(pupils=Count("pupil", distinct=True))
    return dict(some.values_list(key, "pupils"))


def _few(terms: Sequence[TermView], marked: Mapping[UUID, int], frame: Frame, on: date) -> frozenset[UUID]:
    """The terms of every year of which one term has marks of too few pupils: it would follow from the others.

    Where nobody has such a mark, absences are told all the same: then the pupils who go there are counted.
    """
    sizes = {term.id: marked.get(term.id, 0) or _going(frame, min(term.ends, on)) for term in terms}
    bad = {term.school_year for term in terms if 0 < sizes[term.id] < FEWEST}
    return frozenset(term.id for term in terms if term.school_year in bad)


def _going(frame: Frame, on: date) -> int:
    return schools.pupil_counts(path=frame.school.path, on=on).get(frame.school.id, 0)


def _missed(school: UUID, terms: Sequence[TermView]) -> dict[UUID, Missed]:
    """The absences of each term, in one query."""
    if not terms:
        return {}
    asked: dict[str, Any] = {}
    for place, term in enumerate(terms):
        within = Q(on__range=(term.starts, term.ends))
        asked |= {
            f"yes{place}": Sum("weight", filter=within & Q(excused=True)),
            f"no{place}": Sum("weight", filter=within & Q(excused=False)),
            f"open{place}": Sum("weight", filter=within & Q(excused__isnull=True)),
            f"late{place}": Count("id", filter=within & Q(kind=AbsenceKind.LATE)),
        }
    period = (terms[0].starts, max(term.ends for term in terms))
    row = Absence.objects.filter(school=school, on__range=period, void=False).aggregate(**asked)
    zero = Decimal(0)
    return {
        term.id: Missed(row[f"yes{n}"] or zero, row[f"no{n}"] or zero, row[f"open{n}"] or zero, row[f"late{n}"])
        for n, term in enumerate(terms)
    }


def _school(
    unit: UnitView, pupils: int, scale: Scale, marks: Sequence[Marks], missed: Missed, marked: int
) -> SchoolLine:
    if 0 < pupils < FEWEST or 0 < marked < FEWEST:
        return SchoolLine(unit, 0, scale, 0, (), None, 0, Missed(), hidden=True)
    counts, mean = _together(scale, marks)
    return SchoolLine(unit, pupils, scale, sum(counts), counts, mean, failures(scale, counts), missed)


def _scale(pack: Pack, sort: Sort, on: date) -> Scale:
    return scale_of((kind for level in _LEVELS for kind in pack.diary.mark_kinds(level, on)), sort)


def _year_of(years: Sequence[SchoolYearView], on: date, code: str) -> SchoolYearView | None:
    begun = [one for one in years if one.starts <= on] or list(years[:1])
    return next((one for one in years if one.code == code), begun[-1] if begun else None)
