"""How long a login lasts: idle and absolute limits by level."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from testamur.access.accounts.rules.levels import Level
from testamur.kernel.base.refused import Refused

IDLE: Mapping[Level, timedelta] = {
    Level.LOW: timedelta(minutes=20),
    Level.SUBSTANTIAL: timedelta(minutes=30),
    Level.HIGH: timedelta(minutes=30),
}
"""Without a request for so long, a login is over."""

ABSOLUTE: Mapping[Level, timedelta] = {
    Level.LOW: timedelta(hours=2),
    Level.SUBSTANTIAL: timedelta(hours=10),
    Level.HIGH: timedelta(hours=10),
}
"""So long after identification it is over, whatever happens: a working day."""


class LoginOver(Refused):
    """The login has ended: by its owner, by idleness, by age, or because the register no longer knows the person."""

    code = "accounts.login.over"


def is_over(*, level: Level, began: datetime, seen: datetime, ended: datetime | None, now: datetime) -> bool:
    """True when a login that began and was last seen at those instants is over."""
    return ended is not None or now - seen > IDLE[level] or now - began > ABSOLUTE[level]
