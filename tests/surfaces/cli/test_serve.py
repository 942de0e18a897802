"""The server is killed: its web processes go with it, so that another can take the port."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from scripts import postgres

from testamur.kernel.base.ports import free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import sys
from testamur.surfaces.cli import serve
if __name__ == "__main__":
    serve._web("127.0.0.1", int(sys.argv[1]), 2, 2)
"""


def until(what: Callable[[], object], seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_web_processes_die_with_a_server_that_is_killed_and_free_its_port(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    port = free_port()
    environment = {k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL")} | {
        "TESTAMUR_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "tests.kernel.jobs.settings",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }

    def answers() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as one:
                one.settimeout(5)
                one.sendall(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
                return one.recv(4) == b"HTTP"
        except OSError:
            return False

    def alive(pid: int) -> bool:
        return Path(f"/proc/{pid}/exe").exists()

    for _ in range(2):
        server = subprocess.Popen(
            [sys.executable, str(tmp_path / "program.py"), str(port)], env=environment, stderr=subprocess.DEVNULL
        )
        try:
            until(answers)
            web = postgres.children(server.pid)
            assert len(web) >= 2
        finally:
            server.kill()
            server.wait()
        until(lambda web=web: not any(map(alive, web)))  # type: ignore[misc]
        assert not answers()
