"""A mapping: which column of a foreign table is which field, and what its words mean. Plain data. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from testamur.exchange.connectors.diary.fields import FIELDS, WHO, Kind
from testamur.exchange.connectors.diary.fields import field as field_of
from testamur.kernel.base.refused import Refused

LONGEST = 120
MOST_WORDS = 500
_SHIPPED = Path(__file__).parent / "systems"


class MappingInvalid(Refused):
    """A mapping names no known kind or field, or lacks a field that is needed."""

    code = "import.mapping.invalid"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How to read one table of another system.

    Attributes:
        columns: field → header of its column (``#3`` for the third column where the header is empty).
        constants: field → what holds for all rows whose cell is empty or that have no such column.
        values: field → word as written there → what it means here (a code, or what this diary's users would type).
        file, sheet: which table of several; empty is the one that fits best.
        name: how the mapping is called when it is kept for the next time.
        verified: False for a shipped mapping that nobody could try on a real export yet.
    """

    kind: Kind
    columns: Map[str, str]
    constants: Map[str, str] = field(default_factory=dict)
    values: Map[str, Map[str, str]] = field(default_factory=dict)
    file: str = ""
    sheet: str = ""
    date_order: str = ""
    encoding: str = ""
    name: str = ""
    verified: bool = True

    def data(self) -> dict[str, Any]:
        """As plain JSON."""
        return {
            "kind": self.kind.value, "columns": dict(self.columns), "constants": dict(self.constants),
            "values": {name: dict(words) for name, words in self.values.items()}, "file": self.file,
            "sheet": self.sheet, "date_order": self.date_order, "encoding": self.encoding, "name": self.name,
            "verified": self.verified,
        }  # fmt: skip

    def has(self, name: str) -> bool:
        """Whether rows can tell that field."""
        return bool(self.columns.get(name) or self.constants.get(name))


def mapping_of(data: object) -> Mapping:
    """The mapping in plain JSON; raises `MappingInvalid`. That it is whole is asked by `check`."""
    if not isinstance(data, dict):
        raise MappingInvalid("A mapping is a JSON object.")
    try:
        kind = Kind(str(data.get("kind")))
    except ValueError:
        raise MappingInvalid(
            f"There is no such kind; accepted: {', '.join(Kind)}.", field="kind", value=str(data.get("kind"))[:LONGEST]
        ) from None
    order = _text(data, "date_order")
    if order not in {"", "dmy", "mdy"}:
        raise MappingInvalid("The order of dates is dmy or mdy.", field="date_order", value=order)
    values = data.get("values", {})
    if not isinstance(values, dict):
        raise MappingInvalid("The meanings of words are a JSON object.", field="values")
    return Mapping(
        kind, _texts(kind, data.get("columns", {})), _texts(kind, data.get("constants", {})),
        {_known(kind, name): _words(words) for name, words in values.items()}, _text(data, "file"),
        _text(data, "sheet"), order, _text(data, "encoding"), _text(data, "name"),
        verified=bool(data.get("verified", True)),
    )  # fmt: skip


def check(mapping: Mapping) -> None:
    """Raise `MappingInvalid` for a mapping that cannot tell whom, when and what."""
    by_name = mapping.has("given_name") and mapping.has("family_name")
    about_pupils = mapping.kind is not Kind.TIMETABLE
    if (
        about_pupils
        and mapping.kind is not Kind.PUPILS
        and not (mapping.has("number") or mapping.has("name") or by_name)
    ):
        raise MappingInvalid("Say which column tells the pupil: a number, or the name.", field="number")
    missing = [one.name for one in FIELDS[mapping.kind] if one.needed and not mapping.has(one.name)]
    if mapping.kind is Kind.MARKS and not (mapping.has("date") or mapping.has("term")):
        missing.append("date")
    if mapping.kind is Kind.MARKS and not (mapping.has("subject") or mapping.has("group")):
        missing.append("subject")
    if mapping.kind in {Kind.ABSENCES, Kind.REMARKS} and not mapping.has("date"):
        missing.append("date")
    if missing:
        raise MappingInvalid("A column is missing that is needed.", field=missing[0], missing=", ".join(missing))


@cache
def shipped() -> Map[str, tuple[Mapping, ...]]:
    """The mappings that come with the product, by system."""
    found: dict[str, tuple[Mapping, ...]] = {}
    for path in sorted(_SHIPPED.glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        found[str(told["system"])] = tuple(mapping_of({"name": told["system"], **one}) for one in told["tables"])
    return found


def fits(mapping: Mapping, headers: Sequence[str]) -> bool:
    """Whether the table with that header line has every column that the mapping names."""
    there = set(named(headers))
    return bool(mapping.columns) and all(header in there for header in mapping.columns.values())


def named(headers: Sequence[str]) -> list[str]:
    """How the columns of a table are named in a mapping: by header, by place (``#3``) where it is empty."""
    return [header or f"#{n}" for n, header in enumerate(headers, start=1)]


def who(mapping: Mapping) -> tuple[str, ...]:
    """The fields by which this mapping tells pupils."""
    return tuple(name for name in WHO if mapping.has(name))


def _known(kind: Kind, name: object) -> str:
    if not isinstance(name, str) or field_of(kind, name) is None:
        raise MappingInvalid("There is no such field.", field=str(name)[:LONGEST])
    return name


def _text(data: Map[str, Any], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > 2 * LONGEST:
        raise MappingInvalid("This is no short text.", field=name)
    return value.strip()


def _texts(kind: Kind, data: object) -> dict[str, str]:
    if not isinstance(data, dict):
        raise MappingInvalid("Columns are a JSON object.", field="columns")
    return {_known(kind, name): _text(data, name) for name, value in data.items() if value}


def _words(data: object) -> dict[str, str]:
    if not isinstance(data, dict) or len(data) > MOST_WORDS:
        raise MappingInvalid(
            f"The meanings of a field are a JSON object of at most {MOST_WORDS} words.", field="values"
        )
    return {str(word)[:LONGEST]: str(meaning)[:LONGEST] for word, meaning in data.items() if str(meaning).strip()}
