"""Adding up a diary in the database: one row for each pupil and subject, whatever the number of marks.

Nothing here asks who may see it; the reports of this package do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast, Round

from testamur.law.tables import ABOUT_PUPILS
from testamur.schoolday.diary.models import Absence, Mark, Remark
from testamur.schoolday.diary.rules.reports import RECENT_DAYS, Marks, Missed, Noted, Scale, Sort
from testamur.schoolday.diary.rules.states import AbsenceKind

_CENTS = 100
_UNITS = (_CENTS, _CENTS**2, _CENTS, _CENTS**2)
"""What weights and totals are counted in."""


def standing() -> QuerySet[Mark]:
    """Marks that stand, in columns that were not taken out.

    The subquery keeps to the index on `replaces` also where the planner knows that hardly any mark has one.
    """
    replaced = Exists(Mark.objects.filter(replaces=OuterRef("pk")))
    rows = Mark.objects.filter(~replaced, task__retired=False).exclude(value="")
    return rows.exclude(task__kind__in=ABOUT_PUPILS)


def marks_by(rows: QuerySet[Mark], key: str, *, scale: Scale, sort: Sort, last: date) -> dict[UUID, list[Marks]]:
    """The marks of that sort by `key` (``pupil_id``, ``task__group_id`` …), one for each subject. One query.

    `last`: the last day that counts; the weeks before it are the recent ones.
    """
    # whole numbers, of hundredths: exact on every database, and quicker than decimal ones
    day = sort is Sort.DAY
    weight = Cast(Round(F("task__weight") * _CENTS), BigIntegerField()) if day else Value(_CENTS)
    valued = Q(value__in=list(scale.points)) & (Q(task__weight__gt=0) if day else Q())
    late = valued & Q(task__on__gt=last - timedelta(days=RECENT_DAYS))
    points = (When(value=value, then=Value(round(some * _CENTS))) for value, some in scale.points.items())
    number = Case(*points, default=Value(0), output_field=BigIntegerField())
    sums: dict[str, Any] = {f"n{place}": Count("id", filter=Q(value=value)) for place, value in enumerate(scale.values)}
    if scale.averages:
        for name, which in (("all", valued), ("late", late)):
            sums[f"{name}_weight"] = Sum(weight, filter=which)
            sums[f"{name}_total"] = Sum(number * weight, filter=which)
    found: dict[UUID, list[Marks]] = defaultdict(list)
    if not scale.values:
        return found
    grouped = rows.filter(task__closes=sort.value).order_by(key, "task__subject").values(key, "task__subject")
    width = len(scale.values)
    for one, subject, *values in grouped.annotate(**sums).values_list(key, "task__subject", *sums):
        exact = (Decimal(value or 0) / unit for value, unit in zip(values[width:], _UNITS, strict=False))
        found[one].append(Marks(one, subject, tuple(values[:width]), *exact))
    return found


def missed_by_pupil(rows: QuerySet[Absence]) -> dict[UUID, Missed]:
    """The absences by pupil. One query."""
    return _missed(rows, "pupil_id")


def missed_by_subject(rows: QuerySet[Absence]) -> dict[str, Missed]:
    """The absences by subject. One query."""
    return _missed(rows, "subject")


def missed_by_school(rows: QuerySet[Absence]) -> dict[UUID, Missed]:
    """The absences by school. One query."""
    return _missed(rows, "school_id")


def _missed(rows: QuerySet[Absence], by: str) -> dict[Any, Missed]:
    late = Count("id", filter=Q(kind=AbsenceKind.LATE))
    grouped = rows.filter(void=False).order_by(by).values(by)
    sums = grouped.annotate(
        yes=Sum("weight", filter=Q(excused=True)),
        no=Sum("weight", filter=Q(excused=False)),
        unknown=Sum("weight", filter=Q(excused__isnull=True)),
        late=late,
    )
    zero = Decimal(0)
    return {
        key: Missed(yes or zero, no or zero, unknown or zero, times)
        for key, yes, no, unknown, times in sums.values_list(by, "yes", "no", "unknown", "late")
    }


def noted_by_pupil(rows: QuerySet[Remark]) -> dict[UUID, Noted]:
    """Remarks and praise by pupil. One query."""
    grouped = rows.filter(withdrawn_at__isnull=True).order_by("pupil_id").values("pupil_id")
    sums = grouped.annotate(bad=Count("id", filter=Q(positive=False)), good=Count("id", filter=Q(positive=True)))
    return {pupil: Noted(bad, good) for pupil, bad, good in sums.values_list("pupil_id", "bad", "good")}


def closed_failed(rows: QuerySet[Mark], failing: Collection[str]) -> dict[UUID, list[str]]:
    """Pupil → subjects that a mark which fails has closed. One query."""
    found: dict[UUID, list[str]] = defaultdict(list)
    if failing:
        bad = rows.exclude(task__closes="").filter(value__in=list(failing)).order_by("pupil_id", "task__subject")
        for pupil, subject in bad.values_list("pupil_id", "task__subject").distinct():
            found[pupil].append(subject)
    return found
