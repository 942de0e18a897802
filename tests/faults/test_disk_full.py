"""A full disk: the batch is given back with its reason, and is finished when there is room again."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.conftest import LEASE, RECORDS, Place
from tests.faults.points import FULL
from tests.faults.test_killed import assert_whole

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


@pytest.mark.parametrize("where", FULL)
def test_a_batch_that_met_a_full_disk_is_released_with_the_reason_and_finished_later(place: Place, where: str) -> None:
    done = place.run("issue", full=where)
    assert "No space left" in done["raised"]
    kind, refs = place.run("state")["journal"][-1]
    assert kind == "records.batch_released"
    assert refs["error"].startswith("OSError")
    assert place.run("issue", worker="w2", ahead=60) == {"published": [RECORDS], "raised": ""}
    found = place.run("check")
    assert_whole(found)
    assert "tmp" not in found["left_over"]
    assert found["staging"] == []


@pytest.fixture
def small_disk(place: Place, tmp_path: Path) -> Iterator[Place]:
    """The place on a file system of its own."""
    mount = tmp_path / "disk"
    mount.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(mount)], check=False, capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"a file system cannot be mounted here: {made.stderr.strip()}")
    try:
        shutil.copytree(place.folder, mount / "data")
        yield Place(mount / "data", place.url, place.log_url, out=tmp_path)
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=True)


@pytest.mark.parametrize("room", [0, 60, 150, 300, 450, 600])
def test_whatever_room_a_really_full_disk_leaves_the_batch_is_whole_in_the_end(small_disk: Place, room: int) -> None:
    """`room` in kB."""
    filler = small_disk.folder.parent / "filler"
    free = os.statvfs(small_disk.folder)
    filler.write_bytes(b"x" * max(0, free.f_bavail * free.f_frsize - room * 1024))
    small_disk.run("issue")
    filler.unlink()
    assert small_disk.run("issue", worker="w2", ahead=LEASE)["raised"] == ""
    assert_whole(small_disk.run("check"))
