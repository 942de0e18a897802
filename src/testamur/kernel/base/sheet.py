"""A table that is given out whole, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """Columns and rows. `about` names the columns that hold the person (by id) whom a row is about."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[object, ...]]
    about: tuple[str, ...] = ()
