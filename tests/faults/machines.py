"""All that an installation of several machines consists of, each part in processes that can be killed one by one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts import postgres, rabbitmq

from testamur.kernel.base.ports import free_port
from tests.faults.conftest import ROOT, Place

DURABLE = {**postgres.SETTINGS, "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""What is committed must outlive a kill: the settings of a server in use."""


@dataclass
class Installation:
    """Database, broker, relay, workers and web in `folder`; batches of so many records, leases of so many seconds."""

    folder: Path
    batch: int
    lease: int
    database: postgres.Cluster = field(init=False)
    broker: rabbitmq.Broker = field(init=False)
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        place = self.folder / "postgres"
        place.mkdir()
        place.chmod(0o755)
        self.database = postgres.Cluster(place, DURABLE)
        self.broker = rabbitmq.Broker(self.folder / "rabbitmq")

    @property
    def place(self) -> Place:
        urls = self.database.variables
        return Place(
            self.folder / "data", urls["TESTAMUR_DATABASE_URL"], urls["TESTAMUR_LOG_DATABASE_URL"], out=self.folder
        )

    def start(self, name: str) -> None:
        """Start a part by its name: relay, worker-N, web."""
        program = {
            "relay": ("relay",),
            "worker": ("worker", "--celery", "--concurrency", "1"),
            "web": ("serve", "--no-background", "--workers", "2", "--port", str(self.port)),
        }[name.partition("-")[0]]
        environment = {
            **os.environ,
            **self.database.variables,
            "TESTAMUR_BROKER_URL": self.broker.url,
            "TESTAMUR_DATA": str(self.folder / "data"),
            "TESTAMUR_MODE": "demo",
            "TESTAMUR_STATIC_VERSIONS": "false",
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "TEST_BATCH": str(self.batch),
            "TEST_LEASE": str(self.lease),
        }
        with (self.folder / f"{name}.out").open("ab") as out:
            self.parts[name] = subprocess.Popen(
                [sys.executable, "-m", "testamur", *program], env=environment, cwd=ROOT, stdout=out, stderr=out,
                stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def kill(self, name: str) -> None:
        """End the process of a part at once; what it had started must look after itself."""
        self.parts[name].kill()
        self.parts[name].wait()

    def kill_child(self, name: str) -> None:
        """End one process that a part has started; the part must start another."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            # multiprocessing's own helper is none of them
            found = [pid for pid in postgres.children(self.parts[name].pid) if b"resource_tracker" not in _command(pid)]
            if found:
                os.kill(found[-1], signal.SIGKILL)
                return
            time.sleep(0.1)
        raise AssertionError(f"{name} has no process")

    def kill_backend(self) -> None:
        """End one process of the database: the server ends all the others and recovers by itself."""
        with contextlib.suppress(Exception):
            import psycopg

            with psycopg.connect(self.database.variables["TESTAMUR_DATABASE_URL"]) as connection:
                row = connection.execute(
                    "SELECT pid FROM pg_stat_activity WHERE datname = 'testamur' AND pid <> pg_backend_pid() LIMIT 1"
                ).fetchone()
                assert row is not None
                os.kill(row[0], signal.SIGKILL)

    def ask(self, statement: str) -> Any:
        """One value from the database; None while it does not answer."""
        import psycopg

        try:
            with psycopg.connect(
                self.database.variables["TESTAMUR_DATABASE_URL"], autocommit=True, connect_timeout=5
            ) as connection:
                row = connection.execute(statement.encode()).fetchone()
                return row[0] if row else None
        except psycopg.OperationalError:
            return None

    def published(self) -> int:
        """How many records are published; -1 while the database does not answer."""
        count = self.ask("SELECT count(*) FROM records_record WHERE state = 'published'")
        return -1 if count is None else int(count)

    def wait(self, records: int, seconds: float) -> int:
        """Until so many are published; how many are."""
        end = time.monotonic() + seconds
        while (found := self.published()) < records:
            assert time.monotonic() < end, f"{found} of {records} after {seconds} s\n{self.words()}"
            time.sleep(0.1)
        return found

    def get(self, path: str) -> tuple[int, bytes]:
        """What the web answers; 0 when it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, b""
        except OSError:
            return 0, b""

    def words(self) -> str:
        """The last words of every part."""
        return "\n".join(f"--- {p.stem}\n{p.read_text(errors='replace')[-1500:]}" for p in self.folder.glob("*.out"))

    def close(self) -> None:
        """End everything."""
        for process in self.parts.values():
            if process.poll() is None:
                process.terminate()
        for process in self.parts.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.broker.stop()
        self.database.stop()


class Visitor:
    """Somebody who asks for a page again and again, and counts the answers."""

    def __init__(self, installation: Installation, path: str) -> None:
        self.answers: Counter[int] = Counter()
        self._where, self._path = installation, path
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        while not self._over.wait(0.2):
            self.answers[self._where.get(self._path)[0]] += 1

    def leave(self) -> None:
        self._over.set()
        self._thread.join(15)


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
