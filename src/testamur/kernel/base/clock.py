"""The clock is read only at the edge and passed in as `now`."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The current instant as the process's clock shows it: `.date()` is the day at the installation (``TIME_ZONE``).

    The offset is fixed, see `there`. Called by surfaces and workers only.
    """
    return datetime.now(UTC).astimezone()


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
