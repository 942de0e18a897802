"""Questions and receptions of one school that were kept long enough, for a list of deletion. Ids alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.register.schools.queries.setup import left_by
from testamur.schoolday.support.models import Case, Question, Word
from testamur.schoolday.support.rules import State


def old(*, by: Actor, school: UUID, path: str, what: str, before: date) -> list[UUID]:  # noqa: ARG001 - one shape
    """The ids of answered questions to which nothing was written since a day, then of receptions of pupils who left.

    Needs ``retention.row.list`` at the school.
    """
    by.must("retention.row.list", path)
    found = [*questions(path, before).values_list("id", flat=True)]
    return [*found, *cases(path, before).values_list("id", flat=True)]


def questions(path: str, before: date) -> QuerySet[Question]:
    """Answered ones; a question that waits for an answer stays, however old."""
    late = Word.objects.filter(question=OuterRef("id"), at__date__gte=before)
    rows = Question.objects.filter(~Exists(late), path__startswith=path, turn_at__date__lt=before)
    return rows.exclude(state=State.OPEN).order_by("turn_at", "id")


def cases(path: str, before: date) -> QuerySet[Case]:
    """Receptions of protected persons who are pupils nowhere since the day."""
    rows = Case.objects.filter(path__startswith=path, follow_up__lt=before)
    left = left_by(persons=set(rows.values_list("person", flat=True)), path=path, day=before)
    return rows.filter(person__in=left).order_by("follow_up", "id")
