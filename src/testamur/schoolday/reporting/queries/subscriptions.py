"""Who is to be told that final grades can be set (rows B14 to B16)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed
from testamur.schoolday.reporting.models import Announced, Subscription
from testamur.schoolday.reporting.rules.states import How
from testamur.schoolday.reporting.rules.subscriptions import Due, digest_before
from testamur.schoolday.reporting.rules.views import SubscriptionView


def of(*, by: Actor, person: UUID) -> tuple[SubscriptionView, ...]:
    """One's own subscriptions, running ones first, then the newest. Raises NotAllowed for anybody else's."""
    if by.id != person:
        raise NotAllowed("You see your own subscriptions.", verb="reporting.subscription.see")
    rows = map(view, Subscription.objects.filter(person=person).order_by("-made_at", "id"))
    return tuple(sorted(rows, key=lambda one: one.ended_at is not None))


def running(*, on: date) -> tuple[SubscriptionView, ...]:
    """All that run on that day, by course; for the step that looks for students."""
    rows = Subscription.objects.filter(ended_at__isnull=True, starts__lte=on, ends__gte=on)
    return tuple(map(view, rows.order_by("course_code", "path", "id")))


def announced(*, subscriptions: tuple[UUID, ...]) -> frozenset[tuple[UUID, UUID, UUID]]:
    """(subscription, student, course) of everybody who was found for these before."""
    rows = Announced.objects.filter(subscription__in=subscriptions)
    return frozenset(rows.values_list("subscription", "student", "course"))


def due(*, now: datetime, zone: ZoneInfo) -> tuple[Due, ...]:
    """What subscribers are to be told now, one item for each subscription and course; for the step that writes to them.

    At once: everybody who was found and not told of. Daily: those who were found before the latest digest. Nothing
    for a subscription that ended.
    """
    daily = digest_before(now, zone)
    rows = Announced.objects.filter(told_at__isnull=True, subscription__ended_at__isnull=True).select_related(
        "subscription"
    )
    students: dict[tuple[UUID, UUID], list[UUID]] = defaultdict(list)
    known: dict[UUID, Any] = {}
    for row in rows.order_by("found_at", "id"):
        if row.subscription.how == How.AT_ONCE or row.found_at < daily:
            students[row.subscription_id, row.course].append(row.student)
            known[row.subscription_id] = row.subscription
    return tuple(
        Due(key, known[key].person, known[key].path, course, known[key].course_code, How(known[key].how), tuple(some))
        for (key, course), some in students.items()
    )


def view(row: Any) -> SubscriptionView:
    """A row as everyone else sees it."""
    return SubscriptionView(
        row.id, row.person, row.path, row.course_code, row.starts, row.ends, How(row.how), row.made_at, row.ended_at
    )
