"""Worksheets of XLSX and ODS files as rows of text."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import python_calamine

from testamur.exchange.connectors.tabular.extent import TooWide, measure
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files, Member

MAX_PACKED = 64 * 2**20
MAX_UNPACKED = 1024 * 2**20
SUFFIXES = (".xlsx", ".ods")


def is_workbook(name: str) -> bool:
    """Whether the name ends like a workbook that can be read."""
    return name.lower().endswith(SUFFIXES)


def open_workbook(files: Files, member: Member) -> python_calamine.CalamineWorkbook:
    """The workbook, after a look at how large it would unpack; raises `BundleUnreadable`."""
    data = files.read(member, MAX_PACKED)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
            if unpacked > MAX_UNPACKED:
                raise BundleUnreadable(f"{member.name}: would unpack to {unpacked} bytes.", value=member.name)
            measure(archive)
    except TooWide as error:
        raise BundleUnreadable(f"{member.name}: {error}, more than is read.", value=member.name) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise BundleUnreadable(f"{member.name}: not a workbook ({error}).", value=member.name) from error
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (python_calamine.CalamineError, OSError) as error:
        raise BundleUnreadable(f"{member.name}: cannot be read ({error}).", value=member.name) from error


def sheet_names(files: Files, member: Member) -> tuple[str, ...]:
    """Names of the worksheets, in order."""
    return tuple(open_workbook(files, member).sheet_names)


def rows(files: Files, member: Member, sheet: str) -> Iterator[tuple[int, list[str]]]:
    """Row number from 1 and cells as text; empty rows are passed over. Dates come as ISO 8601."""
    workbook = open_workbook(files, member)
    try:
        worksheet = workbook.get_sheet_by_name(sheet) if sheet else workbook.get_sheet_by_index(0)
    except python_calamine.CalamineError as error:
        raise BundleUnreadable(f"{member.name}: no worksheet {sheet!r} ({error}).", value=sheet) from error
    for number, cells in enumerate(worksheet.to_python(skip_empty_area=False), start=1):
        texts = [as_text(cell) for cell in cells]
        if any(texts):
            yield number, texts


def as_text(cell: object) -> str:
    """A cell as a person reads it: 9.0 is ``9``, a date is ISO, a boolean TRUE or FALSE."""
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
        case date() | timedelta() | time() | int():
            return str(cell)
    return ""
