"""Empty tables to fill in: one CSV per table and one workbook that holds all, with an explanation of every column."""

from __future__ import annotations

import csv
from pathlib import Path

import xlsxwriter

from testamur.exchange.connectors.own.columns import TABLES

REGISTER_FIELDS = (
    ("file", "name of the PDF in the same folder or ZIP", True),
    ("identifier", "identifier of the pupil", True),
    ("scheme", "se.personnummer, bg.egn, vn.cccd …; empty: as said with --identifiers", False),
    ("document_type", "full code, se.compulsory.terminsbetyg", True),
    ("signers", "in order: role:identifier:name; role:identifier:name", True),
    ("title", "title of the document", False),
    ("school_code", "official code of the school", False),
    ("school_year", "2025/2026", False),
    ("term", "HT, VT, HK1, HK2", False),
    ("issued_on", "2026-06-12", False),
    ("sha256", "of the PDF, when you want it checked", False),
)
"""Columns of the register file that goes with finished PDF documents: name, explanation, required."""


def write_templates(folder: Path) -> list[Path]:
    """Write the templates into `folder` (made when absent) and return their paths; files there are overwritten."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {name: [(f.column.name, f.help, f.column.required) for f in fields] for name, fields in TABLES.items()}
    written: list[Path] = []
    for name, fields in {**tables, "register": list(REGISTER_FIELDS)}.items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as stream:  # the mark makes Excel read UTF-8
            csv.writer(stream).writerow([field for field, _help, _required in fields])
        written.append(path)
    path = folder / "testamur-import.xlsx"
    _workbook(path, tables)
    return [*written, path]


def _workbook(path: Path, tables: dict[str, list[tuple[str, str, bool]]]) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        text = book.add_format({"num_format": "@"})  # numbers keep their leading zeros
        guide = book.add_worksheet("read me")
        guide.set_column(0, 1, 22)
        guide.set_column(2, 2, 90, wrap)
        guide.write_row(0, 0, ("table", "column", "meaning"), bold)
        line = 1
        for name, fields in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(fields) - 1, 20, text)
            for column, (field, help_text, required) in enumerate(fields):
                sheet.write_string(0, column, field, bold)
                sheet.write_comment(0, column, help_text)
                guide.write_row(line, 0, (name, field, f"{help_text}{' (needed)' if required else ''}"))
                line += 1
