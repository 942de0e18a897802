"""The counts of a day: one row for each place, the last run of a day holds; since when a class has not moved."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from testamur.exchange.notifications.tasks import SUPERVISING
from testamur.schoolday.supervision import queries, steps
from testamur.schoolday.supervision.models import DayCount
from testamur.schoolday.supervision.rules import KEPT
from testamur.schoolday.transcripts.models import ClassYear
from testamur.schoolday.transcripts.rules import Step
from tests.schoolday.supervision.province import NOW, TODAY, YEAR, Province, planned

pytestmark = [pytest.mark.django_db, pytest.mark.feature("D5", "D19")]
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def count(days: int = 0) -> int:
    return steps.count(by=SUPERVISING, zone=lambda _path: ZONE, now=NOW + timedelta(days=days))


def test_a_day_is_counted_once_for_each_place_and_the_last_run_holds(province: Province) -> None:
    assert count() == 1 + 2 + 5
    total = DayCount.objects.get(unit=province.body)
    ClassYear.objects.filter(unit=province.schools[0].id).update(complete=30)
    assert count() == DayCount.objects.count() == 1 + 2 + 5
    assert DayCount.objects.get(unit=province.body).complete == total.complete + 60


def test_the_course_of_a_place_is_told_in_order_of_time(province: Province) -> None:
    count()
    ClassYear.objects.update(complete=30)
    count(1)
    days = queries.trend(by=province.actor("head"), unit=province.districts[0].id, school_year=YEAR)
    assert [one.on for one in days] == [TODAY, TODAY + timedelta(days=1)]
    assert days[0].reached[Step.COMPLETE] < days[1].reached[Step.COMPLETE] == days[1].pupils


def test_old_counts_go(province: Province) -> None:
    count()
    count(KEPT.days + 2)
    assert DayCount.objects.filter(on=TODAY).count() == 0


def test_who_is_late_says_since_when_nothing_moved(province: Province) -> None:
    planned(province)
    count()
    ClassYear.objects.filter(unit=province.schools[1].id).update(rejected=1)
    count(3)
    late = queries.late(by=province.actor("officer"), unit=province.body, on=TODAY + timedelta(days=3))
    since = {one.standing.unit: one.since for one in late.rows}
    assert since == {province.schools[0].id: TODAY, province.schools[1].id: TODAY + timedelta(days=3)}
