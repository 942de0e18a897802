"""One table of a bundle, from CSV or a worksheet, as rows in the order of the columns that a format asks for."""

from __future__ import annotations

import contextlib
import csv
import difflib
import io
import itertools
import operator
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from testamur.exchange.connectors.rules import Defect, Options, Reporter, Severity
from testamur.exchange.connectors.tabular import dates, sheets
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files, Member
from testamur.exchange.connectors.tabular.text import Encoding, delimiter_of, examine

FIELD_LIMIT = 64 * 1024
"""Characters of one cell. A quote that is never closed swallows the file; this is where it is caught."""
_CLOSE_ENOUGH = 0.84
_DIGITS = 9
"""Of a whole number; more fit no column of the database, and Python refuses to read thousands of them."""
_PREAMBLE = 12
"""Lines above the header that are looked at before a file is refused (titles, maxima, empty lines)."""
csv.field_size_limit(FIELD_LIMIT)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a format asks for. `aliases` are other headers with the same meaning, in any case."""

    name: str
    required: bool = False
    aliases: tuple[str, ...] = ()


def plain(header: str) -> str:
    """A header without case, spaces, underscores and hyphens."""
    return re.sub(r"[\s_\-./]+", "", header).casefold()


@dataclass(frozen=True, slots=True)
class Heading:
    """The header line of a table: its row number (from 1) and cells."""

    row: int
    cells: tuple[str, ...]


class Table:
    """Rows of one table. Iterate to get ``(row number, cells in the order of columns)``; absent cells are empty."""

    def __init__(
        self,
        files: Files,
        member: Member,
        columns: Sequence[Column],
        reporter: Reporter,
        options: Options,
        *,
        sheet: str = "",
        ignored: Callable[[str], bool] = lambda _name: False,
    ) -> None:
        """`sheet` names a worksheet; `ignored` tells which further columns are left out without a word."""
        self.name = f"{member.name}[{sheet}]" if sheet else member.name
        self._files = files
        self.member = member
        self._columns = columns
        self.reporter = reporter
        self._options = options
        self._sheet = sheet
        self._ignored = ignored
        self._encoding: Encoding | None = None
        self._order: str | None = None
        self._told: set[tuple[str, str]] = set()
        self.headers: dict[str, str] = {}

    # -- reading ------------------------------------------------------------------------------------------------
    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header."""
        with contextlib.closing(self._raw(report=True)) as raw:
            place = self._find_header(raw)
            if place is None:
                return
            heading, indices = place
            yield from self._body(raw, heading, indices)

    def _body(
        self, raw: Iterator[tuple[int, list[str]]], heading: Heading, indices: tuple[int, ...]
    ) -> Iterator[tuple[int, list[str]]]:
        width = len(heading.cells)
        named = max((i for i, cell in enumerate(heading.cells) if cell.strip()), default=-1) + 1
        pick: Callable[[list[str]], tuple[str, ...]]
        if len(indices) == 1:
            only = indices[0]
            pick = lambda cells: (cells[only],)  # noqa: E731 - itemgetter gives no tuple for one index
        else:
            pick = operator.itemgetter(*indices)
        broken = self._encoding is not None and (self._encoding.broken or self._encoding.nul)
        for number, cells in raw:
            length = len(cells)
            if length != width:
                if length < width:
                    if not any(cells):
                        continue
                    if length < named:
                        self._ragged_short(number, length, width)
                    cells.extend([""] * (width - length))
                elif any(cells[width:]):
                    self.refuse(
                        number,
                        "",
                        f"{length} cells where the header has {width}",
                        "row left out: its cells may be shifted; put a cell that holds the delimiter in quotes",
                        "import.row.ragged",
                    )
                    continue
            if broken and not self._clean(number, cells):
                continue
            cells.append("")
            values = [cell.strip() for cell in pick(cells)]
            if any(values):
                yield number, values

    def _ragged_short(self, number: int, length: int, width: int) -> None:
        self.note(
            number,
            "",
            f"{length} cells where the header has {width}",
            "missing cells read as empty",
            "import.row.ragged",
        )

    def _clean(self, number: int, cells: list[str]) -> bool:
        for cell in cells:
            if "\ufffd" in cell or "\0" in cell:
                self.refuse(
                    number,
                    "",
                    cell,
                    "row left out: it holds bytes that are no text; save the file as UTF-8",
                    "import.text.broken",
                )
                return False
        return True

    def _raw(self, *, report: bool) -> Generator[tuple[int, list[str]], None, None]:
        if sheets.is_workbook(self.member.name):
            yield from sheets.rows(self._files, self.member, self._sheet)
            return
        if self._encoding is None:
            with self._files.open(self.member) as stream:
                self._encoding = examine(stream)
            self._report_encoding()
        name = self._options.encoding if self._options.encoding and not self._encoding.certain else self._encoding.name
        with self._files.open(self.member) as stream:
            text = io.TextIOWrapper(stream, encoding=name, errors="replace", newline="")
            try:
                yield from self._parse(text, report=report)
            finally:
                text.detach()  # the stream belongs to `files`

    def _parse(self, text: io.TextIOWrapper, *, report: bool) -> Iterator[tuple[int, list[str]]]:
        head = list(itertools.islice(text, _PREAMBLE))
        skip = 0
        separator = ""
        if head and (match := re.match(r"sep=(.)\r?\n?\Z", head[0].lstrip("\ufeff"))):
            separator, skip = match[1], 1
        delimiter = separator or delimiter_of(max(head, key=len, default=""))
        reader = csv.reader(itertools.chain(head[skip:], text), delimiter=delimiter)
        while True:
            start = reader.line_num + skip + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if report:
                    self.refuse(
                        start,
                        "",
                        str(error),
                        f"lines {start} to {reader.line_num + skip} left out: a quote opened there is not closed",
                        "import.row.unreadable",
                    )
                continue
            if cells:
                yield start, cells

    def _report_encoding(self) -> None:
        encoding = self._encoding
        if encoding is None or encoding.certain:
            return
        if self._options.encoding:
            return
        self.note(
            0,
            "",
            "no UTF-8 and no byte order mark",
            f"read as {encoding.name} by its letters; name another with --encoding",
            "import.encoding.inferred",
        )

    # -- header -------------------------------------------------------------------------------------------------
    def _find_header(self, raw: Iterator[tuple[int, list[str]]]) -> tuple[Heading, tuple[int, ...]] | None:
        first: Heading | None = None
        for number, cells in itertools.islice(raw, _PREAMBLE):
            heading = Heading(number, tuple(cell.strip().lstrip("\ufeff") for cell in cells))
            first = first or heading
            found = self.match(heading.cells)
            if all(found[c.name][0] >= 0 for c in self._columns if c.required):
                if first is not heading:
                    self.note(
                        first.row,
                        "",
                        first.cells[0] if first.cells else "",
                        f"lines above the header in row {number} left out",
                        "import.header.late",
                    )
                self._report_header(heading, found)
                return heading, tuple(i if i >= 0 else len(heading.cells) for i, _ in found.values())
        if first is None:
            self.refuse(0, "", "an empty file", "file left out", "import.file.empty")
            return None
        missing = [c.name for c in self._columns if c.required and self.match(first.cells)[c.name][0] < 0]
        self.refuse(
            first.row,
            ", ".join(missing),
            ", ".join(first.cells),
            f"file left out: no column {', '.join(missing)} in its header",
            "import.column.missing",
        )
        return None

    def head(self, lines: int) -> list[tuple[int, list[str]]]:
        """The first lines as they stand there, for whoever has to find out what they are. Reports nothing."""
        with contextlib.closing(self._raw(report=False)) as raw:
            return list(itertools.islice(raw, lines))

    def match(self, cells: Sequence[str]) -> dict[str, tuple[int, str]]:
        """For each wanted column its index (−1 when absent) and how it was found: exact, alias, spelling."""
        return self.among(self._columns, cells)

    @staticmethod
    def among(columns: Sequence[Column], cells: Sequence[str]) -> dict[str, tuple[int, str]]:
        """As `match`, for columns of one's own. ``#3`` is the third column where its header is empty."""
        exact = {cell or f"#{i + 1}": i for i, cell in reversed(list(enumerate(cells)))}
        loose = {plain(cell): i for i, cell in reversed(list(enumerate(cells))) if plain(cell)}
        found: dict[str, tuple[int, str]] = {}
        for column in columns:
            if column.name in exact:
                found[column.name] = (exact[column.name], "exact")
                continue
            index = next((loose[plain(n)] for n in (column.name, *column.aliases) if plain(n) in loose), -1)
            found[column.name] = (index, "alias" if index >= 0 else "")
        taken = {i for i, _ in found.values()}
        free = {plain(cell): i for i, cell in enumerate(cells) if i not in taken and plain(cell)}
        for column in columns:
            if found[column.name][0] < 0:
                close = difflib.get_close_matches(plain(column.name), free, n=2, cutoff=_CLOSE_ENOUGH)
                if len(close) == 1:
                    found[column.name] = (free.pop(close[0]), "spelling")
        return found

    def _report_header(self, heading: Heading, found: dict[str, tuple[int, str]]) -> None:
        for name, (index, how) in found.items():
            if index >= 0:
                self.headers[name] = heading.cells[index]
            if how == "spelling":
                self.note(
                    heading.row,
                    heading.cells[index],
                    heading.cells[index],
                    f"read as {name}",
                    "import.header.misspelt",
                )
        used = {i for i, _ in found.values()}
        unnamed = sum(1 for cell in heading.cells if not cell)
        if unnamed:
            self.note(
                heading.row,
                "",
                f"{len(heading.cells)} cells, {unnamed} of them empty",
                "cells without a header left out",
                "import.header.unnamed",
            )
        unknown = [c for i, c in enumerate(heading.cells) if c and i not in used and not self._ignored(c)]
        if unknown:
            self.note(heading.row, "", ", ".join(unknown), "columns not read", "import.column.unknown")

    # -- values -------------------------------------------------------------------------------------------------
    def date(self, number: int, column: str, text: str) -> date | None:
        """The date in a cell; None when it is empty, invalid or ambiguous (reported)."""
        if not text:
            return None
        parsed = dates.parse(text, self._options.date_order)
        if parsed.problem == "ambiguous":
            order = self._date_order()
            parsed = dates.parse(text, order)
            if parsed.value is not None:
                shown = "day/month/year" if order == "dmy" else "month/day/year"
                self.note_once(
                    column,
                    f"dates such as {'31/12/2026' if order == 'dmy' else '12/31/2026'} in this file",
                    f"slashed dates read as {shown}",
                    "import.date.order",
                )
                return parsed.value
            self.note(
                number,
                column,
                text,
                "could be two different days: left empty; write 2026-06-12 or say --dates dmy or mdy",
                "import.date.ambiguous",
            )
            return None
        if parsed.problem:
            self.note(number, column, text, f"no date: left empty; {dates.ACCEPTED}", "import.date.invalid")
        return parsed.value

    def _date_order(self) -> str:
        """``dmy`` or ``mdy`` when a slashed date somewhere in this file can be only one of them, and none the other."""
        if self._order is None:
            seen: set[str] = set()
            with contextlib.closing(self._raw(report=False)) as raw:
                for _number, cells in raw:
                    seen.update(dates.parse(c.strip()).order for c in cells if c.count("/") == 2)  # noqa: PLR2004 - d/m/y
            seen.discard("")
            self._order = seen.pop() if len(seen) == 1 else ""
        return self._order

    def whole(self, number: int, column: str, text: str) -> int | None:
        """The whole number in a cell; None when empty or no number (reported)."""
        if not text:
            return None
        if text.isdecimal() and len(text) <= _DIGITS:
            return int(text)
        self.note(number, column, text, "no whole number: left empty", "import.number.invalid")
        return None

    def note(self, number: int, column: str, found: str, done: str, code: str) -> None:
        """Report something that was read all the same."""
        self.reporter.add(Defect(self.name, number, self.headers.get(column, column), found, done, code))

    def note_once(self, column: str, found: str, done: str, code: str) -> None:
        """Report something that holds for the whole column, the first time only."""
        if (column, code) not in self._told:
            self._told.add((column, code))
            self.note(0, column, found, done, code)

    def refuse(self, number: int, column: str, found: str, done: str, code: str) -> None:
        """Report a row or file that is left out."""
        self.reporter.add(
            Defect(self.name, number, self.headers.get(column, column), found, done, code, Severity.REFUSED)
        )


def parts(text: str) -> tuple[str, ...]:
    """The members of a list inside one cell: ``a,b`` or ``a; b``."""
    if not text:
        return ()
    if "," not in text and ";" not in text:
        return (text,)
    return tuple(p for p in (q.strip() for q in re.split(r"[,;]", text)) if p)


def header_of(files: Files, member: Member) -> tuple[str, ...]:
    """The first row of a CSV, for telling formats apart; empty when it cannot be read."""
    try:
        with files.open(member) as stream:
            data = stream.read(1 << 16)
            encoding = examine(io.BytesIO(data))
    except BundleUnreadable:
        return ()
    text = data.decode(encoding.name, "replace").lstrip("\ufeff").splitlines()
    if not text:
        return ()
    with contextlib.suppress(csv.Error, StopIteration):
        return tuple(c.strip() for c in next(csv.reader([text[0]], delimiter=delimiter_of(text[0]))))
    return ()
