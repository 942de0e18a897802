"""Counting class years anew. Steps of the machinery: they write no journal, and the same data give the same rows."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, UnitKind, UnitView
from testamur.schoolday.transcripts.looking import frame, look, verified_document
from testamur.schoolday.transcripts.models import ClassYear
from testamur.schoolday.transcripts.rules import STEPS, Look, Standing

_COUNTS = ("complete", "verified", "made", "teacher", "principal", "sealed", "delivered")
_FIELDS = (
    "unit", "path", "school_year", "code", "year_level", "class_teacher", "pupils", *_COUNTS, "rejected", "missing",
    "verified_at", "refreshed_at",
)  # fmt: skip


def refresh(group: UUID, *, now: datetime) -> Standing | None:
    """Count one class year anew and keep the count; None where the class has no transcripts that are verified."""
    told = frame(group)
    return None if told is None else keep(look(told, today=now.date()), now=now)


def keep(seen: Look, *, now: datetime) -> Standing:
    """Keep a count, in one statement, so that two that come together leave one of both."""
    found = seen.standing
    row = ClassYear(
        group=found.group, unit=found.unit, path=found.path, school_year=found.school_year, code=found.code,
        year_level=found.year_level, class_teacher=found.class_teacher, pupils=found.pupils, rejected=found.rejected,
        missing=dict(found.missing), verified_at=found.verified_at, refreshed_at=now,
        **dict(zip(_COUNTS, (found.reached[step] for step in STEPS), strict=True)),
    )  # fmt: skip
    ClassYear.objects.bulk_create([row], update_conflicts=True, unique_fields=["group"], update_fields=_FIELDS)
    return found


def refresh_all(path: str, *, now: datetime, school_year: str = "") -> int:
    """Count every class at or below `path` anew, of the year that holds the day or a named one; returns how many."""
    return sum(
        refresh_school(school, now=now, school_year=school_year)
        for school in schools.units_under(path, kind=UnitKind.SCHOOL)
    )


def refresh_school(school: UnitView, *, now: datetime, school_year: str = "") -> int:
    """The same for one school."""
    if verified_document(schools.pack_of(school.id, on=now.date())) is None:
        return 0
    year = _year(school, now.date(), school_year)
    if year is None:
        return 0
    classes = schools.groups(school=school.id, school_year=year, kind=GroupKind.CLASS)
    return sum(refresh(one.id, now=now) is not None for one in classes)


def _year(school: UnitView, on: date, code: str) -> UUID | None:
    """Id of the named school year, else of the one that holds the day or began last."""
    for unit in reversed(schools.units_above(school.path)):
        years = schools.school_years(unit.id)
        if not years:
            continue
        if code:
            return next((year.id for year in years if year.code == code), None)
        return next((year.id for year in reversed(years) if year.starts <= on), years[0].id)
    return None
