"""Real processes, really killed: after any crash the log goes on, and never contradicts itself."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from testamur.kernel.proofs import merkle, notes
from tests import schema
from tests.trust.transparency.child import POINTS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]


def start(data: Path, *args: str) -> subprocess.Popen[str]:
    environment = {
        k: v for k, v in os.environ.items() if k not in {"TESTAMUR_DATABASE_URL", "TESTAMUR_LOG_DATABASE_URL"}
    }
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT), environment.get("PYTHONPATH", "")])
    environment |= {
        "TESTAMUR_DATA": str(data),
        "TESTAMUR_MODE": "demo",
        "PYTHONPATH": path,
        "DJANGO_SETTINGS_MODULE": environment.get("DJANGO_SETTINGS_MODULE", "testamur.config.settings"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.trust.transparency.child", *args],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def run(data: Path, *args: str) -> dict[str, Any]:
    process = start(data, *args)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A data folder with an SQLite database and a log of 300 entries."""
    data = tmp_path_factory.mktemp("log")
    log = run(schema.put(data), "make")["log"]
    run(data, "append", log, "0", "300", "300")
    return data, log


@pytest.fixture
def place(template: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    """A copy of the template for one test."""
    data, log = template
    shutil.copytree(data, tmp_path / "data")
    return tmp_path / "data", log


def public(data: Path) -> notes.Checkpoint:
    return notes.Checkpoint.parse(notes.Note.parse((data / "logs/exempelkommun/checkpoint").read_bytes()).text)


def assert_never_forked(data: Path, log: str, seen: list[notes.Checkpoint]) -> dict[str, Any]:
    """Every head that anyone outside could have seen is a prefix of the one that is public now."""
    new = public(data)
    found = run(data, "check", log, *{str(old.size) for old in seen})
    assert found["differences"] == []
    for old in seen:
        path = [bytes.fromhex(h) for h in found["consistency"][str(old.size)]]
        assert merkle.verify_consistency(old.size, new.size, old.root, new.root, path)
    return found


@pytest.mark.feature("A21")
@pytest.mark.parametrize("point", POINTS)
def test_a_killed_append_is_finished_by_the_same_call(place: tuple[Path, str], point: str) -> None:
    data, log = place
    seen = [public(data)]
    process = start(data, "append", log, "300", "600", "300", point)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    seen.append(public(data))
    assert run(data, "append", log, "300", "600", "300")["places"] == list(range(300, 600))
    found = assert_never_forked(data, log, seen)
    assert (found["size"], found["published"]) == (600, 600)


@pytest.mark.parametrize("point", ["rows committed", "some tiles renamed", "witness remembers, cosignature lost"])
def test_after_a_crash_other_entries_may_come_first(place: tuple[Path, str], point: str) -> None:
    data, log = place
    seen = [public(data)]
    start(data, "append", log, "300", "600", "300", point).communicate(timeout=120)
    seen.append(public(data))
    assert run(data, "append", log, "900", "910", "10")["places"] == list(range(600, 610))
    assert run(data, "append", log, "300", "600", "300")["places"] == list(range(300, 600))
    assert_never_forked(data, log, seen)


@pytest.mark.feature("A21")
def test_two_processes_append_to_one_log(place: tuple[Path, str]) -> None:
    data, log = place
    seen = [public(data)]
    # the ranges overlap, so both also race for the same entries
    processes = [
        start(data, "append", log, "300", "700", "20"),
        start(data, "append", log, "500", "900", "20"),
    ]
    answers = [json.loads(process.communicate(timeout=240)[0]) for process in processes]
    first = dict(zip(range(300, 700), answers[0]["places"], strict=True))
    second = dict(zip(range(500, 900), answers[1]["places"], strict=True))
    assert {n: first[n] for n in range(500, 700)} == {n: second[n] for n in range(500, 700)}
    assert sorted((first | second).values()) == list(range(300, 900))
    found = assert_never_forked(data, log, seen)
    assert (found["size"], found["published"]) == (900, 900)


def test_a_killed_process_leaves_the_other_able_to_go_on(place: tuple[Path, str]) -> None:
    data, log = place
    seen = [public(data)]
    other = start(data, "append", log, "600", "1000", "20")
    start(data, "append", log, "300", "340", "20", "tiles written").communicate(timeout=120)
    seen.append(public(data))
    other.communicate(timeout=240)
    assert other.returncode == 0
    seen.append(public(data))
    run(data, "append", log, "300", "340", "20")
    found = assert_never_forked(data, log, seen)
    assert (found["size"], found["published"]) == (740, 740)
