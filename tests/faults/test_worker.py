"""`testamur worker` as it is installed: a worker process dies while it issues, another finishes within seconds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from tests.faults.conftest import RECORDS, ROOT, Place
from tests.faults.test_killed import assert_whole, times

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

PROGRAM = """
import sys
from testamur.surfaces.cli.worker import main
if __name__ == "__main__":
    sys.exit(main(once=False, drain=False, concurrency=1, as_json=True))
"""


@pytest.mark.feature("A21")
@pytest.mark.parametrize("point", ["after the seal notes", "after the archive write"])
def test_a_batch_of_a_killed_worker_is_finished_without_waiting_for_its_lease(place: Place, point: str) -> None:
    here = place.folder.parent
    (here / "program.py").write_text(PROGRAM)
    environment = {k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL")} | {
        "TESTAMUR_DATA": str(place.folder),
        "TESTAMUR_MODE": "demo",
        "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "TEST_DIE": point,
        "TEST_DIE_ONCE": str(here / "armed"),
    }
    if place.url:
        environment |= {"TESTAMUR_DATABASE_URL": place.url, "TESTAMUR_LOG_DATABASE_URL": place.log_url}
    process = subprocess.Popen(
        [sys.executable, str(here / "program.py")], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        end = time.monotonic() + 240
        while place.run("state")["states"] != {"published": RECORDS} and time.monotonic() < end:
            time.sleep(0.5)
    finally:
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=60)
    found = place.run("check")
    assert_whole(found)
    assert json.loads(out.splitlines()[-1])["died"] == 1
    assert [refs["error"] for kind, refs in found["journal"] if kind == "records.batch_released"] == ["worker.died"]
    assert times(found, "records.batch_published") == 1
