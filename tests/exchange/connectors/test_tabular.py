"""Tables as they really arrive."""

from __future__ import annotations

import csv
import io
import stat
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.exchange.connectors.rules import Defect, Options, Severity
from testamur.exchange.connectors.tabular import dates
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files
from testamur.exchange.connectors.tabular.report import Report
from testamur.exchange.connectors.tabular.scratch import Scratch
from testamur.exchange.connectors.tabular.table import Column, Table
from testamur.exchange.connectors.tabular.text import examine

COLUMNS = (Column("key", required=True), Column("name"), Column("born"))


def read(path: Path, data: bytes, options: Options | None = None) -> tuple[list[tuple[int, list[str]]], Report]:
    file = path / "t.csv"
    file.write_bytes(data)
    files, report = Files(file), Report()
    return list(Table(files, files.members[0], COLUMNS, report, options or Options())), report


@pytest.mark.parametrize(
    ("encoding", "name", "reported"),
    [
        ("utf-8", "Åsa Påhittad", False),
        ("utf-8-sig", "Åsa Påhittad", False),
        ("utf-16", "Измислена Ученичка", False),
        ("utf-16-le", "Nguyễn Bịa Đặt", True),
        ("windows-1252", "Åsa Påhittad Öberg", True),
        ("windows-1251", "Измислена Ученичка", True),
    ],
)
def test_the_encoding_is_found_by_the_bytes_and_an_inferred_one_is_reported(
    tmp_path: Path, encoding: str, name: str, reported: bool
):
    rows, report = read(tmp_path, f"key,name\n1,{name}\n".encode(encoding))
    assert rows == [(2, ["1", name, ""])]
    assert bool(report.by_code["import.encoding.inferred"]) is reported


def test_a_named_encoding_goes_before_the_inferred_one(tmp_path: Path):
    rows, _ = read(tmp_path, "key,name\n1,Å\n".encode("iso8859-15"), Options(encoding="iso8859-15"))
    assert rows[0][1][1] == "Å"


def test_a_row_with_bytes_that_are_no_text_is_left_out_and_the_others_load(tmp_path: Path):
    good = "".join(f"{n},Påhittad Öst\n" for n in range(50)).encode()
    rows, report = read(tmp_path, b"key,name\n" + good + b"x,P\xe5hittad\n" + b"y,Bra\n")
    assert len(rows) == 51
    assert report.first[0].row == 52
    assert report.first[0].severity is Severity.REFUSED


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str):
    rows, _ = read(tmp_path, f'key{delimiter}name\n1{delimiter}"a{delimiter}b"\n'.encode())
    assert rows == [(2, ["1", f"a{delimiter}b", ""])]


def test_excels_separator_line_is_understood(tmp_path: Path):
    rows, _ = read(tmp_path, b"sep=;\nkey;name\n1;a,b\n")
    assert rows == [(3, ["1", "a,b", ""])]


def test_a_short_row_is_filled_and_a_long_one_is_left_out_because_its_cells_may_be_shifted(tmp_path: Path):
    rows, report = read(tmp_path, b"key,name,born\n1,Short\n2,Doe, Jr,2010-01-02\n3,Right,2010-01-02,,\n")
    assert [r[1][0] for r in rows] == ["1", "3"]
    assert [(d.row, d.severity) for d in report.first] == [(2, Severity.NOTED), (3, Severity.REFUSED)]


def test_a_quote_that_is_never_closed_costs_only_the_lines_that_it_swallowed(tmp_path: Path):
    body = b"1,a\n" + b'2,"open\n' + b"".join(b"%d,x\n" % n for n in range(30_000)) + b""
    rows, report = read(tmp_path, b"key,name\n" + body)
    assert rows[0] == (2, ["1", "a", ""])
    assert len(rows) > 15_000
    assert report.by_code["import.row.unreadable"] == 1


def test_a_misspelt_header_is_read_and_reported(tmp_path: Path):
    rows, report = read(tmp_path, b"key,naem,Born\n1,A,2010-01-02\n")
    assert rows == [(2, ["1", "A", "2010-01-02"])] or report.by_code["import.column.unknown"]
    rows, report = read(tmp_path, b"keyy,name\n1,A\n")
    assert rows == [(2, ["1", "A", ""])]
    assert report.by_code["import.header.misspelt"] == 1


def test_a_file_without_a_needed_column_is_left_out_with_its_header_shown(tmp_path: Path):
    rows, report = read(tmp_path, b"alpha,beta\n1,2\n")
    assert rows == []
    assert report.first[0].column == "key"
    assert report.first[0].found == "alpha, beta"


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path):
    _, report = read(tmp_path, b"")
    assert report.by_code["import.file.empty"] == 1


# -- dates ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["2023-05-01", "2023-05-01T18:25:43.511Z", "20230501", "1.5.2023", "01.05.2023 г.", "2023/05/01"]
)
def test_dates_that_can_be_only_one_day_are_read(text: str):
    assert dates.parse(text).value == date(2023, 5, 1)


@pytest.mark.parametrize("text", ["31/02/2023", "1/5/23", "yesterday", "2023-13-01", "0001-01-01"])
def test_what_is_no_date_is_not_made_one(text: str):
    assert dates.parse(text).problem == "invalid"


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_slashed_date_is_ambiguous_exactly_when_both_readings_are_days(day: date):
    parsed = dates.parse(f"{day.day}/{day.month}/{day.year}")
    assert (parsed.problem == "ambiguous") is (day.day <= 12 and day.day != day.month)
    if not parsed.problem:
        assert parsed.value == day
    assert dates.parse(f"{day.day}/{day.month}/{day.year}", "dmy").value == day
    assert dates.parse(f"{day.month}/{day.day}/{day.year}", "mdy").value == day


def _date_of(tmp_path: Path, *texts: str, order: str = "") -> tuple[list[date | None], Report]:
    file = tmp_path / "d.csv"
    file.write_text("key,name,born\n" + "".join(f"{n},x,{t}\n" for n, t in enumerate(texts)))
    files, report = Files(file), Report()
    table = Table(files, files.members[0], COLUMNS, report, Options(date_order=order))
    return [table.date(n, "born", born) for n, (_k, _name, born) in table], report


def test_an_ambiguous_date_is_left_empty_and_reported_with_its_row(tmp_path: Path):
    found, report = _date_of(tmp_path, "1/05/2023")
    assert found == [None]
    assert (report.first[0].row, report.first[0].found, report.first[0].code) == (
        2,
        "1/05/2023",
        "import.date.ambiguous",
    )


def test_another_row_of_the_same_file_settles_the_order(tmp_path: Path):
    found, report = _date_of(tmp_path, "1/05/2023", "15/06/2023")
    assert found == [date(2023, 5, 1), date(2023, 6, 15)]
    assert report.by_code["import.date.order"] == 1


def test_rows_that_contradict_each_other_settle_nothing(tmp_path: Path):
    found, _ = _date_of(tmp_path, "1/05/2023", "15/06/2023", "06/15/2023")
    assert found[0] is None


def test_the_order_said_on_the_command_line_settles_it(tmp_path: Path):
    assert _date_of(tmp_path, "1/05/2023", order="mdy")[0] == [date(2023, 1, 5)]


# -- files ------------------------------------------------------------------------------------------------------


def test_a_name_that_climbs_out_of_a_zip_is_refused(tmp_path: Path):
    for name in ("../evil.csv", "/etc/evil.csv", "C:\\evil.csv", "a/../../evil.csv"):
        target = tmp_path / "z.zip"
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr(name, "x")
        with pytest.raises(BundleUnreadable, match="climbs out"):
            Files(target)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path):
    target = tmp_path / "bomb.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", b"0" * (64 * 2**20))
    with pytest.raises(BundleUnreadable, match="unpack"):
        Files(target)


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path):
    outside = tmp_path / "secret.csv"
    outside.write_text("x")
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "users.csv").symlink_to(outside)
    with pytest.raises(BundleUnreadable, match="link"):
        Files(folder)


def test_a_damaged_zip_member_is_a_refusal_and_no_traceback(tmp_path: Path):
    target = tmp_path / "z.zip"
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("t.csv", "key,name\n" + "1,abcdefgh\n" * 100)
    data = bytearray(target.read_bytes())
    data[80] ^= 0xFF
    target.write_bytes(data)
    files = Files(target)
    with pytest.raises(BundleUnreadable):
        list(Table(files, files.members[0], COLUMNS, Report(), Options()))


@given(st.binary(max_size=400))
def test_any_bytes_have_an_encoding_that_decodes_them(data: bytes):
    encoding = examine(io.BytesIO(data))
    data.decode(encoding.name, "replace")


# -- report -----------------------------------------------------------------------------------------------------


def test_the_same_note_about_a_million_rows_is_one_line_with_a_count(tmp_path: Path):
    report = Report(tmp_path / "r.csv")
    for row in range(1000):
        report.add(Defect("f.csv", row, "role", "Student", "read as student", "import.word.case"))
    report.add(Defect("f.csv", 7, "role", "=cmd()", "left out", "x", Severity.REFUSED))
    report.close()
    with (tmp_path / "r.csv").open(encoding="utf-8-sig") as stream:
        rows = list(csv.reader(stream))
    assert len(rows) == 4
    assert "999 more rows" in rows[3][4]
    assert report.total == 1001
    assert rows[2][3] == "'=cmd()"
    assert stat.S_IMODE((tmp_path / "r.csv").stat().st_mode) == 0o600


def test_refusals_are_shown_before_notes():
    report = Report()
    for n in range(30):
        report.add(Defect("f", n, "c", str(n), "", "n"))
    report.add(Defect("f", 99, "c", "", "", "r", Severity.REFUSED))
    assert len(report.first) == 20
    assert any(d.row == 99 for d in report.first)


def test_scratch_knows_where_a_key_stood_first():
    with Scratch() as scratch:
        assert scratch.first("k", "a", 2) == 0
        assert scratch.first("k", "a", 9) == 2
        assert scratch.all_first("k", [("b", 3), ("c", 4)])
        assert not scratch.all_first("k", [("d", 5), ("c", 6)])
        assert scratch.first("k", "d", 5) == 0
