"""A report as a spreadsheet (XLSX): numbers are numbers, and no text is ever taken for a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from testamur.surfaces.web.tabular import Cell, Report, Table

KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_SAFE: dict[str, Any] = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LONGEST_NAME = 31
_WIDEST = 48


def xlsx(report: Report, *, made: datetime) -> bytes:
    """The report: a sheet with its figures, then one for each table, its head frozen and filtered."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _SAFE) as book:
        book.set_properties({"title": report.title, "created": made.astimezone(UTC).replace(tzinfo=None)})
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        forms = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
            "bold": bold,
            "wrap": wrap,
            "whole": book.add_format({"num_format": "0"}),
            "part": book.add_format({"num_format": "0.00"}),
        }
        names: set[str] = set()
        _front(book.add_worksheet(_name(report.title, names)), report, forms)
        for table in report.tables:
            _sheet(book.add_worksheet(_name(table.title, names)), table, forms)
    return out.getvalue()


def _front(sheet: Any, report: Report, forms: dict[str, Any]) -> None:
    sheet.set_column(0, 0, _WIDEST)
    sheet.set_column(1, 1, 16)
    sheet.write_string(0, 0, report.title, forms["bold"])
    sheet.write_string(1, 0, report.lead)
    at = 3
    for name, cell in report.facts:
        sheet.write_string(at, 0, name)
        _write(sheet, at, 1, cell, forms)
        at += 1
    for note in report.notes:
        at += 1
        sheet.write_string(at, 0, note, forms["wrap"])


def _sheet(sheet: Any, table: Table, forms: dict[str, Any]) -> None:
    for column, name in enumerate(table.head):
        sheet.write_string(0, column, name, forms["head"])
        longest = max((len(row[column].text) for row in table.rows), default=0)
        sheet.set_column(column, column, min(max(longest, min(len(name), 14)) + 2, _WIDEST))
    for line, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            _write(sheet, line, column, cell, forms)
    sheet.freeze_panes(1, 1)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.head) - 1)


def _write(sheet: Any, line: int, column: int, cell: Cell, forms: dict[str, Any]) -> None:
    if cell.number is None:
        sheet.write_string(line, column, cell.text)
        return
    part = isinstance(cell.number, Decimal)
    sheet.write_number(line, column, float(cell.number), forms["part" if part else "whole"])


def _name(title: str, taken: set[str]) -> str:
    """A name that a sheet may have, each once."""
    base = _FORBIDDEN.sub(" ", title).strip()[:_LONGEST_NAME] or "1"
    name = next(one for one in _numbered(base) if one.casefold() not in taken)
    taken.add(name.casefold())
    return name


def _numbered(base: str) -> Iterable[str]:
    yield base
    for number in range(2, 1000):
        end = f" {number}"
        yield base[: _LONGEST_NAME - len(end)] + end
