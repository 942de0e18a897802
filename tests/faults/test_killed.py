"""A worker killed at any boundary of issuing: the next one finishes, and nothing is lost or done twice."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.faults.conftest import LEASE, RECORDS, Place
from tests.faults.points import DEATHS

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def assert_whole(found: dict[str, Any], records: int = RECORDS) -> None:
    """Every record is published once, everywhere, and says so itself."""
    assert found["states"] == {"published": records}
    assert found["issued"] == found["records"]
    assert found["entries"] == records
    assert found["commitments_in_the_log_once"]
    assert found["log_differences"] == []
    assert found["archive_findings"] == []
    assert found["archive_objects"] == records
    assert found["journal_faults"] == []
    assert found["verdicts"] == ["valid"]
    assert {b["stage"] for b in found["batches"]} == {"done"}


def times(found: dict[str, Any], kind: str) -> int:
    return [k for k, _refs in found["journal"]].count(kind)


def test_without_any_fault_all_is_well(place: Place) -> None:
    assert place.run("issue") == {"published": [RECORDS], "raised": ""}
    found = place.run("check")
    assert_whole(found)
    assert (set(found["left_over"]), found["staging"]) == ({"seal"}, [])


@pytest.mark.feature("A21")
@pytest.mark.parametrize("point", DEATHS)
def test_what_a_killed_worker_left_is_finished_by_the_next(place: Place, point: str) -> None:
    assert place.start("issue", die=point).end() == -signal.SIGKILL
    done = place.run("issue", worker="w2", ahead=LEASE)
    assert done["raised"] == ""
    found = place.run("check")
    assert_whole(found)
    assert times(found, "records.batch_published") == 1
    assert times(found, "transparency.entries.appended") == 1
    claims = [refs for kind, refs in found["journal"] if kind == "records.batch_claimed"]
    assert claims[-1]["worker"] == ("w1" if point == "after publishing" else "w2")


@pytest.mark.parametrize(
    "point", ["while the seal notes are written", "archive objects staged, none in place", "after publishing"]
)
def test_what_a_killed_worker_left_lying_about_is_tidied_away_in_time(place: Place, point: str) -> None:
    place.start("issue", die=point).end()
    place.run("issue", worker="w2", ahead=LEASE)
    left = place.run("check")
    assert left["left_over"] + left["staging"] != []
    place.run("touch", thing="age")
    place.run("check")
    tidied = place.run("check")
    assert_whole(tidied)
    assert (tidied["left_over"], tidied["staging"]) == ([], [])
