"""Files and names that want something of the operator's terminal, disk or machine."""

from __future__ import annotations

import csv
import io
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from rich.console import Console

from testamur.exchange.connectors.actions import Outcome
from testamur.exchange.connectors.rules import Defect, Options, Severity
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.text import MAX_NAME, file_stem, harmless
from testamur.surfaces.cli import import_, output, verify

EVIL = "Alva \x1b[2J\x1b]0;owned\x07[/bold]\u202egnp.exe"


def test_a_cell_of_an_imported_file_cannot_steer_the_terminal() -> None:
    report = Report()
    report.add(Defect(f"{EVIL}.csv", 3, "family", EVIL, EVIL, "import.test", Severity.REFUSED))
    screen = Console(file=io.StringIO(), force_terminal=True, width=300)
    import_._print(screen, Outcome(new_id(), EVIL, "own", "s", 1, {}, 0, 1, 0, dry_run=False), report)
    shown = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "owned" in shown
    assert not any(c in shown for c in ("\x1b[2J", "\x1b]0;", "\x07", "\u202e"))


def test_a_file_name_with_brackets_does_not_stop_the_import_of_the_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = [tmp_path / "a[/bold].csv", tmp_path / "b.csv"]
    assert import_.run(missing, Options(), import_.Job()) == import_.REFUSED
    said = capsys.readouterr().err
    assert "a[/bold].csv" in said.replace("\n", "")
    assert "b.csv" in said


def test_text_of_others_is_shown_without_what_steers() -> None:
    assert harmless(EVIL) == "Alva �[2J�]0;owned�[/bold]�gnp.exe"
    assert harmless("Nguyễn Thị Ánh Đào, Åsa Öberg") == "Nguyễn Thị Ánh Đào, Åsa Öberg"
    assert "\x1b" not in output.plain(EVIL)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("../../etc/passwd", "etc-passwd"),
        ("..", ""),
        ("-rf", "rf"),
        (".bashrc", "bashrc"),
        ("C:\\x", "C--x"),
        ("Alva\nExempel\u202e\x00", "Alva Exempel"),
        ("Åsa Öberg", "Åsa Öberg"),
    ],
)
def test_a_name_of_a_person_names_a_file_and_nothing_else(name: str, stem: str) -> None:
    assert file_stem(name) == stem


def test_a_name_of_any_length_fits_a_file_name() -> None:
    assert len(file_stem("Đ" * 500).encode()) <= MAX_NAME


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠1"])
def test_no_cell_of_the_report_is_a_formula(tmp_path: Path, cell: str) -> None:
    report = Report(tmp_path / "r.csv")
    report.add(Defect("f", 1, cell, cell, "left out", "import.test", Severity.REFUSED))
    report.close()
    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        row = list(csv.reader(file))[1]
    assert row[2] == row[3] == f"'{cell}"


def test_a_stream_without_an_end_does_not_fill_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from testamur.kernel.proofs.pdf import reader

    monkeypatch.setattr(reader, "MAX_SIZE", 1 << 20)
    assert verify.main([Path("/dev/zero")], as_json=True) == 2
    assert "pdf.size" in capsys.readouterr().out
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"no pdf",))
    writer.start()
    assert verify.main([pipe], as_json=True) == 3
    writer.join()


def test_the_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    code = "import django; django.setup()"
    env = os.environ | {"TESTAMUR_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "testamur.config.settings"}
    subprocess.run([sys.executable, "-c", code], env=env, check=True)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
