"""How large a worksheet would be in memory, found before it is loaded.

A workbook of five kilobytes can hold two cells, A1 and XFD1048576: loaded, the rectangle between them takes hundreds of
gigabytes, and the process is killed before any exception can be raised.
"""

from __future__ import annotations

import re
import zipfile
from typing import NoReturn, Protocol
from xml.parsers import expat

MAX_CELLS = 20_000_000
"""Of one worksheet, empty ones in its rectangle included: a hundred columns for 200,000 pupils."""

_PLACE = re.compile(r"([A-Za-z]{0,4})0*(\d{0,9})")
_DIGITS = 9
_ROW = re.compile(rb"<(?:[\w.-]{1,32}:)?(?:row|c)[\s/>]")


class TooWide(ValueError):  # noqa: N818 - named for what was found
    """A worksheet that is no table of a school, or cannot be measured."""


class _Measure(Protocol):
    rows: int
    columns: int

    def element(self, name: str, attributes: dict[str, str]) -> None: ...


def measure(archive: zipfile.ZipFile) -> None:
    """Raise `TooWide` when a worksheet of the workbook (XLSX or ODS) has more than `MAX_CELLS` cells."""
    for info in archive.infolist():
        name = info.filename.lower().replace("\\", "/")
        if name.endswith("content.xml"):
            _measure(archive, info, _Ods())
        elif name.endswith((".xml", ".rels", ".vml")):
            _measure(archive, info, _Xlsx())
        else:
            _must_be_no_sheet(archive, info)


def _measure(archive: zipfile.ZipFile, info: zipfile.ZipInfo, sheet: _Measure) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: sheet.element(name.rpartition(":")[2], attributes)
    parser.EntityDeclHandler = _refuse
    try:
        with archive.open(info) as stream:
            parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise TooWide(f"{info.filename} is not well-formed ({error})") from error
    if sheet.rows * sheet.columns > MAX_CELLS:
        raise TooWide(f"{info.filename} spans {sheet.rows} rows and {sheet.columns} columns")


def _must_be_no_sheet(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """A workbook may name any of its members as a worksheet: pictures and the like must not be one in disguise."""
    if info.filename.lower().endswith("workbook.bin"):
        raise TooWide("a binary workbook (XLSB) under another name")
    former = b""
    with archive.open(info) as stream:
        while chunk := stream.read(1 << 20):
            if _ROW.search(former + chunk):
                raise TooWide(f"{info.filename} is a worksheet under another name")
            former = chunk[-64:]


def _refuse(*_declaration: object) -> NoReturn:
    raise TooWide("a worksheet that declares entities")


class _Xlsx:
    """Last row and column that a cell stands in; a cell without `r` stands next to the one before."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if name not in {"row", "c"}:
            return
        place = _PLACE.fullmatch(attributes.get("r", ""))
        if place is None:
            raise TooWide("a worksheet with a cell at an impossible place")
        row = int(place[2] or 0)
        if name == "row":
            self._row, self._column = row or self._row + 1, 0
        else:
            self._column = _column(place[1]) if place[1] else self._column + 1
            self.columns = max(self.columns, self._column)
        self.rows = max(self.rows, self._row, row)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class _Ods:
    """The last row and column of a filled cell in any table, repetitions counted."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._repeated = self._column = 0

    def element(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table":
            self._row = self._repeated = 0
        elif name == "table-row":
            self._row, self._column = self._row + self._repeated, 0
            self._repeated = _times(attributes, "rows")
        elif name in {"table-cell", "covered-table-cell"}:
            self._column += _times(attributes, "columns")
            if any(key.endswith(("value-type", "formula")) for key in attributes):
                self._filled()
        elif name == "p":  # the text of the cell that was just begun
            self._filled()

    def _filled(self) -> None:
        self.rows = max(self.rows, self._row + self._repeated)
        self.columns = max(self.columns, self._column)


def _times(attributes: dict[str, str], what: str) -> int:
    said = next((value for key, value in attributes.items() if key.endswith(f"number-{what}-repeated")), "1")
    if not said.isdecimal() or len(said) > _DIGITS:
        raise TooWide("a worksheet with an impossible repetition")
    return int(said)
