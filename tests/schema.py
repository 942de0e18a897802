"""Empty databases of the newest schema, made once: many tests start the product on a new data folder.

Nothing is hidden by this: `tests/surfaces/cli/test_start_at_once.py` and the demonstrations make theirs from nothing,
and whatever starts on one of these looks whether a migration is missing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "var" / "schema"
NAMES = ("testamur.sqlite3", "log.sqlite3")
MADE_BY = ("config/settings.py", "kernel/base/sqltext.py", "kernel/journal/guards.py", "*/*/rules.py", "*/*/rules/*.py")
"""What makes the schema besides the migrations themselves."""


def put(data: Path) -> Path:
    """Lay empty databases of the newest schema into a data folder that has none; returns the folder."""
    data.mkdir(parents=True, exist_ok=True)
    place = KEPT / _digest()
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            for old in KEPT.glob("[0-9a-f]*"):
                shutil.rmtree(old)
            _make(place)
        for name in NAMES:
            assert not (data / name).exists()
            shutil.copyfile(place / name, data / name)
    return data


def _make(place: Path) -> None:
    """A real start on a new data folder; what it left in write-ahead files is brought home."""
    with tempfile.TemporaryDirectory(dir=KEPT, prefix="new-") as new:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TESTAMUR_", "PYTEST_"))}
        subprocess.run(
            [sys.executable, "-c", "from testamur.surfaces.cli.runtime import start; start()"],
            cwd=ROOT,
            env={
                **kept,
                "TESTAMUR_DATA": new,
                "TESTAMUR_MODE": "demo",
                "PYTHONPATH": str(ROOT / "src"),
                "DJANGO_SETTINGS_MODULE": "testamur.config.settings",
            },
            check=True,
            timeout=1800,
        )
        for name in NAMES:
            with closing(sqlite3.connect(Path(new) / name)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        only = Path(new) / "only"
        only.mkdir()
        for name in NAMES:
            shutil.copyfile(Path(new) / name, only / name)
        only.rename(place)


def _digest() -> str:
    house = ROOT / "src" / "testamur"
    digest = hashlib.sha256(f"{django.VERSION} {sys.version}".encode())
    for path in sorted([*house.glob("**/migrations/*.py"), *(path for one in MADE_BY for path in house.glob(one))]):
        digest.update(f"{path.relative_to(house)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
