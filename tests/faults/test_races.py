"""Two workers, one batch; a log that grows between two tries; notes that are gone. No record is ever issued twice."""

from __future__ import annotations

import signal

import pytest

from tests.faults.conftest import LEASE, RECORDS, Place
from tests.faults.test_killed import assert_whole, times

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

BOUNDARIES = {
    "before the seal notes": "testamur.trust.records.drafts:write_notes",
    "before it counts as sealed": "testamur.trust.records.actions:note_sealed",
    "before the log append": "testamur.trust.transparency.actions:append",
    "before the archive write": "testamur.trust.archive.ocfl:Store.write",
    "before the archive index": "testamur.trust.archive.actions:register",
    "before publishing": "testamur.trust.records.actions:publish",
}


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_worker_taken_for_dead_comes_back_after_another_finished_its_batch(place: Place, boundary: str) -> None:
    flag, go = place.folder.parent / "flag", place.folder.parent / "go"
    slow = place.start("issue", worker="slow", pause=[BOUNDARIES[boundary], str(flag), str(go)])
    place.wait_for(flag)
    assert place.run("issue", worker="quick", ahead=LEASE)["published"] == [RECORDS]
    before = place.run("check")
    go.touch()
    slow.value()
    found = place.run("check")
    assert_whole(found)
    assert found["pdfs"] == before["pdfs"]
    assert times(found, "records.batch_published") == 1


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_a_worker_taken_for_dead_comes_back_while_another_is_at_its_batch(place: Place, boundary: str) -> None:
    here = place.folder.parent
    slow = place.start("issue", worker="slow", pause=[BOUNDARIES[boundary], str(here / "f1"), str(here / "g1")])
    place.wait_for(here / "f1")
    target = BOUNDARIES["before the archive write"]
    quick = place.start("issue", worker="quick", ahead=LEASE, pause=[target, str(here / "f2"), str(here / "g2")])
    place.wait_for(here / "f2")
    (here / "g1").touch()
    slow.value()
    (here / "g2").touch()
    quick.value()
    place.run("issue", worker="last", ahead=2 * LEASE)
    found = place.run("check")
    assert_whole(found)


@pytest.mark.feature("A21")
def test_two_workers_share_what_waits(place: Place) -> None:
    place.run("add")
    both = [place.start("issue", worker=f"w{n}", limit=1) for n in range(2)]
    assert sum(sum(one.value()["published"]) for one in both) == 2 * RECORDS
    found = place.run("check")
    assert_whole(found, 2 * RECORDS)
    assert len(found["batches"]) == 2 * RECORDS


@pytest.mark.parametrize("point", ["after the log append", "some archive objects in place", "after the archive write"])
def test_others_are_logged_before_a_dead_workers_batch_is_taken_up_again(place: Place, point: str) -> None:
    assert place.start("issue", die=point).end() == -signal.SIGKILL
    place.run("add")
    assert place.run("issue", worker="w2") == {"published": [RECORDS], "raised": ""}
    assert place.run("issue", worker="w3", ahead=LEASE)["raised"] == ""
    assert_whole(place.run("check"), 2 * RECORDS)


@pytest.mark.parametrize("later", [0, 60])
@pytest.mark.parametrize("point", ["after the seal notes", "after the log append", "after the archive write"])
def test_the_organisation_changes_its_seal_before_a_dead_workers_batch_is_taken_up_again(
    place: Place, point: str, later: int
) -> None:
    assert place.start("issue", die=point).end() == -signal.SIGKILL
    place.run("touch", thing="new seal", later=later)
    assert place.run("issue", worker="w2", ahead=LEASE)["raised"] == ""
    assert_whole(place.run("check"))


@pytest.mark.parametrize("point", ["after the batch counts as sealed", "after the log append"])
def test_when_the_seal_notes_are_gone_nothing_is_sealed_a_second_time(place: Place, point: str) -> None:
    assert place.start("issue", die=point).end() == -signal.SIGKILL
    before = place.run("state")["entries"]
    place.run("touch", thing="seal notes")
    done = place.run("issue", worker="w2", ahead=LEASE)
    assert done["raised"] != ""
    after = place.run("state")
    assert after["entries"] == before
    assert after["states"] == {"sealed": RECORDS}
    assert after["journal"][-1][0] == "records.batch_released"


def test_a_damaged_document_does_not_keep_the_others_waiting(place: Place) -> None:
    place.run("touch", thing="first draft")
    place.run("add")
    for n in range(3):
        place.run("issue", worker=f"w{n}", ahead=n, limit=2)
    assert place.run("state")["states"] == {"signed": 1, "published": 2 * RECORDS - 1}
