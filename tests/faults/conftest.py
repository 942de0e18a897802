"""A prepared school, copied for each test; real processes that work in the copy and may be killed."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import forkserver, get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from tests.faults import child

RECORDS = 3
LEASE = 11 * 60
"""Seconds after which a batch of a dead worker is free."""

ROOT = Path(__file__).resolve().parents[2]
_numbers = itertools.count()


class Running:
    """A process at work."""

    def __init__(self, process: ForkServerProcess, out: Path) -> None:
        self.process = process
        self._out = out

    def end(self, seconds: float = child.LONGEST + 10) -> int | None:
        """Wait for it; its exit code (negative: the signal that killed it)."""
        self.process.join(seconds)
        return self.process.exitcode

    def value(self) -> dict[str, Any]:
        """What it found; it must have come to its end."""
        assert self.end() == 0
        told: dict[str, Any] = json.loads(self._out.read_text())
        return told


@dataclass(frozen=True)
class Place:
    """One data folder with its databases."""

    folder: Path
    url: str = ""
    log_url: str = ""
    out: Path | None = None

    def start(self, what: str, **arguments: Any) -> Running:
        out = (self.out or self.folder.parent) / f"{what}-{next(_numbers)}.json"
        context = get_context("forkserver")
        process = context.Process(
            target=child.run, args=(what, (str(self.folder), self.url, self.log_url), str(out), arguments)
        )
        process.start()
        return Running(process, out)

    def run(self, what: str, **arguments: Any) -> dict[str, Any]:
        return self.start(what, **arguments).value()

    def wait_for(self, flag: Path) -> None:
        end = time.monotonic() + child.LONGEST
        while not flag.exists():
            assert time.monotonic() < end, f"{flag.name} did not come"
            time.sleep(0.01)


class Databases:
    """New and copied PostgreSQL databases beside the one of the tests; SQLite needs none of it."""

    def __init__(self) -> None:
        self._url = os.environ.get("TESTAMUR_DATABASE_URL", "")
        self._made: list[str] = []

    def make(self, template: str = "template1") -> str:
        if not self._url:
            return ""
        name = f"fault_{os.getpid()}_{next(_numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template.rpartition("/")[2]}"')
        self._made.append(name)
        return f"{self._url.rpartition('/')[0]}/{name}"

    def drop_all(self) -> None:
        for name in self._made:
            self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        import psycopg

        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    made = Databases()
    yield made
    made.drop_all()


@pytest.fixture(scope="session")
def forked() -> None:
    """The server that forks the processes of these tests, with all that they import."""
    get_context("forkserver").set_forkserver_preload(["tests.faults.preload"])
    # it starts as a program of its own and needs to find the code
    former = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "src"), str(ROOT), former or ""])
    try:
        forkserver.ensure_running()
    finally:
        if former is None:
            del os.environ["PYTHONPATH"]
        else:
            os.environ["PYTHONPATH"] = former


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, databases: Databases, forked: None) -> Place:
    """Documents signed and waiting to be issued; made once."""
    place = Place(tmp_path_factory.mktemp("prepared") / "data", databases.make(), databases.make())
    place.run("make", records=RECORDS)
    return place


@pytest.fixture
def place(prepared: Place, databases: Databases, tmp_path: Path) -> Place:
    """A copy of the prepared school."""
    folder = tmp_path / "data"
    shutil.copytree(prepared.folder, folder)
    return Place(folder, databases.make(prepared.url), databases.make(prepared.log_url))
