"""What was done about a list, handed over as a file that proves itself."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

import pytest
import typer
from python_calamine import CalamineWorkbook

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotFound
from testamur.surfaces.cli import log_entries
from tests.kernel.journal.test_journal import both
from tests.kernel.journal.test_searching import LIST, acts

pytestmark = [both, pytest.mark.feature("B26")]


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django runs already."""
    monkeypatch.setattr(log_entries, "_start", operator)


def checked(file: Path, capsys: pytest.CaptureFixture[str], *, offline: bool = False) -> list[str]:
    """The faults that a check finds."""
    capsys.readouterr()
    with pytest.raises(typer.Exit) as end:
        log_entries.check(file, offline=offline, json=True)
    told = json.loads(capsys.readouterr().out)
    assert end.value.exit_code == int(bool(told["faults"]))
    return list(told["faults"])


def test_a_list_is_exported_by_its_number_and_the_file_proves_itself(
    now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    acts(now)
    file = tmp_path / "list.csv"
    log_entries.export(out=file, number=12)
    rows = list(csv.reader(file.open(encoding="utf-8", newline="")))
    assert [row[2] for row in rows[1:-1]] == [
        "reporting.list.opened/1", "reporting.list.saved/1", "reporting.list.signed/1",
    ]  # fmt: skip
    assert rows[-1][:2] == ["head", "7"]
    assert checked(file, capsys) == checked(file, capsys, offline=True) == []
    acts(now)
    assert checked(file, capsys) == [], "a log that has grown still holds the head of then"


@pytest.mark.parametrize("column", range(10))
def test_no_cell_of_an_export_can_be_changed_unseen(
    now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str], column: int
) -> None:
    acts(now)
    file = tmp_path / "list.csv"
    log_entries.export(out=file, number=12)
    rows = list(csv.reader(file.open(encoding="utf-8", newline="")))
    rows[2][column] = "3" if column == 0 else rows[2][column].replace("0", "1", 1) or "1"
    if rows[2][column] == "teacher":
        rows[2][column] = "somebody"
    if column in {2, 5, 7}:
        rows[2][column] += "x"
    if column == 3:
        rows[2][column] = "13"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    assert len(checked(file, capsys, offline=True)) == 1


def test_an_export_of_another_log_or_one_cut_short_is_a_fault(
    now: datetime, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    acts(now)
    file = tmp_path / "list.csv"
    log_entries.export(out=file, number=12)
    monkeypatch.setattr("testamur.kernel.journal.proving.known_head", lambda **_: "0" * 64)
    assert checked(file, capsys) == ["the head is not one of this installation's log"]
    file.write_text("\n".join(file.read_text().splitlines()[:-1]))
    assert len(checked(file, capsys)) == 1


def test_a_spreadsheet_holds_the_same_and_takes_no_cell_for_a_formula(now: datetime, tmp_path: Path) -> None:
    acts(now)
    plain, sheet = tmp_path / "list.csv", tmp_path / "list.xlsx"
    log_entries.export(out=plain, kind=["reporting."])
    log_entries.export(out=sheet, form="xlsx", kind=["reporting."])
    rows = list(csv.reader(plain.open(encoding="utf-8", newline="")))
    width = len(rows[0])
    read = CalamineWorkbook.from_path(sheet).get_sheet_by_index(0).to_python()
    assert [[str(cell) for cell in row] for row in read] == [[*row, *[""] * (width - len(row))] for row in rows]


def test_a_search_prints_ids_and_no_more_than_was_asked(now: datetime, capsys: pytest.CaptureFixture[str]) -> None:
    acts(now)
    log_entries.search(number=12, limit=2, json=True)
    told = json.loads(capsys.readouterr().out)["entries"]
    assert [one["kind"] for one in told] == ["reporting.list.signed/1", "reporting.list.saved/1"]
    log_entries.search(naming=[str(LIST)])
    assert "3 entries" in capsys.readouterr().err


def test_what_is_asked_for_has_to_be_there(now: datetime, tmp_path: Path) -> None:
    acts(now)
    with pytest.raises(NotFound):
        log_entries.export(out=tmp_path / "none.csv", number=99)
    for wrong in ({"form": "pdf"}, {"form": "xlsx"}, {"actor": "no id"}, {"first": "yesterday"}):
        with pytest.raises(typer.BadParameter):
            log_entries.export(**wrong)  # type: ignore[arg-type] # as typed at a terminal
