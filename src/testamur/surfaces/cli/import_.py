"""`testamur import PATH…` and `testamur import-templates DIR`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from testamur.kernel.base.refused import Refused
from testamur.surfaces.cli.output import plain

if TYPE_CHECKING:
    from rich.console import Console

    from testamur.exchange.connectors.actions import Outcome
    from testamur.exchange.connectors.rules import Options
    from testamur.exchange.connectors.tabular.report import Report

CLEAN = 0
REFUSED = 1
_OUTCOMES = ("new", "changed", "unchanged", "ended", "refused")
_KINDS = {
    "unit": "schools and units",
    "session": "school years, terms",
    "course": "courses",
    "group": "groups",
    "person": "persons",
    "membership": "roles at schools",
    "guardian": "guardianships",
    "enrolment": "group members",
    "holiday": "holidays",
    "timetable": "timetables",
    "mark": "grades",
    "document": "documents",
}


@dataclass(frozen=True, slots=True)
class Job:
    """What the command line asks for."""

    authority: str = ""
    dry_run: bool = False
    again: bool = False
    as_json: bool = False
    report_dir: Path | None = None
    authority_name: str = ""


def import_command(
    paths: Annotated[list[Path], typer.Argument(help="Folders, ZIPs or files, as the other system exports them.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything and undo it.")] = False,
    authority: Annotated[str, typer.Option(help="Code of the body responsible for the schools.")] = "",
    authority_name: Annotated[str, typer.Option(help="Its name, as it stands on documents.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    again: Annotated[bool, typer.Option("--again", help="Read the bundle although it was the last one.")] = False,
    dates: Annotated[str, typer.Option(help="dmy or mdy, for dates such as 1/05/2023.")] = "",
    encoding: Annotated[str, typer.Option(help="Of text that is not UTF-8, e.g. windows-1251.")] = "",
    identifiers: Annotated[str, typer.Option(help="Scheme of bare identifiers, e.g. se.personnummer.")] = "",
    pack: Annotated[str, typer.Option(help="Rule pack of grades that name none, e.g. se.compulsory.")] = "",
    period: Annotated[str, typer.Option(help="Of grades that name none, e.g. '2025/2026 VT'.")] = "",
    school_year: Annotated[str, typer.Option(help="Of groups that name none, e.g. 2025/2026.")] = "",
    country: Annotated[str, typer.Option(help="Of schools and telephone numbers that name none, e.g. SE.")] = "",
    report: Annotated[Path | None, typer.Option(help="Folder for the full report of defects.")] = None,
    may_end: Annotated[
        bool, typer.Option("--may-end", help="Let many lessons end that a timetable no longer has, as is meant.")
    ] = False,
) -> None:
    """Import rosters, grades, lists of schools or finished documents from other systems."""
    from testamur.surfaces.cli.runtime import start

    start()
    from testamur.exchange.connectors.rules import Options

    wrong = _wrong(dates, encoding)
    if authority_name and not authority:
        wrong = "--authority-name needs --authority, the code of that body"
    if wrong:
        raise typer.BadParameter(wrong)
    vanishing = "allow" if may_end else ""
    options = Options(dates, encoding, identifiers, pack, period, school_year, country.upper(), vanishing)
    raise typer.Exit(run(paths, options, Job(authority, dry_run, again, as_json, report, authority_name)))


def templates_command(folder: Annotated[Path, typer.Argument(help="Folder to write the templates into.")]) -> None:
    """Write empty tables to fill in: CSV and one XLSX workbook, with every column explained."""
    from testamur.exchange.connectors.own.templates import write_templates

    for path in write_templates(folder):
        print(path)


def run(paths: list[Path], options: Options, job: Job) -> int:
    """Import every bundle at the paths, print what was done, return the exit code: 0 clean, 1 something refused."""
    from rich.console import Console

    from testamur.exchange.connectors.formats import bundles

    screen = Console(stderr=True)
    results: list[dict[str, Any]] = []
    for path in paths:
        try:
            results.extend(_one(bundle, options, job, screen) for bundle in bundles(path))
        except Refused as no:
            results.append({"path": str(path), "error": {"code": no.code, "message": str(no)}})
            if not job.as_json:
                screen.print(f"[red]{no.code}[/red]: {plain(no)}", highlight=False)
    code = REFUSED if any(r.get("refused") or "error" in r for r in results) else CLEAN
    if job.as_json:
        json.dump({"bundles": results, "exit": code}, sys.stdout, ensure_ascii=False)
        print()
    return code


def _wrong(dates: str, encoding: str) -> str:
    import codecs

    if dates not in {"", "dmy", "mdy"}:
        return "--dates is dmy or mdy"
    if encoding:
        try:
            codecs.lookup(encoding)
        except LookupError:
            return f"--encoding: {encoding!r} is not known; windows-1251, windows-1252 and utf-16 are"
    return ""


def _one(bundle: Path, options: Options, job: Job, screen: Console) -> dict[str, Any]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from testamur.exchange.connectors.actions import import_bundle
    from testamur.exchange.connectors.formats import rows_of
    from testamur.exchange.connectors.handover import take_in
    from testamur.exchange.connectors.tabular.report import Report
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    now = clock.now()
    report = Report(_report_path(bundle, job, now.strftime("%Y%m%dT%H%M%S")))
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=screen, disable=job.as_json or not screen.is_terminal) as bar:
        task = bar.add_task(plain(bundle.name), total=rows_of(bundle))
        try:
            outcome = import_bundle(
                by=operator(), path=bundle, report=report, now=now, options=options, authority=job.authority,
                authority_name=job.authority_name, dry_run=job.dry_run, again=job.again,
                progress=lambda n: bar.advance(task, n), take_in=take_in,
            )  # fmt: skip
        finally:
            report.close()
        bar.update(task, completed=outcome.rows, total=outcome.rows)
    if not job.as_json:
        _print(screen, outcome, report)
    return as_json(outcome, report)


def _report_path(bundle: Path, job: Job, stamp: str) -> Path:
    from django.conf import settings

    folder = job.report_dir or Path(settings.DATA) / "imports"
    return folder / f"{stamp}-{bundle.stem[:60]}.csv"


def as_json(outcome: Outcome, report: Report) -> dict[str, Any]:
    """What `--json` says about one bundle."""
    return {
        "path": outcome.path,
        "format": outcome.format,
        "source": outcome.source,
        "dry_run": outcome.dry_run,
        "rows": outcome.rows,
        "changed": outcome.changed,
        "resumed_at": outcome.resumed_at,
        "same_as": outcome.same_as.isoformat() if outcome.same_as else None,
        "counts": outcome.counts,
        "noted": outcome.noted,
        "refused": outcome.refused,
        "by_code": dict(report.by_code),
        "report": str(report.path) if report.total else None,
        "first": [
            {
                "file": d.file, "row": d.row, "column": d.column, "found": d.found, "done": d.done, "code": d.code,
                "severity": d.severity.value,
            }
            for d in report.first
        ],
    }  # fmt: skip


def _print(screen: Console, outcome: Outcome, report: Report) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    title = f"{outcome.path} · {outcome.format} · {outcome.rows} rows"
    if outcome.same_as is not None:
        screen.print(
            f"[bold]{plain(outcome.path)}[/bold]: the same bundle as on {outcome.same_as:%Y-%m-%d %H:%M}. "
            "Nothing changed.",
            highlight=False,
        )
        return
    if outcome.resumed_at:
        screen.print(f"Went on after row {outcome.resumed_at}, where an earlier run was interrupted.", highlight=False)
    counts = Table(title=plain(title), title_justify="left", box=SIMPLE_HEAD)
    counts.add_column("")
    for name in _OUTCOMES:
        counts.add_column(name, justify="right")
    for kind, one in outcome.counts.items():
        counts.add_row(_KINDS[kind], *(str(one.get(name, "")) for name in _OUTCOMES))
    screen.print(counts)
    if report.first:
        defects = Table(
            title=f"{report.refused} refused, {report.noted} noted",
            title_justify="left",
            box=SIMPLE_HEAD,
            padding=(0, 1),
        )
        defects.add_column("where", no_wrap=True)
        defects.add_column("found → done", overflow="fold")
        for d in report.first:
            where = f"{d.file}:{d.row}" if d.row else d.file
            what = f"{d.column}: {d.found} → {d.done}" if d.column else f"{d.found} → {d.done}"
            defects.add_row(plain(where), plain(what), style="red" if d.severity == "refused" else "")
        screen.print(defects)
        screen.print(f"All of them: {plain(report.path)}", highlight=False, soft_wrap=True)
    if not outcome.changed:
        left_out = f"Nothing changed: {outcome.refused} rows were refused, the others were there already."
        there = left_out if outcome.refused else "Nothing changed: everything in the bundle was there already."
        screen.print(there if outcome.rows else "Nothing read.", highlight=False)
    if outcome.dry_run:
        screen.print("[bold]Dry run[/bold]: all of it was undone.")
