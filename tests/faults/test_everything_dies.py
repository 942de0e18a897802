"""Worker, relay, broker, web and database are killed, one after another, in the middle of issuing: all is whole.

200 records as a rule; `FAULT_RECORDS=2000 FAULT_SECONDS=3600 pytest tests/faults/test_everything_dies.py` issues as
many as a provincial authority does in some minutes.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from scripts import rabbitmq

from tests.faults import child
from tests.faults.machines import Installation, Visitor
from tests.faults.test_killed import assert_whole

RECORDS = int(os.environ.get("FAULT_RECORDS", "200"))
FEW = 200
WORKERS = ("worker-1", "worker-2")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not rabbitmq.PROGRAM.exists(), reason="RabbitMQ is not installed"),
]


@pytest.fixture
def installation(forked: None) -> Iterator[Installation]:
    """A school whose principal has signed, and everything that issues and shows its documents, running."""
    # the database server runs as a user of its own, who cannot enter the folders of this test
    with tempfile.TemporaryDirectory(prefix="testamur-faults-") as folder:
        Path(folder).chmod(0o755)
        made = Installation(Path(folder), batch=max(4, RECORDS // 40), lease=10 if RECORDS <= FEW else 30)
        try:
            made.database.make()
            made.broker.start()
            made.place.run("make", records=RECORDS)
            for name in ("web", "relay", *WORKERS):
                made.start(name)
            yield made
        finally:
            made.close()


def _again(here: Installation, name: str) -> None:
    here.kill(name)
    here.start(name)


def _power_cut(here: Installation) -> None:
    here.database.kill()
    time.sleep(1)
    here.database.start()


def _broker(here: Installation, *, disk: bool) -> None:
    here.broker.kill()
    if not disk:
        here.broker.lose_disk()
    here.broker.start()


FAULTS: dict[str, Callable[[Installation], None]] = {
    "a worker process": lambda here: here.kill_child("worker-1"),
    "a machine of workers": lambda here: _again(here, "worker-2"),
    "the relay": lambda here: _again(here, "relay"),
    "the broker, its disk kept": lambda here: _broker(here, disk=True),
    "a web process": lambda here: here.kill_child("web"),
    "a process of the database": Installation.kill_backend,
    "the whole web": lambda here: _again(here, "web"),
    "the database server": _power_cut,
    "the broker, its disk lost": lambda here: _broker(here, disk=False),
}


@pytest.mark.feature("A21", "D20")
def test_whatever_dies_in_the_middle_every_record_is_issued_once_and_whole(installation: Installation) -> None:
    here = installation
    visitor = Visitor(here, "/health")
    began = time.monotonic()
    step = RECORDS // (len(FAULTS) + 3)
    told: dict[str, dict[str, float]] = {}
    for number, (name, fault) in enumerate(FAULTS.items(), 1):
        found = here.wait(number * step, child.LONGEST)
        assert found < RECORDS, f"all was done before {name} could die"
        moment = time.monotonic()
        fault(here)
        told[name] = {"at": found, "seconds": round(time.monotonic() - moment, 1)}
    here.wait(RECORDS, child.LONGEST)
    took = time.monotonic() - began
    _until_settled(here)
    visitor.leave()
    _until_served(here)
    assert visitor.answers[200] > 0
    code = here.ask("SELECT code FROM records_record LIMIT 1")
    assert here.get(f"/v/{code}/")[0] == 200
    found_whole = here.place.run("check")
    if where := os.environ.get("FAULT_REPORT"):
        report = {"records": RECORDS, "seconds": round(took, 1), "faults": told, "web": dict(visitor.answers)}
        Path(where).write_text(json.dumps(report, indent=1))
    assert_whole(found_whole, RECORDS)


def _until_served(here: Installation) -> None:
    """The web, which died last, serves again: a process needs some seconds to come up."""
    end = time.monotonic() + child.LONGEST
    while (status := here.get("/health")[0]) != 200:
        assert time.monotonic() < end, f"the web answers {status}\n{here.words()}"
        time.sleep(0.5)


def _until_settled(here: Installation) -> None:
    """No task waits for another try, none has failed: only periodic steps are left."""
    left = (
        "SELECT count(*) FROM django_tasks_database_dbtaskresult r LEFT JOIN jobs_lease l ON l.task = r.id "
        "WHERE r.status <> 'SUCCESSFUL' AND coalesce(l.periodic, '') = ''"
    )
    end = time.monotonic() + child.LONGEST  # a task that met a fault waits for its next try
    while (count := here.ask(left)) != 0:
        assert time.monotonic() < end, f"{count} tasks are not settled\n{here.words()}"
        time.sleep(0.5)
