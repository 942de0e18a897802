"""A pupil's marks of a school year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.law.tables import ABOUT_PUPILS
from testamur.schoolday.diary.models import Mark
from testamur.schoolday.diary.queries.schooling import schoolings, span
from testamur.schoolday.diary.rules.pupil import MarkLine, PupilMarks, Schooling, by_subject

SHOWN = (
    Q(task__retired=False) & (Q(task__hidden=False) | Q(task__shown_at__isnull=False)) & ~Q(task__kind__in=ABOUT_PUPILS)
)
"""Marks of columns that the teacher does not keep hidden; what is about no subject stands in the transcript."""
_FIELDS = (
    "pupil_id", "id", "task_id", "task__subject", "task__kind", "task__title", "task__term__code", "task__on", "value",
    "task__weight", "task__closes", "comment", "made_at", "task__shown_at", "replaces__value",
)  # fmt: skip


def standing(pupils: Collection[UUID]) -> QuerySet[Mark]:
    """The marks of these pupils that a family may see: no other replaces them, and they were not taken back.

    What is replaced is gathered once for all: asked mark by mark, SQLite reads the whole table each time where few
    marks are replaced.
    """
    mine = list(pupils)
    gone = Mark.objects.filter(pupil__in=mine, replaces__isnull=False).order_by().values("replaces")
    return Mark.objects.filter(SHOWN, pupil__in=mine).exclude(value="").exclude(id__in=gone)


def marks(
    *, by: Actor, pupils: Collection[UUID], on: date, of: Mapping[UUID, Schooling] | None = None
) -> dict[UUID, PupilMarks]:
    """The marks of each pupil in the school year of the day `on`, by subject; five queries.

    `of`: what `schoolings` gave for them, where the caller has it already.
    """
    known = of if of is not None else schoolings(by=by, pupils=pupils, on=on)
    found: dict[UUID, list[MarkLine]] = defaultdict(list)
    rows = standing(pupils).filter(task__on__range=span(known.values(), on))
    for row in rows.values_list(*_FIELDS):
        schooling = known[row[0]]
        first, last = schooling.period(on)
        if first <= row[7] <= last:
            found[row[0]].append(_line(schooling, row))
    return {pupil: by_subject(known[pupil], found[pupil]) for pupil in pupils}


def _line(schooling: Schooling, row: tuple[Any, ...]) -> MarkLine:
    (_, key, task, subject, kind, title, term, on, value, weight, closes, comment, made_at, shown_at, earlier) = row
    told = schooling.mark_kinds(on).get(kind)
    step = told.scale.find(value) if told is not None else None
    return MarkLine(
        id=key,
        task=task,
        subject=subject,
        kind=kind,
        kind_name=told.name if told is not None else kind,
        title=title,
        term=term,
        on=on,
        value=value,
        name=step.name if step is not None else "",
        points=step.points if step is not None else None,
        weight=weight,
        closes=closes,
        comment=comment,
        at=max(made_at, shown_at) if shown_at is not None else made_at,
        earlier=earlier or "",
    )
