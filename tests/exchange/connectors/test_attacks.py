"""Files from other systems that want the machine: bombs, and numbers without an end."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from testamur.exchange.connectors.rules import Options
from testamur.exchange.connectors.tabular import extent, sheets
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files
from testamur.exchange.connectors.tabular.report import Report
from testamur.exchange.connectors.tabular.table import Column, Table


def read_sheet(path: Path) -> list[tuple[int, list[str]]]:
    files = Files(path)
    return list(sheets.rows(files, files.members[0], ""))


def test_two_cells_at_opposite_corners_of_a_worksheet_do_not_kill_the_process(tmp_path: Path) -> None:
    """5 kB on disk; loaded, the rectangle between the cells would take half a terabyte."""
    path = tmp_path / "roster.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "given")
        sheet.write(1_048_575, 16_383, "x")
    with pytest.raises(BundleUnreadable, match="1048576 rows and 16384 columns"):
        read_sheet(path)


def workbook(path: Path, name: str, xml: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, xml)
    return path


SHEET = "xl/worksheets/sheet1.xml"
FAR_CELL = (
    b'<t:table><t:table-row t:number-rows-repeated="1048575"/><t:table-row><t:table-cell'
    b' t:number-columns-repeated="16383"/><t:table-cell o:value-type="string"/></t:table-row></t:table>'
)
MANY_CELLS = (
    b'<t:table><t:table-row t:number-rows-repeated="1000000"><t:table-cell'
    b' t:number-columns-repeated="16383"><text:p>x</text:p></t:table-cell></t:table-row></t:table>'
)


@pytest.mark.parametrize(
    ("name", "xml"),
    [
        (SHEET, b'<sheetData><row r="1"><c r="A1"/></row><row r="2"><c a=">" r=\'XFD1048576\'/></row></sheetData>'),
        (SHEET, b'<row r="1048576">' + b"<c/>" * 16_384 + b"</row>"),
        (SHEET, b'<x:row r="0001048576"><x:c r="xfd"/></x:row>'),
        (SHEET, '<row r="1"><c r="XFD1048576"/></row>'.encode("utf-16")),
        (SHEET, b'<row r="1"><c a="<" r="XFD1048576"/></row>'),
        (SHEET, b'<!DOCTYPE row [<!ENTITY a "aaaa">]><row r="1"><c r="A1">&a;</c></row>'),
        ("xl/elsewhere.xml", b'<row r="1048576"><c r="XFD1048576"/></row>'),
        ("xl/media/picture.png", b'\x89PNG <row r="1048576"><c r="XFD1048576"/></row>'),
        ("xl/workbook.bin", b"\x83\x01\x00"),
        ("content.xml", FAR_CELL),
        ("content.xml", MANY_CELLS),
    ],
)
def test_a_worksheet_is_measured_before_it_is_loaded(tmp_path: Path, name: str, xml: bytes) -> None:
    path = workbook(tmp_path / f"a{'.ods' if name == 'content.xml' else '.xlsx'}", name, xml)
    with zipfile.ZipFile(path) as archive, pytest.raises(extent.TooWide):
        extent.measure(archive)


def test_a_worksheet_of_a_large_authority_is_measured_quickly_and_accepted() -> None:
    row = b"".join(b'<c r="%c%d" t="s"><v>1</v></c>' % (65 + n, 7) for n in range(20))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SHEET, b"<d>%b</d>" % b"".join(b'<row r="%d">%b</row>' % (n, row) for n in range(1, 10_000)))
        archive.writestr(
            "content.xml",
            b'<table:table><table:table-row><table:table-cell office:value-type="string"/><table:table-cell'
            b' table:number-columns-repeated="16383"/></table:table-row><table:table-row'
            b' table:number-rows-repeated="1048575"><table:table-cell table:number-columns-repeated="16384"/>'
            b"</table:table-row></table:table>",
        )
    began = time.process_time()
    with zipfile.ZipFile(held) as archive:
        extent.measure(archive)
    assert time.process_time() - began < 2


def test_a_number_of_five_thousand_digits_is_reported_and_the_file_read_on(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"year_level\n{'9' * 5_000}\n12345678901\n8\n")
    report = Report()
    files = Files(tmp_path / "a.csv")
    table = Table(files, files.members[0], (Column("year_level"),), report, Options())
    assert [table.whole(n, "year_level", text) for n, (text,) in table] == [None, None, 8]
    assert report.by_code["import.number.invalid"] == 2
