"""How complete the diary of a school is, and who is behind: a table of classes and subjects, then the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.queries import completeness as queries
from testamur.schoolday.diary.queries.completeness import Completeness
from testamur.schoolday.diary.rules.completeness import LONGEST, Filled
from testamur.surfaces.web.diary.about import names_of, subject_names
from testamur.surfaces.web.diary.moments import a_day, here
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

PERIOD = timedelta(days=27)
BANDS = ((100, 4), (90, 3), (70, 2), (40, 1), (0, 0))
"""Percent from which a cell of the table has that shade."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A class in a subject; `percent` None where there is nothing to register."""

    percent: int | None
    band: int
    behind: int
    due: int


@dataclass(frozen=True, slots=True)
class Line:
    """A row of numbers."""

    of: Filled
    code: str
    subject: str
    teacher: str

    @property
    def in_time(self) -> int | None:
        """Of the registered lessons, those in time, in a hundred."""
        return 100 * self.of.in_time // self.of.taken if self.of.taken else None


@dataclass(frozen=True, slots=True)
class Teacher:
    """What a teacher has still to register."""

    name: str
    due: int
    behind: int
    other_day: int
    topics: int


@require_GET
@door("diary.home", Area.STAFF, Area.OFFICE)
def completeness(request: WebRequest) -> HttpResponse:
    """The last four weeks until yesterday, or a period that is asked for."""
    visitor, place = request.visitor, place_of(request)
    yesterday = here(visitor).date() - timedelta(days=1)
    last = a_day(request.GET.get("last", "")) or yesterday
    first = a_day(request.GET.get("first", "")) or last - PERIOD
    first = min(max(first, last - LONGEST), last)
    found = queries.completeness(
        by=visitor.actor, school=place.one.id, first=first, last=last, zone=timezone.get_current_timezone()
    )
    names = names_of(visitor, {row.teacher for row in found.rows if row.teacher is not None})
    pack = PACKS.get(schools.pack_of(place.one.id, on=last))
    subjects = subject_names(pack) if pack is not None else {}
    lines = [_line(found, row, names, subjects) for row in found.rows if row.planned or row.taken]
    columns = list(dict.fromkeys(line.subject for line in sorted(lines, key=lambda line: line.subject)))
    return page(
        request,
        "web/diary/completeness.html",
        place=place,
        chosen_school=place.one.id,
        first=first,
        last=last,
        columns=columns,
        table=_table(lines, columns),
        lines=sorted(lines, key=lambda line: (-line.of.behind, line.code, line.subject)),
        teachers=_teachers(lines),
        due=sum(line.of.due for line in lines),
        behind=sum(line.of.behind for line in lines),
        taken=sum(line.of.taken for line in lines),
        in_time=sum(line.of.in_time for line in lines),
    )


def _line(found: Completeness, row: Filled, names: dict[UUID, str], subjects: dict[str, str]) -> Line:
    teacher = names.get(row.teacher, "") if row.teacher is not None else ""
    return Line(row, found.groups[row.group].code, subjects.get(row.subject, row.subject), teacher)


def _table(lines: Iterable[Line], columns: list[str]) -> list[tuple[str, list[Cell]]]:
    sums: dict[str, dict[str, list[Filled]]] = {}
    for line in lines:
        sums.setdefault(line.code, {}).setdefault(line.subject, []).append(line.of)
    return [(code, [_cell(row.get(column, [])) for column in columns]) for code, row in sorted(sums.items())]


def _cell(some: list[Filled]) -> Cell:
    due, behind = sum(one.due for one in some), sum(one.behind for one in some)
    if not due:
        return Cell(None, 0, 0, 0)
    percent = 100 * (due - behind) // due
    return Cell(percent, next(band for least, band in BANDS if percent >= least), behind, due)


def _teachers(lines: Iterable[Line]) -> list[Teacher]:
    """Those who are behind, most first."""
    sums: dict[UUID, list[Line]] = {}
    for line in lines:
        if line.of.teacher is not None:
            sums.setdefault(line.of.teacher, []).append(line)
    found = [
        Teacher(
            some[0].teacher,
            sum(line.of.due for line in some),
            sum(line.of.behind for line in some),
            sum(line.of.other_day for line in some),
            sum(line.of.topics for line in some),
        )
        for some in sums.values()
    ]
    return sorted((one for one in found if one.behind), key=lambda one: (-one.behind, one.name))
