"""How large a worksheet would be in memory, found before it is loaded.

A workbook of five kilobytes can hold two cells, A1 and XFD1048576: loaded, the rectangle between them takes hundreds of
gigabytes, and the process is killed before any exception can be raised.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO

MAX_CELLS = 20_000_000
"""Of one worksheet, empty ones in its rectangle included: a hundred columns for 200,000 pupils."""

_CHUNK = 1 << 20
_LONGEST_TAG = 1 << 16
_ATTRIBUTES = rb"((?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+)"
_XLSX_TAG = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])" + _ATTRIBUTES + rb">")
_ODS_TAG = re.compile(rb"<(?:\w+:)?(table|table-row|table-cell|covered-table-cell)(?=[\s/>])" + _ATTRIBUTES + rb">")
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)(\d*)[\"']")
_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"'](\d+)[\"']")


class TooWide(ValueError):
    """A worksheet that is no table of a school, or cannot be measured."""


def measure(archive: zipfile.ZipFile) -> None:
    """Raise `TooWide` when a worksheet of the workbook (XLSX or ODS) has more than `MAX_CELLS` cells."""
    for info in archive.infolist():
        name = info.filename.lower().replace("\\", "/")
        if name.endswith("content.xml"):
            count = _ods
        elif name.endswith(".xml") and "worksheets/" in name:
            count = _xlsx
        else:
            continue
        with archive.open(info) as stream:
            rows, columns = count(stream)
        if rows * columns > MAX_CELLS:
            raise TooWide(f"{info.filename} spans {rows} rows and {columns} columns")


def _tags(stream: IO[bytes], tag: re.Pattern[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """(local name, attributes) of each tag of these names."""
    rest = stream.read(_CHUNK)
    if b"\0" in rest[:64]:
        raise TooWide("a worksheet that is not written in UTF-8")
    while rest:
        chunk = stream.read(_CHUNK)
        cut = rest.rfind(b"<") if chunk else len(rest)
        if cut < 0 or len(rest) - cut > _LONGEST_TAG:
            cut = len(rest)
        for found in tag.finditer(rest[:cut]):
            yield found[1], found[2]
        rest = rest[cut:] + chunk


def _xlsx(stream: IO[bytes]) -> tuple[int, int]:
    """Last row and column that a cell stands in; a cell without `r` stands next to the one before."""
    row = column = rows = columns = 0
    for name, attributes in _tags(stream, _XLSX_TAG):
        place = _PLACE.search(attributes)
        digits = place[2].lstrip(b"0")[:9] if place else b""
        if name == b"row":
            row, column = int(digits or row + 1), 0
            rows = max(rows, row)
            continue
        letters = place[1].upper()[:4] if place else b""
        column = _column(letters) if letters else column + 1
        rows, columns = max(rows, row, int(digits or 0)), max(columns, column)
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _ods(stream: IO[bytes]) -> tuple[int, int]:
    """The largest rectangle of a table up to its last filled cell, repetitions counted."""
    best = (0, 0)
    row = column = rows = columns = 0
    repeated_row = 0
    for name, attributes in _tags(stream, _ODS_TAG):
        found = _REPEATED.search(attributes)
        times = int(found[1][:9]) if found else 1
        if name == b"table":
            best = max(best, (rows, columns), key=lambda size: size[0] * size[1])
            row = column = rows = columns = repeated_row = 0
        elif name == b"table-row":
            row, column, repeated_row = row + repeated_row, 0, times
        else:
            column += times
            if b"value-type" in attributes or not attributes.endswith(b"/"):
                rows, columns = max(rows, row + repeated_row), max(columns, column)
    return max(best, (rows, columns), key=lambda size: size[0] * size[1])
