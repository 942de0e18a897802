"""What a report is about: the school, its rules, the year or term, the classes and who is in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.contract import Pack
from testamur.law.diary import MarkKind
from testamur.law.tables import PACKS
from testamur.register.people.queries import chunks
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView, SchoolYearView, TermView, UnitView
from testamur.schoolday.diary.models import Absence, Remark
from testamur.schoolday.diary.queries.reports import counting
from testamur.schoolday.diary.rules.reports import Material, NoReport, Scale, Sort, scale_of

SEE = "diary.report.see"
PUPILS = "diary.report.pupils"
CLASS = "diary.class.report"
"""Figures at all; pupil by pupil; a whole class and not only the subjects that one teaches in it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is asked for: the school year (of today when empty), one of its terms (all when empty), which marks."""

    year: str = ""
    term: str = ""
    sort: Sort = Sort.DAY


@dataclass(frozen=True)
class Frame:
    """The frame of a report.

    Attributes:
        years: every school year, in order of time; `year` the one of the report, `term` one of its terms or None.
        classes: the classes of that year, in order of year level and code.
        sees: the viewer may see pupils one by one, so nothing is hidden for being small.
    """

    school: UnitView
    pack: Pack
    years: tuple[SchoolYearView, ...]
    year: SchoolYearView
    term: TermView | None
    sort: Sort
    classes: tuple[GroupView, ...]
    on: date
    sees: bool

    @property
    def period(self) -> tuple[date, date]:
        """First and last day."""
        of = self.term or self.year
        return of.starts, of.ends

    @property
    def last(self) -> date:
        """The last day of the period that is not to come."""
        return min(max(self.on, self.period[0]), self.period[1])

    @cached_property
    def kinds(self) -> tuple[MarkKind, ...]:
        """The kinds of mark of every year level that the classes have."""
        levels = sorted({one.year_level or 0 for one in self.classes})
        return tuple(kind for level in levels for kind in self.pack.diary.mark_kinds(level, self.last))

    @cached_property
    def scale(self) -> Scale:
        """The scale of the chosen sort of marks."""
        return scale_of(self.kinds, self.sort)

    @cached_property
    def sorts(self) -> tuple[Sort, ...]:
        """The sorts of marks that there are here."""
        return tuple(sort for sort in Sort if any(kind.closes == sort.value for kind in self.kinds))

    @cached_property
    def failing(self) -> frozenset[str]:
        """The values that fail when they close a term or year."""
        return scale_of(self.kinds, Sort.TERM).failing | scale_of(self.kinds, Sort.YEAR).failing

    @cached_property
    def terms(self) -> list[UUID]:
        """The terms whose marks count."""
        return [self.term.id] if self.term else [term.id for term in self.year.terms]

    @cached_property
    def members(self) -> Mapping[UUID, tuple[UUID, ...]]:
        """Class → its pupils of the period; who moved stands in the latest class. One query."""
        first, last = self.period
        stays = schools.stays(groups=[one.id for one in self.classes], first=first, last=last)
        at: dict[UUID, tuple[date, UUID]] = {}
        for group, rows in stays.items():
            for row in rows:
                if row.person not in at or at[row.person][0] < row.starts:
                    at[row.person] = (row.starts, group)
        found: dict[UUID, list[UUID]] = {one.id: [] for one in self.classes}
        for pupil, (_since, group) in at.items():
            found[group].append(pupil)
        return {group: tuple(pupils) for group, pupils in found.items()}

    def subject(self, code: str) -> str:
        """What a subject is called in the language of the law."""
        return next((one.name for one in self.pack.subjects if one.code == code), code)


def frame_of(*, by: Actor, school: UUID, on: date, choice: Choice, group: GroupView | None = None) -> Frame:
    """The frame of a school, of the year of `group` where given; asks for no permission. NotFound, `NoReport`."""
    found = schools.unit(school)
    if found is None:
        raise NotFound("There is no such school.", school=str(school))
    way = schools.units_above(found.path)
    pack = PACKS.get(schools.pack_among(way, on=on))
    years = next((some for unit in (*way[:1], *reversed(way)) if (some := schools.school_years(unit.id))), ())
    year = _year(years, on, choice.year, group)
    if pack is None or year is None:
        raise NoReport("There is no school year or no pack at this school.", school=str(school))
    sees = by.may(PUPILS, found.path)
    term = next((one for one in year.terms if one.code == choice.term), None) if sees or group else None
    classes = schools.groups(school=found.id, school_year=year.id, kind=GroupKind.CLASS)
    ordered = tuple(sorted(classes, key=lambda one: (one.year_level or 0, one.code)))
    return Frame(found, pack, years, year, term, choice.sort, ordered, on, sees)


def material(
    frame: Frame,
    *,
    pupils: Collection[UUID] | None = None,
    group: UUID | None = None,
    subjects: Collection[str] | None = None,
) -> Material:
    """What the figures are made from: three queries for a school (or for those pupils, group or subjects)."""
    first, last = frame.period
    marks = counting.standing().filter(task__school=frame.school.id, task__term__in=frame.terms)
    missed = Absence.objects.filter(school=frame.school.id, on__range=(first, last))
    noted = Remark.objects.filter(school=frame.school.id, on__range=(first, last))
    if subjects is not None:
        marks = marks.filter(task__subject__in=subjects)
        missed, noted = missed.filter(subject__in=subjects), noted.filter(subject__in=subjects)
    if group is not None:
        marks, missed, noted = marks.filter(task__group=group), missed.filter(group=group), noted.filter(group=group)
    parts: list[Sequence[UUID] | None] = [None] if pupils is None else list(chunks(pupils))
    found = Material(frame.scale, frame.pack.diary, {}, {}, {})
    all_marks, all_missed, all_noted = dict(found.marks), dict(found.missed), dict(found.noted)
    for part in parts:
        some = (marks, missed, noted)
        if part is not None:
            some = (marks.filter(pupil__in=part), missed.filter(pupil__in=part), noted.filter(pupil__in=part))
        all_marks |= counting.marks_by(some[0], "pupil_id", scale=frame.scale, sort=frame.sort, last=frame.last)
        all_missed |= counting.missed_by_pupil(some[1])
        all_noted |= counting.noted_by_pupil(some[2])
    return Material(frame.scale, frame.pack.diary, all_marks, all_missed, all_noted)


def _year(years: Sequence[SchoolYearView], on: date, code: str, group: GroupView | None) -> SchoolYearView | None:
    if group is not None:
        return next((one for one in years if one.id == group.school_year), None)
    told = next((one for one in years if one.code == code), None)
    begun = [one for one in years if one.starts <= on] or list(years[:1])
    return told or (begun[-1] if begun else None)
