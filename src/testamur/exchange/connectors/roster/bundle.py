"""A roster that was read from another system, as a folder: neutral rows, one JSON object a line.

``roster.json`` says whence it came; ``rows.jsonl`` holds rows, and lines that say what is told whole: `Complete`; what
names a person comes after all persons, in ``ties.jsonl``, in whatever order the source told it: a school has more
memberships than one batch of an import holds. What is known of a source, begins with such a prefix and stands in no
row is gone there; `finish` writes it to ``gone.jsonl`` as rows that end.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from testamur.exchange.connectors.rules import (
    CourseRow,
    EnrolmentRow,
    GroupRow,
    GuardianRow,
    MembershipRow,
    Options,
    PersonRow,
    Reporter,
    Row,
    SessionRow,
    UnitRow,
)
from testamur.exchange.connectors.tabular.files import BundleUnreadable, Files

HEAD, ROWS, TIES, GONE = "roster.json", "rows.jsonl", "ties.jsonl", "gone.jsonl"
VERSION = 1
_TYPES: dict[str, type] = {
    one.kind_name: one
    for one in (UnitRow, SessionRow, CourseRow, GroupRow, PersonRow, MembershipRow, GuardianRow, EnrolmentRow)
}
_TIES = (MembershipRow, GuardianRow, EnrolmentRow)
_DATES = frozenset({"starts", "ends", "birth_date"})
_PAIRS = frozenset({"identifiers", "facts"})
_LONGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Complete:
    """Everything of a kind whose key begins with `prefix` is told in this reading."""

    kind: str
    prefix: str = ""


Told = Row | Complete


def write(folder: Path, *, source: str, told: Iterable[Told]) -> int:
    """Write what was read; returns how many rows."""
    (folder / HEAD).write_text(json.dumps({"testamur.roster": VERSION, "source": source}), encoding="utf-8")
    rows = 0
    with (folder / ROWS).open("w", encoding="utf-8") as file, (folder / TIES).open("w", encoding="utf-8") as ties:
        for one in told:
            if isinstance(one, Complete):
                file.write(json.dumps({"complete": one.kind, "prefix": one.prefix}) + "\n")
            else:
                rows += 1
                (ties if isinstance(one, _TIES) else file).write(_line(one) + "\n")
    return rows


def add_gone(folder: Path, rows: Iterable[Row]) -> int:
    """Write rows of what is gone; returns how many."""
    some = [_line(one) for one in rows]
    (folder / GONE).write_text("".join(f"{line}\n" for line in some), encoding="utf-8")
    return len(some)


def told_in(folder: Path) -> Iterator[Told]:
    """What was written, in its order."""
    for name in (ROWS, TIES):
        with (folder / name).open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                told = json.loads(line)
                yield Complete(told["complete"], told["prefix"]) if "complete" in told else _row(told, name, number)


def gone_row(kind: str, key: str) -> Row | None:
    """A row that says that a thing is gone; None for kinds that are kept whatever the source says."""
    file, row = GONE, 0
    if kind == "person":
        return PersonRow(file, row, key, "", "", ended=True)
    if kind == "membership":
        return MembershipRow(file, row, key, "", "", "pupil", ended=True)
    if kind == "guardian":
        return GuardianRow(file, row, key, "", "", ended=True)
    if kind == "enrolment":
        return EnrolmentRow(file, row, key, "", "", "pupil", ended=True)
    if kind == "group":
        return GroupRow(file, row, key, "", "class", "", ended=True)
    return None


class Roster:
    """The format of such a folder."""

    id = "roster"

    def detect(self, files: Files) -> float:
        """Certain where the head says so."""
        return 1.0 if _head(files) else 0.0

    def source(self, files: Files) -> str:
        """The name under which the source was entered."""
        return str(_head(files).get("source", "roster"))

    def read(self, files: Files, options: Options, reporter: Reporter) -> Iterator[Row]:  # noqa: ARG002 - the contract's shape
        """The rows as they were read, then those that end."""
        for name in (ROWS, TIES, GONE):
            member = files.find(name)
            if member is None:
                continue
            with files.open(member) as stream:
                for number, line in enumerate(iter(lambda: stream.readline(_LONGEST), b""), 1):
                    try:
                        told = json.loads(line)
                        if "complete" in told:
                            continue
                        row = _row(told, name, number)
                    except (ValueError, TypeError, KeyError) as error:
                        raise BundleUnreadable(f"{name}, line {number}: no row.", value=name) from error
                    yield row


FORMAT = Roster()


def _head(files: Files) -> dict[str, Any]:
    member = files.find(HEAD)
    if member is None or member.size > _LONGEST:
        return {}
    try:
        told = json.loads(files.read(member, _LONGEST))
    except ValueError:
        return {}
    return told if isinstance(told, dict) and told.get("testamur.roster") == VERSION else {}


def _line(row: Row) -> str:
    told: dict[str, Any] = {"kind_name": row.kind_name}
    for field in dataclasses.fields(row):
        value = getattr(row, field.name)
        if field.name not in {"file", "row"} and value != field.default:
            told[field.name] = value.isoformat() if isinstance(value, date) else value
    return json.dumps(told, ensure_ascii=False)


def _row(told: dict[str, Any], file: str, number: int) -> Row:
    made = _TYPES[told.pop("kind_name")]
    for name, value in told.items():
        if name in _DATES and value is not None:
            told[name] = date.fromisoformat(value)
        elif name in _PAIRS:
            told[name] = tuple((str(first), str(second)) for first, second in value)
        elif name == "session_keys":
            told[name] = tuple(value)
    row: Row = made(file=file, row=number, **told)
    return row
