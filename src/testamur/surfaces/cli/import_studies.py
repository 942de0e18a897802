"""`testamur import-studies PATH`: what a university studies, from tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from testamur.kernel.base.refused import Refused
from testamur.surfaces.cli.output import emit, plain, refused, say

if TYPE_CHECKING:
    from testamur.exchange.connectors.studies.actions import Outcome
    from testamur.exchange.connectors.tabular.report import Report
    from testamur.register.schools.rules import UnitView


def import_studies(
    path: Annotated[Path, typer.Argument(help="Folder, ZIP or workbook with courses, registrations, exams …")],
    university: Annotated[str, typer.Option(help="Code of the university; not needed where there is one.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything and undo it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    report: Annotated[Path | None, typer.Option(help="CSV for the full list of findings.")] = None,
) -> None:
    """Load courses, modules, occasions, registrations, exams, sign-ups and credits of a university."""
    from testamur.surfaces.cli.runtime import start

    start()
    from testamur.exchange.connectors.studies.actions import import_studies as load
    from testamur.exchange.connectors.tabular.report import Report
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    findings = Report(report)
    try:
        unit = _university(university)
        outcome = load(by=operator(), path=path, university=unit.id, report=findings, now=clock.now(), dry_run=dry_run)
    except Refused as no:
        raise typer.Exit(refused(no)) from None
    finally:
        findings.close()
    if as_json:
        first = [[d.file, d.row, d.column, d.found, d.done, d.code, d.severity.value] for d in findings.first]
        told = {"rows": outcome.rows, "changed": outcome.changed, "counts": outcome.counts, "first": first}
        emit({**told, "noted": outcome.noted, "refused": outcome.refused, "dry_run": dry_run})
    else:
        _tell(outcome, findings)
    raise typer.Exit(1 if outcome.refused else 0)


def _university(code: str) -> UnitView:
    from testamur.kernel.base.refused import NotFound
    from testamur.register.schools import queries as schools
    from testamur.register.schools.rules import Form, UnitKind

    found = [
        one
        for one in schools.units_under("/", kind=UnitKind.AUTHORITY)
        if one.form is Form.UNIVERSITY and code in {"", one.code}
    ]
    if len(found) != 1:
        raise NotFound("Name the university by its code: there is not exactly one.", field="university", found=code)
    return found[0]


def _tell(outcome: Outcome, findings: Report) -> None:
    for table, counts in outcome.counts.items():
        say(f"  {table}: " + (", ".join(f"{n} {what}" for what, n in counts.items()) or "nothing to load"))
    for one in findings.first:
        say(f"  {plain(one.file)}, row {one.row}, {plain(one.column)}: {plain(one.found)} → {plain(one.done)}")
    if findings.total > len(findings.first):
        say(f"  {findings.refused} refused, {findings.noted} noted; --report FILE.csv keeps all of them")
    if not outcome.changed:
        say("Nothing changed.")
    if outcome.dry_run:
        say("[bold]Dry run[/bold]: all of it was undone.")
