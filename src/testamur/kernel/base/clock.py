"""The clock is read only at the edge and passed in as `now`."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def now() -> datetime:
    """The current instant as a clock of the installation shows it: `.date()` is the day there.

    The zone is that of the process (``TZ``, which Django sets to ``TIME_ZONE``); the offset is fixed, see `there`.
    Called by surfaces and workers only.
    """
    return there(datetime.now(UTC), _zone(os.environ.get("TZ", "UTC")))


@cache
def _zone(name: str) -> ZoneInfo:
    """By its name, not by the C library: that takes a name it does not know for UTC and says nothing."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # before the settings are read it may be anything
        return ZoneInfo("UTC")


def there(at: datetime, zone: ZoneInfo) -> datetime:
    """The same instant as a clock in `zone` shows it, so that `.date()` is the day on which somebody there acts.

    The offset is fixed: two times that share a zone are subtracted and compared by the face of the clock, which is an
    hour wrong in the nights when clocks are changed (Python, ``datetime``, "aware objects with the same tzinfo").
    """
    shown = at.astimezone(zone)
    return shown.replace(tzinfo=timezone(shown.utcoffset() or timedelta()))


def stamp(at: datetime) -> str:
    """`2026-06-12T08:30:00Z`: whole seconds, UTC, the form used in everything that is signed (RFC 3339)."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_stamp(text: str) -> datetime:
    """The inverse of `stamp`; raises ValueError for any other form."""
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if stamp(at) != text:  # strptime takes single digits, small letters and the digits of any script
        raise ValueError(f"{text!r} is not a time of the form YYYY-MM-DDTHH:MM:SSZ")
    return at


def latest_day(now: datetime) -> date:
    """The day that it is by now where the day begins first: the law of no place is older."""
    return (now.astimezone(UTC) + timedelta(hours=14)).date()
