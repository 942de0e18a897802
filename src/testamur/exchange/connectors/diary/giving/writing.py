"""Writing tables into a ZIP: each as CSV for spreadsheets and as JSON lines for programs, with sums and counts."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from testamur.exchange.connectors.diary.giving.register import Register
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.sheet import Sheet

FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""A cell that begins so is a formula to a spreadsheet (CWE-1236): an apostrophe goes before it."""
_INSIDE = re.compile(r"(?<=[;\t])(?=[=+\-@])")
"""Spreadsheets of many languages take a semicolon for the end of a cell: what stands behind it may not begin one."""
_PIECE = 1 << 16
_BOM = b"\xef\xbb\xbf"
_WHO = ("pupil_number", "pupil_name", "class")


@dataclass(slots=True)
class Written:
    """What was written of one table; `left_out`: rows about persons who may not be shown."""

    name: str
    columns: tuple[str, ...]
    rows: int = 0
    left_out: int = 0
    files: dict[str, dict[str, object]] = field(default_factory=dict)

    def data(self) -> dict[str, object]:
        """As it stands in the manifest."""
        return {
            "name": self.name, "columns": list(self.columns), "rows": self.rows, "left_out": self.left_out,
            "files": self.files,
        }  # fmt: skip


class _Summed:
    """A stream that counts and sums what is written through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._sum, self.size = stream, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self._stream.write(data)
        self._sum.update(data)
        self.size += len(data)

    def data(self) -> dict[str, object]:
        return {"sha256": self._sum.hexdigest(), "bytes": self.size}


def write(archive: zipfile.ZipFile, sheet: Sheet, register: Register) -> Written:
    """Write one table; its rows pass through one by one."""
    plan = _Plan(sheet, register)
    written = Written(sheet.name, plan.columns)
    with tempfile.TemporaryFile() as aside:
        lines = _Summed(aside)
        with archive.open(f"{sheet.name}.csv", "w", force_zip64=True) as member:
            table = _Summed(member)
            table.write(_BOM)
            _row(table, plan.columns)
            for row in sheet.rows:
                if plan.hides(row):
                    written.left_out += 1
                    continue
                values = plan.full(row)
                _row(table, values)
                lines.write(_line(plan.columns, values))
                written.rows += 1
        aside.seek(0)
        with archive.open(f"{sheet.name}.jsonl", "w", force_zip64=True) as member:
            shutil.copyfileobj(aside, member, _PIECE)
    written.files = {f"{sheet.name}.csv": table.data(), f"{sheet.name}.jsonl": lines.data()}
    return written


def add(archive: zipfile.ZipFile, name: str, data: bytes) -> dict[str, object]:
    """Write a small file."""
    with archive.open(name, "w") as member:
        member.write(data)
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


class _Plan:
    """How a row becomes a line: names and codes stand beside the ids that they belong to."""

    def __init__(self, sheet: Sheet, register: Register) -> None:
        self._register = register
        self._about = [sheet.columns.index(name) for name in sheet.about]
        self._pupil = sheet.columns.index("pupil") if "pupil" in sheet.columns else None
        self._group = sheet.columns.index("group_id") if "group_id" in sheet.columns else None
        with_group = ("group",) if self._group is not None and "group" not in sheet.columns else ()
        with_pupil = _WHO if self._pupil is not None else ()
        self._named = bool(with_group)
        self.columns = (*with_pupil, *with_group, *sheet.columns)

    def hides(self, row: tuple[object, ...]) -> bool:
        """Whether the row is about somebody whom whoever asked may not see."""
        return any(row[at] in self._register.hidden for at in self._about)

    def full(self, row: tuple[object, ...]) -> tuple[object, ...]:
        """The row with names and codes."""
        before: list[object] = []
        if self._pupil is not None:
            pupil: Any = row[self._pupil]
            one = self._register.shown.get(pupil)
            name = " ".join(filter(None, (one.given, one.middle, one.family))) if one else ""
            before += [self._register.numbers.get(pupil, ""), name, self._register.classes.get(pupil, "")]
        if self._named and self._group is not None:
            group: Any = row[self._group]
            before.append(self._register.groups[group].code if group in self._register.groups else "")
        return (*before, *row)


def _row(table: _Summed, values: tuple[object, ...]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([_cell(value) for value in values])
    table.write(text.getvalue().encode())


def _line(columns: tuple[str, ...], values: tuple[object, ...]) -> bytes:
    told = {name: _plain(value) for name, value in zip(columns, values, strict=True)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _cell(value: object) -> str:
    match _plain(value):
        case None:
            return ""
        case bool() as yes:
            return "yes" if yes else "no"
        case str() as text:
            safe = _INSIDE.sub("'", text)
            return f"'{safe}" if safe[:1] in FORMULA and safe else safe
        case int() | float() as number:
            return str(number)
        case more:
            return json.dumps(more, ensure_ascii=False)


def _plain(value: object) -> object:
    """A value as JSON has it."""
    match value:
        case datetime():
            return stamp(value)
        case time():
            return value.isoformat("minutes")
        case Decimal():
            return f"{value.normalize():f}"
        case str() | bool() | int() | float() | None | list() | dict():
            return value
    return str(value)


def folder_of(path: Path) -> Path:
    """The folder of a file, made for its owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path.parent


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The bytes of a stream, piece by piece; closed when all is read."""
    with stream:
        while piece := stream.read(_PIECE):
            yield piece
