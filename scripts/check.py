"""Every check that needs no running product, each named, with its time; all run even when one fails."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = ROOT / ".venv" / "bin"

CHECKS: tuple[tuple[str, list[str]], ...] = (
    ("format", ["ruff", "format", "--check", "--quiet", "src", "tests", "scripts"]),
    ("lint", ["ruff", "check", "--quiet", "src", "tests", "scripts"]),
    ("types", ["mypy"]),
    ("storeys", ["lint-imports", "--no-cache"]),
    ("migrations", ["python", "manage.py", "makemigrations", "--check", "--dry-run", "-v1"]),
    ("messages", ["python", "scripts/messages.py", "--check"]),
    ("templates", ["djlint", "--lint", "--quiet", "src/testamur/surfaces/web/templates"]),
    ("features", ["python", "scripts/features.py", "--check"]),
    ("django", ["python", "manage.py", "check", "--fail-level", "WARNING"]),
)


def main() -> int:
    """Run the checks; exit status 1 when any failed."""
    failed = []
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "TESTAMUR_DATA": folder, "TESTAMUR_MODE": "demo"}
        for name, command in CHECKS:
            began = time.monotonic()
            done = subprocess.run(
                [str(BIN / command[0]), *command[1:]], cwd=ROOT, env=env, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            )  # fmt: skip
            print(
                f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name:<11} {time.monotonic() - began:5.1f} s", flush=True
            )
            if done.returncode:
                failed.append(name)
                print(done.stdout)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
