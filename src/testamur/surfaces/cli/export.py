"""`testamur export --school CODE --out FILE.zip` and `testamur import-diary FILE --school CODE`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from testamur.kernel.base.refused import Refused
from testamur.surfaces.cli.output import emit, refused, say

if TYPE_CHECKING:
    from testamur.register.schools.rules import UnitView


def export(
    school: Annotated[str, typer.Option(help="Official code of the school.")],
    out: Annotated[Path, typer.Option(help="The ZIP to write; only its owner may read it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Write everything that a school owns into one ZIP: tables, manifest, checksums."""
    from testamur.surfaces.cli.runtime import start

    start()
    from testamur.exchange.connectors.diary.exporting import make
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    try:
        unit = _school(school)
        given = make(by=operator(), school=unit.id, path=out, now=clock.now())
    except Refused as no:
        raise typer.Exit(refused(no)) from None
    if as_json:
        tables = {name: {"rows": rows, "left_out": left} for name, (rows, left) in given.tables.items()}
        emit({"school": unit.code, "file": str(out), "sha256": given.sha256, "tables": tables})
        return
    for name, (rows, left) in given.tables.items():
        say(f"  {name}: {rows}" + (f" ({left} left out)" if left else ""))
    say(f"SHA-256 {given.sha256}")


def import_diary(
    path: Annotated[Path, typer.Argument(help="CSV, XLSX, ODS or ZIP, as the other system exports it.")],
    school: Annotated[str, typer.Option(help="Official code of the school.")],
    kind: Annotated[str, typer.Option(help="marks, absences or remarks; else told by the columns.")] = "",
    mapping: Annotated[Path | None, typer.Option(help="JSON that says what columns and words mean.")] = None,
    show_mapping: Annotated[bool, typer.Option("--show-mapping", help="Print the mapping and load nothing.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything and undo it.")] = False,
    encoding: Annotated[str, typer.Option(help="Of text that is not UTF-8, e.g. windows-1251.")] = "",
    report: Annotated[Path | None, typer.Option(help="CSV for the full list of findings.")] = None,
) -> None:
    """Take over marks, absences or remarks of a running diary from another system's table."""
    from testamur.surfaces.cli.runtime import start

    start()
    from testamur.exchange.connectors.diary.actions import import_diary as load
    from testamur.exchange.connectors.diary.fields import Kind
    from testamur.exchange.connectors.diary.looking import look
    from testamur.exchange.connectors.diary.mapping import mapping_of
    from testamur.exchange.connectors.tabular.report import Report
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    if kind not in {"", *(one.value for one in Kind)}:
        raise typer.BadParameter("--kind is marks, absences or remarks")
    findings = Report(report)
    try:
        if mapping is not None:
            told = mapping_of(json.loads(mapping.read_text(encoding="utf-8")))
        else:
            told = look(path, kind=Kind(kind) if kind else None, encoding=encoding).guess
        if show_mapping:
            emit(told.data())
            return
        unit, now = _school(school), clock.now()
        outcome = load(
            by=operator(), path=path, mapping=told, school=unit.id, report=findings, now=now, dry_run=dry_run
        )
    except Refused as no:
        raise typer.Exit(refused(no)) from None
    finally:
        findings.close()
    emit({"rows": outcome.rows, "counts": outcome.counts, "noted": outcome.noted, "refused": outcome.refused})
    for one in findings.first:
        say(f"  {one.file}, row {one.row}, {one.column}: {one.done}")
    raise typer.Exit(1 if outcome.refused else 0)


def _school(code: str) -> UnitView:
    from testamur.kernel.base.refused import NotFound
    from testamur.register.schools import queries as schools

    found = [one for one in schools.units_by_code(codes=[code]).get(code, ()) if one.kind.value == "school"]
    if len(found) != 1:
        raise NotFound("There is no school of that code.", field="school", found=code)
    return found[0]
