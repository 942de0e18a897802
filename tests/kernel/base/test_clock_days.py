"""A day that has begun where somebody writes is no day to come, whatever the clock in UTC says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from pytest_django.fixtures import Settings

from testamur.config.env import Env
from testamur.kernel.base import clock
from testamur.kernel.base.clock import latest_day, there


def test_an_early_morning_in_vietnam_and_a_midnight_in_sweden_are_today() -> None:
    assert latest_day(datetime(2026, 11, 30, 23, 20, tzinfo=UTC)) >= date(2026, 12, 1)
    assert latest_day(datetime(2026, 11, 30, 17, 5, tzinfo=UTC)) >= date(2026, 12, 1)
    assert latest_day(datetime(2026, 11, 30, 8, 0, tzinfo=UTC)) == date(2026, 11, 30)
    assert latest_day(there(datetime(2026, 11, 30, 8, 0, tzinfo=UTC), ZoneInfo("Asia/Ho_Chi_Minh"))) == date(
        2026, 11, 30
    )


def test_the_day_is_that_of_the_place() -> None:
    at = datetime(2026, 5, 31, 17, 20, tzinfo=UTC)
    hanoi = there(at, ZoneInfo("Asia/Ho_Chi_Minh"))
    assert hanoi == at
    assert hanoi.date() == date(2026, 6, 1)
    assert there(at, ZoneInfo("Europe/Sofia")).date() == date(2026, 5, 31)


def test_hours_stay_hours_in_the_night_in_which_clocks_are_changed() -> None:
    zone = ZoneInfo("Europe/Stockholm")
    before, after = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert there(after, zone) - there(before, zone) == timedelta(hours=1)  # both clocks show 02:30
    assert there(before, zone) < there(after, zone)
    assert there(before, zone) + timedelta(hours=1) == after


def test_the_clock_shows_the_time_of_the_installation(settings: Settings) -> None:
    settings.TIME_ZONE = "Pacific/Kiritimati"
    assert clock.now().utcoffset() == timedelta(hours=14)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_an_installation_does_not_start_in_a_zone_that_there_is_not() -> None:
    with pytest.raises(ValidationError, match="is no time zone"):
        Env(zone="Europe/Atlantis")
    with pytest.raises(ValidationError, match="is no time zone"):
        Env(zone="../../etc/passwd")
