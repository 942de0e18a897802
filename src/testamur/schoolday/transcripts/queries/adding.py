"""How far schools are: class years added up by the database, and the classes that are behind a step.

Counts alone: no pupil, no mark. Each number counts pupils; a class is *behind* a step while not every pupil of it has
reached it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from testamur.kernel.base.actor import Actor
from testamur.schoolday.transcripts.models import ClassYear
from testamur.schoolday.transcripts.queries.standing import _standing
from testamur.schoolday.transcripts.rules import STEPS, Standing, Step

SEE = "transcripts.standing.see"


@dataclass(frozen=True, slots=True)
class Added:
    """The classes of one year level at one school, added up.

    Attributes:
        reached: step → pupils that have reached it.
        behind: step → classes in which not every pupil has.
        rejected: pupils whose record the store has rejected and nobody has put right.
        missing: reason code → pupils whose document cannot be made for it.
        counted_at: when one of the classes was counted last.
    """

    unit: UUID
    path: str
    level: int
    classes: int
    pupils: int
    reached: Mapping[Step, int]
    behind: Mapping[Step, int]
    rejected: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    counted_at: datetime | None = None


def added(*, by: Actor, path: str, school_year: str) -> tuple[Added, ...]:
    """Every school at or below `path` by year level, in order of place. Two queries, whatever the size of the place.

    Needs ``transcripts.standing.see`` at `path`.
    """
    by.must(SEE, path)
    rows = _of(path, school_year)
    missing: dict[tuple[UUID, int], Counter[str]] = defaultdict(Counter)
    wanting = rows.filter(complete__lt=F("pupils")).values_list("unit", "year_level", "missing")
    for unit, level, reasons in wanting:
        missing[unit, level].update(reasons)
    return tuple(_added(row, missing) for row in _summed(rows))


def school_years(*, by: Actor, path: str) -> tuple[str, ...]:
    """The school years of which classes at or below `path` were counted, the latest first.

    Needs ``transcripts.standing.see`` at `path`.
    """
    by.must(SEE, path)
    rows = ClassYear.objects.filter(path__startswith=path).order_by().values_list("school_year", flat=True).distinct()
    return tuple(sorted(rows, reverse=True))


def behind(
    *, by: Actor, path: str, school_year: str, steps: Collection[Step], level: int | None = None
) -> tuple[Standing, ...]:
    """Classes at or below `path` in which not every pupil has reached one of `steps`, by place and code.

    Needs ``transcripts.standing.see`` at `path`.
    """
    by.must(SEE, path)
    late = Q()
    for step in steps:
        late |= Q(**{f"{step.value}__lt": F("pupils")})
    if not steps:
        return ()
    rows = _of(path, school_year).filter(late)
    if level is not None:
        rows = rows.filter(year_level=level)
    return tuple(map(_standing, rows.order_by("path", "year_level", "code")))


def of_school(*, by: Actor, unit: UUID, path: str, school_year: str) -> tuple[Standing, ...]:
    """The classes of one school by year level and code. Needs ``transcripts.standing.see`` at `path`."""
    by.must(SEE, path)
    rows = ClassYear.objects.filter(unit=unit, path__startswith=path, school_year=school_year)
    return tuple(map(_standing, rows.order_by("year_level", "code")))


def _of(path: str, school_year: str) -> QuerySet[ClassYear]:
    return ClassYear.objects.filter(school_year=school_year, path__startswith=path)


def _summed(rows: QuerySet[ClassYear]) -> Iterable[tuple[object, ...]]:
    sums = {f"sum_{step.value}": Sum(step.value) for step in STEPS}
    late = {f"late_{step.value}": Count("group", filter=Q(**{f"{step.value}__lt": F("pupils")})) for step in STEPS}
    found = rows.order_by("path", "year_level").values("unit", "path", "year_level")
    found = found.annotate(
        n=Count("group"), all=Sum("pupils"), bad=Sum("rejected"), at=Max("refreshed_at"), **sums, **late
    )
    return found.values_list("unit", "path", "year_level", "n", "all", "bad", "at", *sums, *late)


def _added(row: tuple[object, ...], missing: Mapping[tuple[UUID, int], Mapping[str, int]]) -> Added:
    unit, path, level, classes, pupils, rejected, at = row[:7]
    reached = dict(zip(STEPS, row[7 : 7 + len(STEPS)], strict=True))
    late = dict(zip(STEPS, row[7 + len(STEPS) :], strict=True))
    return Added(unit, path, level, classes, pupils, reached, late, rejected, dict(missing.get((unit, level), {})), at)  # type: ignore[arg-type]  # a row of values
