"""The machine's clock jumps between two stages of issuing."""

from __future__ import annotations

import signal

import pytest

from tests.faults.conftest import LEASE, RECORDS, Place
from tests.faults.test_killed import assert_whole

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.mark.parametrize("reading", [2, 3, 4, 5])
def test_a_clock_that_jumps_ahead_between_two_stages_spoils_nothing(place: Place, reading: int) -> None:
    assert place.run("issue", jumps={str(reading): 3600}) == {"published": [RECORDS], "raised": ""}
    assert_whole(place.run("check"))


@pytest.mark.parametrize("reading", [2, 3, 4, 5])
def test_a_clock_set_back_between_two_stages_publishes_nothing_that_does_not_verify(place: Place, reading: int) -> None:
    """It may refuse to go on while its clock contradicts what stands; it is finished once the clock is right."""
    place.run("issue", jumps={str(reading): -3600})
    place.run("issue", worker="w2", ahead=LEASE)
    assert_whole(place.run("check"))


@pytest.mark.parametrize("point", ["after the seal notes", "after the log append"])
def test_a_batch_is_finished_although_the_clock_went_back_meanwhile(place: Place, point: str) -> None:
    assert place.start("issue", die=point, ahead=3600).end() == -signal.SIGKILL
    assert place.run("issue", worker="w2")["published"] == []  # the lease was given in a time that is still to come
    assert place.run("issue", worker="w3", ahead=3600 + LEASE) == {"published": [RECORDS], "raised": ""}
    assert_whole(place.run("check"))
