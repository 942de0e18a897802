"""Every check and every test: SQLite, PostgreSQL, then journeys in a browser. Arguments go to pytest instead."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import check
import postgres

ROOT = Path(__file__).resolve().parents[1]
SLOWEST = ["--durations=15", "--durations-min=5"]


def run(title: str, arguments: list[str], extra: dict[str, str]) -> int:
    """Run pytest with `extra` environment; returns its exit status."""
    print(f"\n=== {title}", flush=True)
    began = time.monotonic()
    code = subprocess.run(
        [str(ROOT / ".venv/bin/python"), "-m", "pytest", *SLOWEST, *arguments],
        cwd=ROOT,
        env={**os.environ, **extra},
        check=False,
    ).returncode
    print(
        f"=== {title}: {'passed' if code == 0 else f'FAILED ({code})'} in {time.monotonic() - began:.0f} s", flush=True
    )
    return code


def main() -> int:
    """All of it; exit status 1 when anything failed."""
    workers = ["-n", str(max(2, os.cpu_count() or 2))]
    if sys.argv[1:]:
        return run("tests", sys.argv[1:], {})
    print("=== checks", flush=True)
    codes = [check.main()]
    codes.append(run("tests on SQLite", workers, {}))
    with postgres.cluster() as variables:
        codes.append(run("tests on PostgreSQL", [*workers, "--database-only"], variables))
    apart = ["-n", "2", "--dist", "loadfile", "-m", "browser", "tests/journeys/browser"]  # one server for each file
    codes.append(run("journeys in a browser", apart, {}))
    return 1 if any(codes) else 0


if __name__ == "__main__":
    sys.exit(main())
