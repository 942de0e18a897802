"""`testamur log search`, `export`, `check`: acts in the log database, to find, to hand over, to prove (row B26)."""

from __future__ import annotations

import csv
import json as jsons
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer

from testamur.surfaces.cli import output

if TYPE_CHECKING:
    from testamur.kernel.base.actor import Actor
    from testamur.kernel.journal.rules import Head, Proven
    from testamur.kernel.journal.searching import Logged

COLUMNS = ("seq", "at", "kind", "number", "actor", "identified_by", "on_behalf_of", "path", "entry", "proof")
"""Of an export. `entry`: the canonical bytes that are hashed; `proof`: sibling hashes to the root, lowest first."""
HEAD = "head"
"""First word of the last line: size, root and instant of the head."""
PAGE = 500
CELL = 1 << 24
"""Characters of one cell of an export."""
FORMS = ("csv", "xlsx")

ListNumber = Annotated[int | None, typer.Option("--list", help="Number of a result list")]
Kind = Annotated[list[str] | None, typer.Option(help="Beginning of a kind (reporting.list.signed); several times")]
Naming = Annotated[list[str] | None, typer.Option(help="Id that an entry names: a list, a student; several times")]
By = Annotated[str, typer.Option("--actor", help="Id of who acted")]
First = Annotated[str, typer.Option("--from", help="Day (UTC) from which")]
Last = Annotated[str, typer.Option("--to", help="Day (UTC) up to which")]
Place = Annotated[str, typer.Option(help="Path of a unit: at or below it")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object")]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for."""

    path: str
    kinds: tuple[str, ...]
    naming: tuple[str, ...]
    actor: UUID | None
    first: datetime | None
    last: datetime | None
    number: int | None

    def found(self, by: Actor, most: int | None = None) -> Iterator[Logged]:
        """What the log holds of it, newest first, page by page."""
        from testamur.kernel.journal.searching import search_log

        naming, before, left = self.naming, None, most
        if self.number is not None:
            naming = (*naming, _list_id(by, self.number))
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            some = search_log(
                by=by, path=self.path, kinds=self.kinds, naming=naming, actor=self.actor, first=self.first,
                last=self.last, before=before, limit=size,
            )  # fmt: skip
            yield from some
            if len(some) < size:
                return
            before, left = some[-1].seq, None if left is None else left - len(some)


def mount(group: typer.Typer) -> None:
    """Add the three commands to a group."""
    group.command()(search)
    group.command()(export)
    group.command()(check)


def search(
    number: ListNumber = None,
    kind: Kind = None,
    naming: Naming = None,
    actor: By = "",
    first: First = "",
    last: Last = "",
    path: Place = "/",
    limit: Annotated[int, typer.Option(min=1, help="So many at most")] = 50,
    json: Json = False,
) -> None:
    """Find acts in the log database, newest first. Ids alone: no name stands there."""
    by = _start()
    asked = _asked(path, kind, naming, actor, first, last, number)
    found = list(asked.found(by, limit))
    if json:
        output.emit({"entries": [{"seq": one.seq, **jsons.loads(one.entry.canonical())} for one in found]})
        return
    for one in found:
        refs = jsons.dumps(dict(one.entry.refs), ensure_ascii=False, sort_keys=True)
        output.say(
            f"[bold]{one.seq}[/] {one.entry.at:%Y-%m-%d %H:%M:%S}Z {output.plain(one.entry.kind)}  "
            f"[dim]{one.entry.actor} {output.plain(one.entry.identified_by)}[/]  {output.plain(refs)}"
        )
    output.say(f"{len(found)} entries")


def export(
    out: Annotated[Path, typer.Option(help="File to write; - is standard output (csv)")] = Path("-"),
    form: Annotated[str, typer.Option(help="csv or xlsx")] = "csv",
    number: ListNumber = None,
    kind: Kind = None,
    naming: Naming = None,
    actor: By = "",
    first: First = "",
    last: Last = "",
    path: Place = "/",
) -> None:
    """Write the entries that a search finds, oldest first, each with its proof, and the head of the log at the end."""
    if form not in FORMS:
        raise typer.BadParameter(f"{form!r} is none of {', '.join(FORMS)}", param_hint="--form")
    if form == "xlsx" and str(out) == "-":
        raise typer.BadParameter("a spreadsheet needs a file", param_hint="--out")
    by = _start()
    from testamur.kernel.journal.proving import prove

    asked = _asked(path, kind, naming, actor, first, last, number)
    seqs = {one.seq for one in asked.found(by)}
    head, proven = prove(by=by, path=path, seqs=seqs)
    rows = [COLUMNS, *map(_row, proven), _head_row(head)]
    if form == "xlsx":
        _write_xlsx(out, rows)
    elif str(out) == "-":
        csv.writer(sys.stdout).writerows(rows)
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    output.say(f"{len(proven)} entries, head [bold]{head.size}[/] {head.root}")


def check(
    file: Annotated[Path, typer.Argument(help="An export (csv)", exists=True, dir_okay=False)],
    offline: Annotated[bool, typer.Option(help="Do not ask the log database whether the head is its own")] = False,
    json: Json = False,
) -> None:
    """Recompute every proof of an export, and whether its head is one of the log's. Ends with 1 at a fault."""
    size, root, faults, entries = _read(file)
    if not offline and not faults:
        by = _start()
        from testamur.kernel.journal.proving import known_head

        if known_head(by=by, size=size) != root:
            faults.append("the head is not one of this installation's log")
    if json:
        output.emit({"entries": entries, "size": size, "root": root, "faults": faults})
    else:
        for fault in faults[:50]:
            output.say(f"[bold red]fault[/] {output.plain(fault)}")
        output.say(
            f"{entries} entries, head {size} {output.plain(root)}" + ("" if faults else "  [green]all agrees[/]")
        )
    raise typer.Exit(1 if faults else 0)


def _start() -> Actor:
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.kernel.base.actor import operator

    return operator()


def _asked(
    path: str,
    kind: list[str] | None,
    naming: list[str] | None,
    actor: str,
    first: str,
    last: str,
    number: int | None,
) -> Asked:
    try:
        who = UUID(actor) if actor else None
    except ValueError as error:
        raise typer.BadParameter(f"{actor!r} is no id", param_hint="--actor") from error
    return Asked(
        path, tuple(kind or ()), tuple(naming or ()), who, _instant(first, "--from"), _instant(last, "--to", 1), number
    )


def _instant(text: str, option: str, days: int = 0) -> datetime | None:
    day = output.day(text, option)
    return datetime.combine(day + timedelta(days=days), time(), tzinfo=ZoneInfo("UTC")) if day else None


def _list_id(by: Actor, number: int) -> str:
    """Which list has that number, asked of the log alone. Raises NotFound."""
    from testamur.kernel.base.refused import NotFound
    from testamur.kernel.journal.searching import search_log

    found = search_log(by=by, path="/", kinds=("reporting.list.opened/",), numbers={"number": number}, limit=1)
    if not found:
        raise NotFound("The log holds no list with that number.", field="list", number=number)
    return str(found[0].entry.refs["list"])


def _row(one: Proven) -> tuple[str, ...]:
    body = one.body.decode()
    said: dict[str, Any] = jsons.loads(body)
    return (
        str(one.seq), said["at"], said["kind"], str(said["refs"].get("number", "")), said["actor"],
        said["identified_by"], said["on_behalf_of"] or "", said["path"], body, " ".join(way.hex() for way in one.way),
    )  # fmt: skip


def _head_row(head: Head) -> tuple[str, ...]:
    from testamur.kernel.base.clock import stamp

    return (HEAD, str(head.size), head.root, stamp(head.at))


def _write_xlsx(out: Path, rows: list[tuple[str, ...]]) -> None:
    import xlsxwriter

    # row by row, and no cell is taken for a formula, a number or an address
    with xlsxwriter.Workbook(out, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("log")
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)


def _read(file: Path) -> tuple[int, str, list[str], int]:
    """Size and root of an export's head, what is wrong with it, and how many entries it has."""
    usual = csv.field_size_limit(CELL)
    try:
        with file.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.reader(opened))
    finally:
        csv.field_size_limit(usual)  # it is one for the whole process, and the imports' limit is their guard
    if len(rows) < 2 or tuple(rows[0]) != COLUMNS or rows[-1][:1] != [HEAD] or len(rows[-1]) < len(COLUMNS[:3]):  # noqa: PLR2004 - head and columns
        return 0, "", ["this is no whole export: its first or last line is missing"], 0
    size, root, faults = int(rows[-1][1]) if rows[-1][1].isdigit() else 0, rows[-1][2], list[str]()
    for row in rows[1:-1]:
        if not _agrees(row, size, root):
            faults.append(f"line of entry {row[0] if row else '?'}: it does not stand so in the log with that head")
    return size, root, faults, len(rows) - 2


def _agrees(row: list[str], size: int, root: str) -> bool:
    """The proof holds, and the readable columns say what the proved bytes say."""
    from testamur.kernel.journal.rules import Proven, holds

    try:
        one = Proven(int(row[0]), row[8].encode(), tuple(map(bytes.fromhex, row[9].split())))
        return holds(one, size=size, root=root) and list(_row(one)) == row
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        return False
