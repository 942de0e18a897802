"""Portfolio, talks and plans of one school that were kept long enough, for a list of deletion. Ids alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.schoolday.learning.models import (
    Development,
    Entry,
    FollowUp,
    Goal,
    Plan,
    Signature,
    Statement,
    Talk,
    Version,
)


def old(*, by: Actor, school: UUID, path: str, what: str, before: date) -> list[UUID]:
    """The ids of what is from before a day: ``portfolio``, ``talks`` or ``plans``; what hangs from a row goes first.

    Entries go with their pictures; talks with preparations and what was agreed, once all of that was due. A plan goes
    goal by goal with what was stated, once plan and statements are old; a development plan version by version with its
    signatures, once its school year and its last signature are. Needs ``retention.row.list`` at the school.
    """
    by.must("retention.row.list", path)
    return [key for rows in TABLES[what] for key in rows(school, before).values_list("id", flat=True)]


def _entries(school: UUID, before: date) -> QuerySet[Entry]:
    return Entry.objects.filter(school=school, on__lt=before, made_at__date__lt=before).order_by("on", "id")


def _talks(school: UUID, before: date) -> QuerySet[Talk]:
    late = FollowUp.objects.filter(talk=OuterRef("id"), due__gte=before)
    rows = Talk.objects.filter(~Exists(late), school=school, at__date__lt=before)
    return rows.exclude(minutes_at__date__gte=before).order_by("at", "id")


def _plans(school: UUID, before: date) -> QuerySet[Plan]:
    late = Statement.objects.filter(Q(on__gte=before) | Q(made_at__date__gte=before), goal__plan=OuterRef("id"))
    rows = Plan.objects.filter(~Exists(late), school=school, ends__lt=before, changed_at__date__lt=before)
    return rows.order_by("ends", "id")


def _goals(school: UUID, before: date) -> QuerySet[Goal]:
    return Goal.objects.filter(plan__in=_plans(school, before).order_by().values("id")).order_by("plan", "number", "id")


def _developments(school: UUID, before: date) -> QuerySet[Development]:
    late = Version.objects.filter(
        Q(changed_at__date__gte=before) | Q(frozen_at__date__gte=before), development=OuterRef("id")
    )
    signed = Signature.objects.filter(version__development=OuterRef("id"), at__date__gte=before)
    rows = Development.objects.filter(~Exists(late), ~Exists(signed), school=school, school_year__ends__lt=before)
    return rows.order_by("made_at", "id")


def _versions(school: UUID, before: date) -> QuerySet[Version]:
    whole = _developments(school, before).order_by().values("id")
    return Version.objects.filter(development__in=whole).order_by("development", "number", "id")


TABLES: Mapping[str, tuple[Callable[[UUID, date], QuerySet[Any]], ...]] = {
    "portfolio": (_entries,),
    "talks": (_talks,),
    "plans": (_goals, _plans, _versions, _developments),
}
"""In the order in which rows may go."""
