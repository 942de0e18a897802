"""A day that has begun where somebody writes is no day to come, whatever the clock in UTC says."""

from __future__ import annotations

from datetime import UTC, date, datetime

from testamur.kernel.base.clock import latest_day


def test_an_early_morning_in_vietnam_and_a_midnight_in_sweden_are_today() -> None:
    assert latest_day(datetime(2026, 11, 30, 23, 20, tzinfo=UTC)) >= date(2026, 12, 1)
    assert latest_day(datetime(2026, 11, 30, 17, 5, tzinfo=UTC)) >= date(2026, 12, 1)
    assert latest_day(datetime(2026, 11, 30, 8, 0, tzinfo=UTC)) == date(2026, 11, 30)
