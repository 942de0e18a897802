"""How long subscriptions run and when subscribers are told (rows B14 to B16). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.kernel.base.refused import Refused
from testamur.schoolday.reporting.rules.states import How

YEARS = 3
"""So far ahead a subscription may end."""
DIGEST = time(7, 0)
"""When the daily digest is put together, in the installation's zone."""


class EndInvalid(Refused):
    """A subscription ends between today and three years from now."""

    code = "reporting.subscription.ends"


class SubscribedAlready(Refused):
    """One subscribes to a course once."""

    code = "reporting.subscription.exists"


@dataclass(frozen=True, slots=True)
class Due:
    """What one subscriber is to be told: students of a course who can get a final grade."""

    subscription: UUID
    person: UUID
    path: str
    course: UUID
    course_code: str
    how: How
    students: tuple[UUID, ...]


def latest_end(today: date) -> date:
    """The last day on which a subscription made today may end; the 29th of February has the 28th for its like."""
    try:
        return today.replace(year=today.year + YEARS)
    except ValueError:
        return today.replace(year=today.year + YEARS, day=28)


def check_end(ends: date, today: date) -> None:
    """Raise `EndInvalid` unless a subscription made today may end on that day."""
    latest = latest_end(today)
    if not today <= ends <= latest:
        raise EndInvalid(f"Choose a day from {today} to {latest}.", field="ends", first=today, latest=latest)


def digest_before(now: datetime, zone: ZoneInfo) -> datetime:
    """The latest moment at which a daily digest was put together: what was found before it is due."""
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), DIGEST, tzinfo=zone)
    return today if today <= local else datetime.combine(local.date() - timedelta(days=1), DIGEST, tzinfo=zone)
