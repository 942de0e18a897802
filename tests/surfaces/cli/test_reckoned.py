"""What a bench reckons from what it measured: a straight line, and nothing that was measured itself."""

from __future__ import annotations

import pytest

from testamur.surfaces.cli.bench_province import reckon


def test_hours_machines_storage_and_cost_follow_from_pace_and_size() -> None:
    one = reckon(7_200_000, pace=50.0, bytes_each=40_000, prices=(0.10, 0.30))
    assert one.hours == pytest.approx(40.0)
    assert one.machines == 1  # 120 hours in three weeks
    assert one.gigabytes == pytest.approx(288.0)
    assert one.euro_once == pytest.approx(4.0)
    assert one.euro_each_year == pytest.approx(86.4)


def test_a_machine_more_as_soon_as_one_does_not_do() -> None:
    assert reckon(120 * 3600, pace=1.0, bytes_each=1, prices=(0, 0)).machines == 1
    assert reckon(120 * 3600 + 3600, pace=1.0, bytes_each=1, prices=(0, 0)).machines == 2
