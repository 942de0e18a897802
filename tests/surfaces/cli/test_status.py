"""`testamur status` and `testamur verify --status` at the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from testamur.surfaces.cli import verify as command
from tests import schema
from tests.conformance import builder
from tests.conformance.builder import AT, OTHER_RECORD, RECORD, status_list


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good record, and the bundle that this user has chosen to believe."""
    (tmp_path / "trust.json").write_bytes(builder.world().trust_json(status=status_list()))
    monkeypatch.setenv("TESTAMUR_TRUST", str(tmp_path / "trust.json"))
    (tmp_path / "record.pdf").write_bytes(builder.good().data)
    return tmp_path / "record.pdf"


def written(folder: Path, value: Any) -> Path:
    path = folder / "list.status.json"
    path.write_text(json.dumps(value))
    return path


def newer(**listed: Any) -> dict[str, Any]:
    return status_list(entries=9, made=AT + timedelta(days=2), **listed)


def test_a_newer_list_given_beside_the_bundle_decides(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([record], as_json=True) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "valid"
    path = written(record.parent, newer(annulled=[RECORD]))
    assert command.main([record], status=path, as_json=True) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["verdict"], report["indication"]) == ("invalid", "TOTAL-FAILED")
    assert [c["code"] for c in report["checks"] if c["outcome"] == "failed"] == ["status.annulled"]


@pytest.mark.parametrize(("listed", "word"), [("annulled", "annulled"), ("replaced", "genuine")])
def test_people_are_not_told_that_a_genuine_record_is_forged(
    record: Path, capsys: pytest.CaptureFixture[str], listed: str, word: str
) -> None:
    assert command.main([record], status=written(record.parent, newer(**{listed: [RECORD]}))) == 1
    out = capsys.readouterr().out
    assert "NO LONGER VALID" in out
    assert "FORGED" not in out
    assert word in out


def test_a_forged_record_is_called_forged_whatever_the_list_says(
    record: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(record.read_bytes())
    data[len(builder.good().first) // 2] ^= 1
    record.write_bytes(data)
    assert command.main([record], status=written(record.parent, newer(annulled=[RECORD]))) == 1
    assert "FORGED OR CHANGED" in capsys.readouterr().out


def test_an_older_list_than_the_bundle_s_is_refused(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(record.parent, status_list(entries=4, annulled=[OTHER_RECORD]))
    assert command.main([record], status=path, as_json=True) == 2
    assert "status.rolled_back" in capsys.readouterr().out


def test_the_age_that_counts_as_old_can_be_chosen(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = builder.world().trust_json(status=status_list(made=AT - timedelta(days=30)))
    (record.parent / "trust.json").write_bytes(old)
    command._bundles.clear()
    for days, code in ((36_500, "ok"), (0, "status.stale")):
        assert command.main([record], max_status_age=days, as_json=True) == 0
        checks = json.loads(capsys.readouterr().out)["checks"]
        assert next(c["code"] for c in checks if c["name"] == "status") == code


@pytest.mark.parametrize("content", [b"", b"{", b"not a list", b"[1]", b"\xff\xfe", b"[" * 100_000])
def test_a_file_that_is_no_list_stops_everything_with_one_sentence(
    record: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = record.parent / "list.status.json"
    path.write_bytes(content)
    assert command.main([record], status=path) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("testamur verify: The status list cannot be read")


def test_a_missing_list_stops_everything(record: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([record], status=record.parent / "nothing.json") == 2
    assert "nothing.json" in capsys.readouterr().err


def test_publish_and_show_on_an_installation_without_a_log_say_so(tmp_path: Path) -> None:
    environment = {**os.environ, "TESTAMUR_DATA": str(schema.put(tmp_path)), "TESTAMUR_MODE": "demo"}
    for words in (["publish", "--json"], ["show", "--json"]):
        done = subprocess.run(
            [sys.executable, "-m", "testamur", "status", *words],
            env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["lists"] == []
    foreign = written(tmp_path, status_list())
    done = subprocess.run(
        [sys.executable, "-m", "testamur", "status", "publish", "--after", str(foreign)],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "no log here" in done.stderr
