"""The first administrator is made at the console."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests import schema

BUILD = """
import django; django.setup()
from datetime import UTC, datetime
from testamur.kernel.base.actor import operator
from testamur.register.schools import actions
from testamur.register.schools.rules import NewUnit, UnitKind
unit = NewUnit(UnitKind.AUTHORITY, "9999", "Exempelkommun", country="SE", slug="exempelkommun")
actions.add_units(by=operator(), units=[unit], now=datetime.now(UTC))
"""


def run(data: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("TESTAMUR_")}
    env |= {"TESTAMUR_DATA": str(data), "DJANGO_SETTINGS_MODULE": "testamur.config.settings"}
    if arguments[0] == "build":
        assert subprocess.run([sys.executable, "-c", BUILD], env=env, check=True).returncode == 0
        return 0, {}
    done = subprocess.run(
        [sys.executable, "-m", "testamur", *arguments, "--json"], env=env, check=False, capture_output=True, text=True
    )
    return done.returncode, json.loads(done.stdout or "{}")


def test_an_administrator_is_entered_once_and_a_unit_that_is_not_there_is_told(tmp_path: Path) -> None:
    code, told = run(schema.put(tmp_path), "appoint", "--unit", "9999", "--number", "197002269947")
    assert code == 1
    assert told["error"]["code"] == "not_found"
    run(tmp_path, "build")
    here = ("appoint", "--unit", "9999", "--number", "19700226-9947")
    code, told = run(tmp_path, *here)
    assert code == 1
    named = (*here, "--given", "Ulla", "--family", "Exempelström", "--email", "ulla@example.org")
    code, told = run(tmp_path, *named)
    assert (code, told["registered"], told["unit"]) == (0, True, "/exempelkommun/")
    code, told = run(tmp_path, *here, "--role", "archivist")
    assert (code, told["registered"], told["role"]) == (0, False, "archivist")
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
