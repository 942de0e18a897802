"""The gradebook of OneRoster: results stand in one table, what they are for in another (CSV binding 1.1 and 1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from testamur.exchange.connectors.rules import Options, Reporter
from testamur.exchange.connectors.tabular.files import Files, Member
from testamur.exchange.connectors.tabular.table import Column, Table

_COLUMNS = (
    Column("sourcedId", required=True),
    Column("title", required=True),
    Column("classSourcedId"),
    Column("assignDate"),
    Column("dueDate"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """What results are for."""

    title: str
    group: str
    day: str


def joined(
    files: Files, items: Member, rows: Iterator[tuple[int, dict[str, str]]], reporter: Reporter, options: Options
) -> Iterator[tuple[int, dict[str, str]]]:
    """The results with title, group and (where a result has none) day of their line item, whose key is their title."""
    known: dict[str, Item] = {}
    table = Table(files, items, _COLUMNS, reporter, options, ignored=lambda _name: True)
    for _number, (key, title, group, assigned, due) in table:
        known[key] = Item(title, group, due or assigned)
    for number, row in rows:
        item = known.get(row["title"])
        if item is not None:
            day = row["date"] or item.day
            row = {**row, "title": item.title, "group": row["group"] or item.group, "date": day[:10]}  # noqa: PLW2901 - the row, made whole
        yield number, row
