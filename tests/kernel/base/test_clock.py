"""Times have one spelling."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from testamur.kernel.base.clock import parse_stamp, stamp


def test_a_time_is_read_as_it_is_written() -> None:
    at = datetime(2026, 6, 2, 8, 3, 0, tzinfo=UTC)
    assert stamp(at) == "2026-06-02T08:03:00Z"
    assert parse_stamp(stamp(at)) == at


@pytest.mark.parametrize(
    "text", ["2026-6-2T8:3:0Z", "2026-06-02t08:03:00z", "2026-06-02T08:03:60Z", "２０２６-06-02T08:03:00Z", ""]
)
def test_no_other_spelling_is_taken(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_stamp(text)
