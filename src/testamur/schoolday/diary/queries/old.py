"""Rows of one school that were kept long enough, for a list of deletion. Ids alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.schoolday.diary.models import Absence, Assessment, HealthNote, Leave, Mark, Remark

_OPEN = ("waiting", "asked")
_Row = Absence | Leave | Remark | Mark | HealthNote | Assessment


def old(*, by: Actor, school: UUID, path: str, what: str, before: date) -> list[UUID]:
    """The ids of the rows from before a day: attendance, leaves, remarks, marks, health, assessments.

    In the order in which they may go: a mark or assessment before the one that it replaced. A request for leave goes
    once no absence names it; a column's marks, and the versions of an assessment, go once all of them are old. Needs
    ``retention.row.list`` at the school.
    """
    by.must("retention.row.list", path)
    return list(rows(school, what, before).values_list("id", flat=True))


def rows(school: UUID, what: str, before: date) -> QuerySet[_Row]:
    """The same as rows; for the deletion, which looks again."""
    return _OLD[what](school, before)


def _attendance(school: UUID, before: date) -> QuerySet[Absence]:
    return Absence.objects.filter(school=school, on__lt=before).order_by("on", "id")


def _leaves(school: UUID, before: date) -> QuerySet[Leave]:
    named = Absence.objects.filter(leave=OuterRef("id"))
    return (
        Leave.objects.filter(~Exists(named), school=school, last__lt=before)
        .exclude(state__in=_OPEN)
        .order_by("last", "id")
    )


def _remarks(school: UUID, before: date) -> QuerySet[Remark]:
    return Remark.objects.filter(school=school, on__lt=before).order_by("on", "id")


def _marks(school: UUID, before: date) -> QuerySet[Mark]:
    later = Mark.objects.filter(task=OuterRef("task"), made_at__date__gte=before)
    rows = Mark.objects.filter(~Exists(later), task__school=school, task__on__lt=before)
    return rows.order_by("-made_at", "-id")


def _health(school: UUID, before: date) -> QuerySet[HealthNote]:
    over = Q(ended_at__date__lt=before) | Q(ends__lt=before)
    return HealthNote.objects.filter(over, school=school).order_by("starts", "id")


def _assessments(school: UUID, before: date) -> QuerySet[Assessment]:
    same = {name: OuterRef(name) for name in ("pupil", "group", "subject", "term")}
    later = Assessment.objects.filter(**same, changed_at__date__gte=before)
    rows = Assessment.objects.filter(~Exists(later), school=school, term__ends__lt=before)
    return rows.order_by("-made_at", "-id")


_OLD: Mapping[str, Callable[[UUID, date], QuerySet[_Row]]] = {
    "attendance": _attendance,
    "leaves": _leaves,
    "remarks": _remarks,
    "marks": _marks,
    "health": _health,
    "assessments": _assessments,
}
