"""A report as a value: figures, charts and tables, which the page, the PDF and the spreadsheet show alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import number_format

from testamur.surfaces.web.charts import Chart


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table: the text, and the number behind it where it is one. `address` makes it a link."""

    text: str
    number: Decimal | int | None = None
    address: str = ""


NONE = Cell("–")
"""Nothing there."""
HIDDEN = Cell("•")
"""A figure that is not told."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table. The first cell of each row is its name; a column of numbers is one in which a number stands."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    @property
    def numbers(self) -> tuple[bool, ...]:
        """For each column, whether it holds numbers."""
        return tuple(any(row[n].number is not None for row in self.rows) for n in range(len(self.head)))

    @property
    def columns(self) -> list[tuple[str, bool]]:
        """Heads with whether they stand above numbers."""
        return list(zip(self.head, self.numbers, strict=True))

    @property
    def lines(self) -> list[list[tuple[Cell, bool]]]:
        """Rows of cells with whether they stand in a column of numbers."""
        return [list(zip(row, self.numbers, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart with the names of its lines or bars, where there are several."""

    chart: Chart
    legend: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a report says.

    Attributes:
        name: the beginning of a file's name.
        lead: what it is about: school, year, term.
        facts: the figures on top: what they are called, and the figure.
    """

    name: str
    title: str
    lead: str
    facts: tuple[tuple[str, Cell], ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()


def word(text: object, address: str = "") -> Cell:
    """A text."""
    return Cell(str(text), address=address) if text else NONE


def whole(number: int) -> Cell:
    """A whole number."""
    return Cell(number_format(number, force_grouping=True), number)


def hundredths(number: Decimal | None) -> Cell:
    """A number with two decimals, or nothing."""
    return NONE if number is None else Cell(number_format(number, decimal_pos=2), number)


def counted(number: Decimal, text: str) -> Cell:
    """Absences as the law writes them."""
    return Cell(text, number)


def joined(parts: Sequence[object]) -> str:
    """Parts of a lead."""
    return " · ".join(str(part) for part in parts if part)
