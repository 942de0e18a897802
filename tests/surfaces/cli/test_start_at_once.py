"""Several processes start at once on a database without a schema: one makes it, none fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from scripts import postgres

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
PROCESSES, PATIENCE = 6, 240


def start_at_once(folder: Path, **more: str) -> list[str]:
    """`testamur jobs` several times at once; what those say that fail."""
    environment = {k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL")} | {
        "TESTAMUR_DATA": str(folder),
        "TESTAMUR_MODE": "demo",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "tests.kernel.jobs.settings",
        **more,
    }
    command = [sys.executable, "-m", "testamur", "jobs", "--json"]
    started = [
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(PROCESSES)
    ]
    told = [one.communicate(timeout=PATIENCE)[0] for one in started]
    return [words for one, words in zip(started, told, strict=True) if one.returncode]


def test_on_a_new_data_folder(tmp_path: Path) -> None:
    for turn in range(2):
        (tmp_path / str(turn)).mkdir()
        assert start_at_once(tmp_path / str(turn)) == []


def test_on_a_new_database_server(tmp_path: Path) -> None:
    with postgres.cluster() as variables:
        assert start_at_once(tmp_path, **variables) == []
