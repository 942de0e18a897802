"""`testamur verify` at the command line: what it prints, its exit codes, and that it needs nothing but the files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from testamur.surfaces.cli import verify as command
from tests.conformance import bad_files, builder


@pytest.fixture(autouse=True)
def _believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bundle that this user has chosen to believe."""
    monkeypatch.setenv("TESTAMUR_TRUST", str(tmp_path / "trust.json"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good record, a forged one, and another file."""
    (tmp_path / "trust.json").write_bytes(builder.world().trust_json())
    records = tmp_path / "records"
    records.mkdir()
    (records / "good.pdf").write_bytes(builder.good().data)
    (records / "forged.pdf").write_bytes(bad_files.a_changed_byte_in_the_document().data)
    (records / "other.pdf").write_bytes(b"%PDF-1.4 something else")
    return records


def reports(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.feature("D11")
def test_a_good_file_is_valid_with_the_bundle_that_the_user_believes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([folder / "good.pdf"], as_json=True) == 0
    (report,) = reports(capsys)
    assert report["verdict"] == "valid"
    assert report["indication"] == "TOTAL-PASSED"
    assert report["test"] is True


@pytest.mark.feature("D4")
def test_what_was_made_in_training_is_never_called_valid(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    issuer = builder.snapshot()["issuer"] | {"name": "Tỉnh Thực Hành (BẢN THỰC HÀNH)"}
    (folder / "practised.pdf").write_bytes(builder.build(snapshot_changes={"issuer": issuer}).data)
    assert command.main([folder / "practised.pdf"]) == 1
    said = capsys.readouterr().out
    assert "PRACTICE, NOT VALID" in said
    assert "made in training" in said
    assert command.main([folder / "practised.pdf", folder / "good.pdf"], as_json=True) == 1
    assert [one["practice"] for one in reports(capsys)] == [True, False]


def test_a_bundle_that_came_along_with_the_file_is_not_believed(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TESTAMUR_TRUST")
    (folder / "trust.json").write_bytes(builder.world().trust_json())
    monkeypatch.chdir(folder)
    assert command.main([folder / "good.pdf"], as_json=True) == 2
    assert reports(capsys)[0]["verdict"] == "undecided"
    command.main([folder / "good.pdf"])
    assert "CANNOT BE DECIDED" in capsys.readouterr().out


def test_several_files_give_one_object_each_in_order_and_the_worst_exit_code(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["good.pdf", "other.pdf", "forged.pdf", "missing.pdf"]
    assert command.main([folder / name for name in names], as_json=True) == 1
    found = reports(capsys)
    assert [Path(r["file"]).name for r in found] == names
    assert [r["verdict"] for r in found] == ["valid", "foreign", "invalid", "undecided"]
    assert found[-1]["checks"][0]["code"] == "file.unreadable"
    assert command.main([folder / "good.pdf", folder / "other.pdf"]) == 3
    assert command.main([folder / "missing.pdf", folder / "other.pdf"]) == 2
    assert command.main([folder]) == 2


def test_the_work_is_shared_out_and_comes_back_in_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = ["good.pdf", "forged.pdf"] * 5
    assert command.main([folder / name for name in names], as_json=True, workers=2) == 1
    assert [Path(r["file"]).name for r in reports(capsys)] == names


def test_people_read_a_verdict_and_that_it_is_a_test(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command.main([folder / "good.pdf", folder / "forged.pdf"])
    text = capsys.readouterr().out
    assert "VALID   TEST" in text
    assert "Terminsbetyg, Elev Påhittad, Provkommunen, 2026-06-12" in text
    assert "FORGED OR CHANGED" in text
    assert "✗ signer 1" in text
    assert "\x1b" not in text


def test_a_name_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "trust.json").write_bytes(builder.world().trust_json())
    (tmp_path / "x.pdf").write_bytes(
        builder.build(snapshot_changes={"issuer": builder.snapshot()["issuer"] | {"name": "\x1b[2JProv\u202e"}}).data
    )
    command.main([tmp_path / "x.pdf"])
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "�[2JProv�" in text


def test_a_given_bundle_is_used_and_a_broken_one_stops_with_a_sentence(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = tmp_path / "stranger.json"
    stranger.write_bytes(builder.world().trust_json(organisation=builder.OTHER_RECORD))
    assert command.main([folder / "good.pdf"], trust=stranger) == 2
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    capsys.readouterr()
    assert command.main([folder / "good.pdf"], trust=broken) == 2
    assert command.main([folder / "good.pdf"], trust=tmp_path / "none.json") == 2
    out = capsys.readouterr()
    assert out.out == ""
    assert "trust bundle" in out.err
    assert "Traceback" not in out.err


def test_the_proof_beside_the_file_counts(tmp_path: Path) -> None:
    built = builder.good()
    (tmp_path / "trust.json").write_bytes(builder.world().trust_json())
    (tmp_path / "x.pdf").write_bytes(built.sealed.file())
    assert command.main([tmp_path / "x.pdf"]) == 2
    (tmp_path / "x.pdf.tlog-proof").write_bytes(built.proof)
    assert command.main([tmp_path / "x.pdf"]) == 0
    (tmp_path / "x.pdf.tlog-proof").write_bytes(b"junk")
    assert command.main([tmp_path / "x.pdf"]) == 1


ALONE = """
import sys
opened = []
sys.addaudithook(lambda event, _args: opened.append(event) if event.startswith("socket.") else None)
from pathlib import Path
from testamur.surfaces.cli.verify import verify
try:
    verify([Path(sys.argv[1])], json=True)
except SystemExit as done:
    heavy = sorted(m for m in sys.modules if m.split(".")[0] in {"django", "sqlite3", "httpx", "pyhanko", "typst"})
    print(done.code, heavy, opened)
"""


def test_it_imports_no_django_and_opens_no_socket(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(folder / "good.pdf")], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 [] []"
    assert done.stderr == ""


def test_a_reader_that_goes_away_is_no_error(folder: Path) -> None:
    program = f"from testamur.surfaces.cli.verify import main; from pathlib import Path; main([Path({str(folder / 'good.pdf')!r})] * 400, workers=1)"  # noqa: E501 - one command
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.read(100)
        running.stdout.close()
        assert b"Traceback" not in running.stderr.read()
