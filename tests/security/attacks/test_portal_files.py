"""Files of strangers that cost time: calendars whose events come back for ever, or never."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from icalendar import vRecur

from testamur.exchange.connectors.calendars.repeating import times

pytestmark = [pytest.mark.feature("C11", "C25")]
FIRST = datetime(2026, 3, 9, 8, 20)  # noqa: DTZ001 - local time, as calendars have it
"""A Monday."""


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MINUTELY", "FREQ=HOURLY",
        "FREQ=MONTHLY;BYDAY=5MO;BYMONTHDAY=1", "FREQ=WEEKLY;BYDAY=1MO", "FREQ=DAILY;INTERVAL=0", "FREQ=WEEKLY;COUNT=0",
        "FREQ=WEEKLY;BYSETPOS=7",
    ],
)  # fmt: skip
def test_a_rule_that_is_looked_for_until_the_end_of_time_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"rule|tuple|list|index|invalid"):
        times(vRecur.from_ical(rule), FIRST, None, most=400)


def test_a_rule_that_is_never_met_and_one_that_never_ends_cost_next_to_nothing() -> None:
    begin = time.process_time()
    for rule in ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "FREQ=WEEKLY;INTERVAL=999999;BYDAY=TU"):
        some = times(vRecur.from_ical(rule), FIRST, None, most=400)
        assert len(some) <= 1
    assert len(times(vRecur.from_ical("FREQ=DAILY;COUNT=99999999"), FIRST, None, most=400)) == 400
    assert time.process_time() - begin < 1


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;COUNT=9", "FREQ=WEEKLY;INTERVAL=2;COUNT=5;BYDAY=MO,WE,FR", "FREQ=DAILY;COUNT=4",
        "FREQ=DAILY;INTERVAL=3;COUNT=7", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;COUNT=8;BYDAY=SU,TU", "FREQ=MONTHLY;COUNT=3",
        "FREQ=WEEKLY;BYDAY=TU;COUNT=2", "FREQ=YEARLY;COUNT=2", "FREQ=DAILY;BYDAY=MO,FR;COUNT=6",
    ],
)  # fmt: skip
def test_what_timetables_have_is_read_as_a_library_reads_it(rule: str) -> None:
    assert times(vRecur.from_ical(rule), FIRST, None, most=400) == list(rrulestr(rule, dtstart=FIRST))
