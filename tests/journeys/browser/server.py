"""The product as it is served: Granian and the background work in processes of their own, on a port of loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from testamur.kernel.base.ports import free_port

START = 300.0


def environment(data: Path, port: int, more: Mapping[str, str]) -> dict[str, str]:
    """What the product's processes get."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TESTAMUR_", "PYTEST_"))}
    return {
        **kept,
        "TESTAMUR_DATA": str(data),
        "TESTAMUR_MODE": "demo",
        "TESTAMUR_PUBLIC_URL": f"http://localhost:{port}",
        "TESTAMUR_HOSTS": "localhost,127.0.0.1",
        **more,
    }


@contextmanager
def serving(data: Path, log: Path, more: Mapping[str, str] | None = None) -> Iterator[str]:
    """Serve the data folder; yields the address. A port that was taken by another meanwhile is tried again."""
    for attempt in range(3):
        port = free_port()
        with log.open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "testamur", "serve", "--port", str(port), "--workers", "1", "--threads", "4"],
                env=environment(data, port, more or {}),
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
            )
        try:
            if _ready(process, port):
                yield f"http://localhost:{port}"
                return
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
        assert attempt < 2, log.read_text()[-2000:]


def _ready(process: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=5):
                return True
        except OSError:
            time.sleep(0.1)
    return False
