"""The database server drops every connection while a batch is issued (a restart, a crash, a failover)."""

from __future__ import annotations

import pytest
from django.db import connection

from tests.faults.conftest import LEASE, RECORDS, Place
from tests.faults.points import DEATHS
from tests.faults.test_killed import assert_whole

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server that could go away"),
]


@pytest.mark.parametrize("point", [p for p in DEATHS if p != "after publishing"])
def test_a_batch_is_finished_after_the_database_went_away(place: Place, point: str) -> None:
    done = place.run("issue", cut=point)
    if done["published"] != [RECORDS]:  # between two transactions a lost connection may do no harm
        assert done["raised"] != ""
    place.run("issue", worker="w2", ahead=LEASE)
    assert_whole(place.run("check"))
