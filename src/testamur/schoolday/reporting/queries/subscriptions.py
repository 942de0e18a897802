"""Who is to be told that final grades can be set."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.kernel.base.actor import Actor
from testamur.schoolday.reporting.rules.subscriptions import Due
from testamur.schoolday.reporting.rules.views import SubscriptionView


def of(*, by: Actor, person: UUID) -> tuple[SubscriptionView, ...]:
    """Somebody's own subscriptions, running ones first."""
    raise NotImplementedError


def due(*, now: datetime, zone: ZoneInfo) -> tuple[Due, ...]:
    """What subscribers are to be told now: one item for each subscription."""
    raise NotImplementedError
