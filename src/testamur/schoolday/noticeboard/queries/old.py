"""Events and news of one school that were kept long enough, for a list of deletion. Ids alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.schoolday.noticeboard.models import Event, News


def old(*, by: Actor, school: UUID, path: str, what: str, before: date) -> list[UUID]:  # noqa: ARG001 - one shape
    """The ids of events that were over before a day, then of news of the school and its classes.

    Needs ``retention.row.list`` at the school.
    """
    by.must("retention.row.list", path)
    found = [*events(path, before).values_list("id", flat=True)]
    return [*found, *news(path, before).values_list("id", flat=True)]


def events(path: str, before: date) -> QuerySet[Event]:
    """Events that were over before the day."""
    return Event.objects.filter(path__startswith=path, ends_at__date__lt=before).order_by("ends_at", "id")


def news(path: str, before: date) -> QuerySet[News]:
    """News of a school or a class of it that nobody is shown any more; news of all stay."""
    over = Q(until__isnull=True) | Q(until__date__lt=before)
    rows = News.objects.filter(over, unit__isnull=False, path__startswith=path, published_at__date__lt=before)
    return rows.order_by("published_at", "id")
