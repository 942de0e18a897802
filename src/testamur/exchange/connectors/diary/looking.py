"""Looking at a foreign table before it is read: where its header is, which column is what, which words it has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from testamur.exchange.connectors.diary import gradebook
from testamur.exchange.connectors.diary.fields import FIELDS, Kind
from testamur.exchange.connectors.diary.mapping import Mapping, fits, named, shipped
from testamur.exchange.connectors.rules import Options, Reporter
from testamur.exchange.connectors.tabular import sheets
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files, Member
from testamur.exchange.connectors.tabular.table import Column, Table
from testamur.exchange.connectors.tabular.words import SILENT

LOOKED = 12
"""Lines among which the header is looked for."""
SAMPLE = 5
SEEN = 2000
"""Rows in which the words of a column are counted."""
MOST_WORDS = 40
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_INSIDE = re.compile(r"(?<=[;\t])'(?=[=+\-@])")
_TABLES = (".csv", ".tsv", ".txt", *sheets.SUFFIXES)


class NoTable(BundleUnreadable):
    """None of the files is a table with a header."""

    code = "import.diary.no_table"


@dataclass(frozen=True, slots=True)
class Look:
    """What a table looks like.

    Attributes:
        tables: every table of the bundle: (file, worksheet).
        header_row: where the header is; rows are counted from 1.
        headers: as a mapping names the columns.
        samples: the first rows.
        guess: a mapping by the names of the columns, as far as it goes.
    """

    tables: tuple[tuple[str, str], ...]
    file: str
    sheet: str
    header_row: int
    headers: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    guess: Mapping


def look(
    path: Path,
    *,
    kind: Kind | None = None,
    file: str = "",
    sheet: str = "",
    known: Sequence[Mapping] = (),
    encoding: str = "",
) -> Look:
    """Look at the table that fits best (or is named) and guess what is what; `known` mappings that fit come first.

    Raises `BundleUnreadable`, `NoTable`.
    """
    files = Files(path)
    try:
        tables = list(_tables(files))
        wanted = [(m, s) for m, s in tables if (not file or m.name == file) and (not sheet or s == sheet)]
        found = [one for m, s in wanted if (one := _header(files, m, s, kind, encoding)) is not None]
        if not found:
            raise NoTable("There is no table with a header in it.", field="sent")
        _score, kind_, member, sheet_, number, headers = max(found, key=lambda one: one[0])
        samples = _samples(files, member, sheet_, number, encoding)
        names = tuple(((m.name), s) for m, s in tables)
        guess = _guess(member.name, sheet_, kind_, headers, [*known, *(m for some in shipped().values() for m in some)])
        return Look(
            names, member.name, sheet_, number, tuple(named(headers)), samples, replace(guess, encoding=encoding)
        )
    finally:
        files.close()


def words(path: Path, mapping: Mapping, name: str) -> tuple[tuple[str, int], ...]:
    """The commonest words of a field's column in the first `SEEN` rows, with how often each stands there."""
    counted: Counter[str] = Counter()
    if not mapping.columns.get(name):
        return ()
    with_one = replace(mapping, columns={name: mapping.columns[name]})
    for number, (_row, cells) in enumerate(rows(path, with_one, SILENT, Options())):
        if number >= SEEN:
            break
        if cells[name]:
            counted[cells[name]] += 1
    return tuple(counted.most_common(MOST_WORDS))


def rows(path: Path, mapping: Mapping, reporter: Reporter, options: Options) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number, field → text) of the table that a mapping reads: the cell, else the constant, else empty.

    Raises `BundleUnreadable`; everything else that is wrong with the table goes to `reporter`.
    """
    files = Files(path)
    try:
        member, sheet = _member(files, mapping)
        found = _mapped(table(files, member, sheet, mapping, reporter, options), mapping)
        items = files.find("lineItems.csv") if member.name.lower().endswith("results.csv") else None
        yield from found if items is None else gradebook.joined(files, items, found, reporter, options)
    finally:
        files.close()


def table(files: Files, member: Member, sheet: str, mapping: Mapping, reporter: Reporter, options: Options) -> Table:
    """The table with the columns of a mapping, each of which must be there."""
    headers = _headers(mapping)
    told = replace(
        options, date_order=mapping.date_order or options.date_order, encoding=mapping.encoding or options.encoding
    )
    columns = [Column(header, required=not header.startswith("#")) for header in headers]
    return Table(files, member, columns, reporter, told, sheet=sheet, ignored=lambda _name: True)


def named_table(path: Path, mapping: Mapping) -> str:
    """The name under which findings of that table are told."""
    files = Files(path)
    try:
        member, sheet = _member(files, mapping)
        return f"{member.name}[{sheet}]" if sheet else member.name
    finally:
        files.close()


def _headers(mapping: Mapping) -> list[str]:
    """The columns that are read, each once: one column may tell two fields."""
    return list(dict.fromkeys(header for header in mapping.columns.values() if header))


def _mapped(found: Table, mapping: Mapping) -> Iterator[tuple[int, dict[str, str]]]:
    headers = _headers(mapping)
    empty = {one.name: mapping.constants.get(one.name, "") for one in FIELDS[mapping.kind]}
    for number, cells in found:
        told = dict(zip(headers, map(_bare, cells), strict=True))
        row = dict(empty)
        row.update({name: told[header] for name, header in mapping.columns.items() if told.get(header)})
        yield number, row


def _bare(cell: str) -> str:
    """A cell without the apostrophes that keep a spreadsheet from taking it, or a part of it, for a formula."""
    whole = cell[1:] if cell[:1] == "'" and cell[1:2] in _FORMULA else cell
    return _INSIDE.sub("", whole) if "'" in whole else whole


def _member(files: Files, mapping: Mapping) -> tuple[Member, str]:
    """The table that the mapping names, else the first that has its columns."""
    tables = list(_tables(files))
    for member, sheet in tables:
        same = mapping.file and member.name.rpartition("/")[2] == mapping.file.rpartition("/")[2]
        if same and mapping.sheet in {"", sheet}:
            return member, sheet
    for member, sheet in tables:
        if any(fits(mapping, cells) for _number, cells in _head(files, member, sheet, mapping.encoding)):
            return member, sheet
    if len(tables) == 1:
        return tables[0]
    raise NoTable("There is no table with these columns in it.", field="sent")


def _tables(files: Files) -> Iterator[tuple[Member, str]]:
    for member in files.members:
        if not member.name.lower().endswith(_TABLES):
            continue
        if sheets.is_workbook(member.name):
            yield from ((member, sheet) for sheet in sheets.sheet_names(files, member))
        else:
            yield member, ""


def _head(files: Files, member: Member, sheet: str, encoding: str) -> list[tuple[int, list[str]]]:
    one = Table(files, member, (), SILENT, Options(encoding=encoding), sheet=sheet)
    return [(number, [cell.strip().lstrip("\ufeff") for cell in cells]) for number, cells in one.head(LOOKED)]


_Found = tuple[tuple[int, int], Kind, Member, str, int, list[str]]


def _header(files: Files, member: Member, sheet: str, kind: Kind | None, encoding: str) -> _Found | None:
    """The line of a table that is most like a header, and of which kind it speaks."""
    best: _Found | None = None
    for number, cells in _head(files, member, sheet, encoding):
        filled = sum(1 for cell in cells if any(c.isalpha() for c in cell))  # numbers stand below a header
        for one in (kind,) if kind else Kind:
            score = (len(_by_name(one, cells)), filled)
            if filled and (best is None or score > best[0]):
                best = (score, one, member, sheet, number, cells)
    return best


def _samples(files: Files, member: Member, sheet: str, header: int, encoding: str) -> tuple[tuple[str, ...], ...]:
    one = Table(files, member, (), SILENT, Options(encoding=encoding), sheet=sheet)
    below = [tuple(cells) for number, cells in one.head(header + SAMPLE + LOOKED) if number > header and any(cells)]
    return tuple(below[:SAMPLE])


def _by_name(kind: Kind, headers: Sequence[str]) -> dict[str, str]:
    """Field → header, where the header is the field's name or one of its other names; each column once."""
    columns = [Column(one.name, aliases=one.aliases) for one in FIELDS[kind]]
    match = Table.among(columns, headers)
    found: dict[str, str] = {}
    taken: set[int] = set()
    for name, (index, how) in match.items():
        if index >= 0 and index not in taken and how != "spelling":
            taken.add(index)
            found[name] = headers[index]
    return found


def _guess(file: str, sheet: str, kind: Kind, headers: Sequence[str], known: Sequence[Mapping]) -> Mapping:
    told = next((one for one in known if one.kind is kind and fits(one, headers)), None)
    if told is not None:
        return replace(told, file=file, sheet=sheet)
    return Mapping(kind, _by_name(kind, headers), file=file, sheet=sheet)
