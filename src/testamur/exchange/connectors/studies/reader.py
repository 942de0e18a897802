"""Reading the tables of a folder, ZIP or workbook: which table is which, and what single cells mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath

from testamur.exchange.connectors.rules import Options, Reporter
from testamur.exchange.connectors.studies.columns import NAMES, TABLES
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files, Member
from testamur.exchange.connectors.tabular.sheets import is_workbook, sheet_names
from testamur.exchange.connectors.tabular.table import Table, plain
from testamur.exchange.connectors.tabular.words import word
from testamur.register.people.rules import Identifier, IdentifierInvalid, Scheme, parse_identifier

_TERM = re.compile(r"(?:(?P<a>HT|VT|H|V)\s*-?(?P<b>\d{4}|\d{2})|(?P<d>\d{4})\s*-?(?P<c>HT|VT|[12]))\Z", re.IGNORECASE)
_HALVES = {"HT": "HT", "H": "HT", "2": "HT", "VT": "VT", "V": "VT", "1": "VT"}
_SCHEMES = (Scheme.PERSONNUMMER, Scheme.SAMORDNINGSNUMMER, Scheme.TEMPORARY)


class NothingToRead(BundleUnreadable):
    """No file or worksheet has the name of a table of studies."""

    code = "import.studies.none"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table. Every reading of a cell that fails refuses the row, so that the caller only passes it over."""

    table: Table
    number: int
    cells: Mapping[str, str]

    def refuse(self, column: str, done: str, code: str) -> None:
        """Leave the row out and say why."""
        self.table.refuse(self.number, column, self.cells.get(column, ""), f"row left out: {done}", code)

    def day(self, column: str) -> date | None:
        """The date of a cell; None after a refusal where the cell holds no single day, or nothing."""
        found = self.table.date(self.number, column, self.cells[column])
        if found is None:
            self.refuse(column, "it needs a day, such as 2026-10-28", "import.studies.date")
        return found

    def amount(self, column: str) -> Decimal | None:
        """A number of credits (``7,5``); None after a refusal."""
        try:
            return Decimal(self.cells[column].replace(",", ".").removesuffix("hp").strip())
        except InvalidOperation:
            self.refuse(column, "it needs a number of credits, such as 7.5", "import.studies.credits")
            return None

    def word(self, column: str, accepted: Mapping[str, str]) -> str:
        """What the cell stands for; empty for an empty cell or an unknown word (which is noted)."""
        return word(self.table, self.number, column, self.cells[column], accepted)

    def term(self, column: str = "term") -> str:
        """``2026 HT`` for HT2026, H26, 20262 …; empty after a refusal, or for an empty cell."""
        text = self.cells[column]
        if not text:
            return ""
        match = _TERM.match(text)
        if match is None:
            self.refuse(column, "no term; accepted: HT2026, 2026 HT, 20262", "import.studies.term")
            return ""
        year = match["b"] or match["d"]
        return f"{'20' if len(year) == 2 else ''}{year} {_HALVES[(match['a'] or match['c']).upper()]}"  # noqa: PLR2004 - digits

    def identifier(self, on: date) -> Identifier | None:
        """The student's number in normal form, whichever of the Swedish kinds it is; None after a refusal."""
        for scheme in _SCHEMES:
            try:
                return parse_identifier(scheme, self.cells["personal_number"], on=on)
            except IdentifierInvalid:
                continue
        self.refuse("personal_number", "no personal number", "import.identifier.invalid")
        return None


def read(files: Files, reporter: Reporter, options: Options) -> dict[str, list[Line]]:
    """The rows of each table. Raises `NothingToRead` when there is none of them."""
    found: dict[str, list[Line]] = {}
    for member in files.members:
        for sheet, name in _tables(files, member):
            table = Table(files, member, TABLES[name], reporter, options, sheet=sheet)
            columns = [column.name for column in TABLES[name]]
            lines = (Line(table, number, dict(zip(columns, cells, strict=True))) for number, cells in table)
            found.setdefault(name, []).extend(lines)
    if not found:
        wanted = ", ".join(f"{name}.csv" for name in TABLES)
        raise NothingToRead(f"{files.path}: none of {wanted}, and no worksheet of such a name.", field="path")
    return found


def _tables(files: Files, member: Member) -> list[tuple[str, str]]:
    """(worksheet, table) of a file; a CSV has no worksheet."""
    if is_workbook(member.name):
        return [(sheet, name) for sheet in sheet_names(files, member) if (name := _named(sheet))]
    stem = PurePosixPath(member.name)
    name = _named(stem.stem) if stem.suffix.lower() in {".csv", ".txt", ".tsv"} else ""
    return [("", name)] if name else []


def _named(name: str) -> str:
    wanted = plain(name)
    return next((table for table, names in NAMES.items() if wanted in {plain(one) for one in names}), "")
