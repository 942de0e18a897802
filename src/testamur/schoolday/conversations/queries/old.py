"""Conversations of one school that were kept long enough, for a list of deletion. Ids alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.schoolday.conversations.models import Away, Conversation


def old(*, by: Actor, school: UUID, path: str, what: str, before: date) -> list[UUID]:  # noqa: ARG001 - one shape
    """The ids of conversations in which nothing was written since that day, then of absences of staff that are over.

    Needs ``retention.row.list`` at the school.
    """
    by.must("retention.row.list", path)
    found = [*conversations(path, before).values_list("id", flat=True)]
    return [*found, *aways(path, before).values_list("id", flat=True)]


def conversations(path: str, before: date) -> QuerySet[Conversation]:
    """Those sent or called off whose last word is from before the day; what still waits to be sent stays."""
    over = Q(sent_at__isnull=False) | Q(off_at__isnull=False)
    rows = Conversation.objects.filter(over, unit_path__startswith=path, last_at__date__lt=before)
    return rows.exclude(due_at__date__gte=before).order_by("last_at", "id")


def aways(path: str, before: date) -> QuerySet[Away]:
    """Days on which somebody did not answer, that are over."""
    return Away.objects.filter(path__startswith=path, last__lt=before).order_by("last", "id")
