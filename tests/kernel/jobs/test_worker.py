"""Real worker processes, really killed: nothing is lost, nothing runs twice at once, a stop is gentle."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120.0
"""Seconds: three programs that start at once on a busy machine take more than thirty to their first task."""


class Place:
    """A data folder with an SQLite database, and what one does with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
        self.environment = {k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL")} | {
            "TESTAMUR_DATA": str(folder / "data"),
            "TESTAMUR_MODE": "demo",
            "PYTHONPATH": path,
            "DJANGO_SETTINGS_MODULE": "tests.kernel.jobs.settings",
        }
        self.manage("migrate", "-v0")

    def manage(self, *args: str) -> None:
        subprocess.run([sys.executable, "manage.py", *args], cwd=ROOT, env=self.environment, check=True)

    def enqueue(self, *lines: str) -> None:
        code = "\n".join(
            ["import django; django.setup()", "from tests.kernel.jobs import work", f"F = {str(self.folder)!r}", *lines]
        )
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=self.environment, check=True)

    def start(self, until: str, concurrency: int, **extra: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.kernel.jobs.program", until, str(concurrency)],
            cwd=ROOT,
            env=self.environment | extra,
            stdout=subprocess.PIPE,
            text=True,
        )

    def drain(self, concurrency: int = 2, **extra: str) -> dict[str, Any]:
        return answer(self.start("drained", concurrency, **extra))

    def notes(self) -> list[list[str]]:
        path = self.folder / "notes"
        return [line.split() for line in path.read_text().splitlines()] if path.exists() else []

    def wait_for(self, *words: str) -> int:
        """Until the first line with these words is there; returns the process that wrote it."""

        def found() -> int | None:
            return next((int(line[-1]) for line in self.notes() if line[:-1] == list(words)), None)

        return until(found)


def until(what: Callable[[], int | None], seconds: float = PATIENCE) -> int:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (value := what()) is not None:
            return value
        time.sleep(0.05)
    raise AssertionError("it did not happen")


def answer(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate(timeout=PATIENCE)
    told: dict[str, Any] = json.loads(out)
    return told


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def stop_now(process: subprocess.Popen[str]) -> None:
    """The stop signal again and again: Python hears none while it waits for the database, and two become one then."""
    while process.poll() is None:
        process.send_signal(signal.SIGTERM)
        time.sleep(0.3)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_two_processes_run_every_task_exactly_once(place: Place) -> None:
    place.enqueue(
        "for n in range(2): work.meet.enqueue(F)",
        "for n in range(60): work.note.enqueue(F, str(n), 0.02)", "work.crash.enqueue()",
    )  # fmt: skip
    told = place.drain()
    assert (told["done"], told["failed"], told["died"]) == (62, 1, 0)
    ended = Counter(word for kind, word, _pid in place.notes() if kind == "end")
    assert ended == Counter(str(n) for n in range(60))
    assert len({pid for _kind, _word, pid in place.notes()}) == 2


def test_a_killed_workers_task_is_run_again_at_once_by_another(place: Place) -> None:
    place.enqueue("work.note.enqueue(F, 'long', 3)")
    process = place.start("stopped", 2)
    first = place.wait_for("begin", "long")
    os.kill(first, signal.SIGKILL)
    second = place.wait_for("end", "long")
    assert second != first
    process.send_signal(signal.SIGTERM)
    told = answer(process)
    assert (told["done"], told["died"]) == (1, 1)
    assert told["tried"] == [["tests.kernel.jobs.work.note", 2, ""]]


def test_a_stop_signal_lets_the_task_under_way_end_and_takes_no_other(place: Place) -> None:
    place.enqueue("work.note.enqueue(F, 'first', 5)", "work.note.enqueue(F, 'second', 1)")
    process = place.start("stopped", 1)
    place.wait_for("begin", "first")
    process.send_signal(signal.SIGTERM)
    told = answer(process)
    assert process.returncode == 0
    assert [line[:2] for line in place.notes()] == [["begin", "first"], ["end", "first"]]
    assert (told["done"], told["died"]) == (1, 0)


def test_the_second_stop_signal_is_obeyed_at_once_and_the_task_waits_for_the_next_worker(place: Place) -> None:
    place.enqueue("work.note.enqueue(F, 'long', 20)")
    process = place.start("stopped", 1)
    worker = place.wait_for("begin", "long")
    stop_now(process)
    assert answer(process)["done"] == 0
    assert not alive(worker)
    place.enqueue(
        "from django_tasks_db.models import DBTaskResult as R",
        "from testamur.kernel.jobs import queries",
        "assert [r.status for r in R.objects.all()] == ['READY']",
        "assert queries.troubled()[0].reason == 'worker.stopped'",
    )


@pytest.mark.parametrize("stops", [1, 2])
def test_a_stop_that_comes_while_a_worker_is_being_started_is_obeyed(place: Place, stops: int) -> None:
    place.enqueue("work.note.enqueue(F, 'never')")
    process = place.start("stopped", 2, TEST_STOPS_AT_START=str(stops))
    told = answer(process)
    assert process.returncode == 0
    assert (told["done"], told["died"]) == (0, 0)
    assert place.notes() == []


def test_when_the_parent_is_killed_its_workers_die_and_the_lease_frees_the_task(place: Place) -> None:
    place.enqueue("work.note.enqueue(F, 'long', 2)")
    long = {"TEST_LEASE": "600"}  # longer than any start of a process on a busy machine
    process = place.start("stopped", 1, **long)
    worker = place.wait_for("begin", "long")
    process.kill()
    process.wait()
    until(lambda: None if alive(worker) else 1)
    assert place.drain(1, **long)["done"] == 0  # the lease holds: nobody can know yet
    other = place.start("stopped", 1, TEST_AHEAD="601", **long)
    place.wait_for("end", "long")
    other.send_signal(signal.SIGTERM)
    assert answer(other)["tried"] == [["tests.kernel.jobs.work.note", 2, ""]]
    assert [line[:2] for line in place.notes()].count(["end", "long"]) == 1


def test_a_step_that_hangs_is_killed_and_the_reason_kept(place: Place) -> None:
    schedule = {"test.hang": {"task": "tests.kernel.jobs.hang.hang", "every": 3600, "limit": 1}}
    process = place.start("stopped", 1, TEST_SCHEDULE=json.dumps(schedule))

    def reason() -> int | None:
        with closing(sqlite3.connect(place.folder / "data" / "testamur.sqlite3")) as database:
            return 1 if database.execute("SELECT error FROM jobs_lease").fetchall() == [("task.timeout",)] else None

    until(reason)
    stop_now(process)
    assert answer(process)["died"] >= 1


def test_workers_that_cannot_start_are_given_up(place: Place) -> None:
    (place.folder / "data" / "testamur.sqlite3").write_bytes(b"this is no database" * 100)
    told = place.drain(1)
    assert told["gave_up"]
    assert told["died"] == 3
