"""`testamur import-province PATH --authority CODE`: a whole province, one part for each school."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from testamur.kernel.base.refused import Refused
from testamur.surfaces.cli.output import plain

if TYPE_CHECKING:
    from testamur.exchange.connectors.province.loading import Delivered, PartOutcome

CLEAN = 0
REFUSED = 1
SHOWN = 20


def import_province_command(
    path: Annotated[Path, typer.Argument(help="Folder or ZIP with a folder, ZIP or workbook for each school.")],
    authority: Annotated[str, typer.Option(help="Code of the body responsible for the schools.")],
    authority_name: Annotated[str, typer.Option(help="Its name, as it stands on documents.")] = "",
    country: Annotated[str, typer.Option(help="Of schools that name none.")] = "VN",
    school_year: Annotated[str, typer.Option(help="Of groups that name none, e.g. 2025/2026.")] = "",
    pack: Annotated[str, typer.Option(help="Rule pack of grades that name none.")] = "vn.primary",
    period: Annotated[str, typer.Option(help="Of grades that name none, e.g. '2025/2026 HK2'.")] = "",
    identifiers: Annotated[str, typer.Option(help="Scheme of bare identifiers.")] = "vn.cccd",
    reports: Annotated[Path | None, typer.Option(help="Folder for the summary and a report of each school.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything and undo it.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Import a province: a school that fails stops no other. Exit code 1 when something of it was left out."""
    from testamur.surfaces.cli.runtime import start

    start()
    from django.conf import settings
    from rich.console import Console

    from testamur.exchange.connectors.handover import take_in
    from testamur.exchange.connectors.province.loading import import_province
    from testamur.exchange.connectors.rules import Options
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    now, screen = clock.now(), Console(stderr=True)
    folder = reports or Path(settings.DATA) / "imports" / f"{now:%Y%m%dT%H%M%S}-province"

    def progress(done: int, total: int, name: str) -> None:
        if not as_json:
            screen.print(f"{done} of {total}: {plain(name)}", highlight=False)

    try:
        told = import_province(
            by=operator(), path=path, reports=folder, now=now, authority=authority, authority_name=authority_name,
            options=Options("", "", identifiers, pack, period, school_year, country.upper()), dry_run=dry_run,
            take_in=take_in, progress=progress,
        )  # fmt: skip
    except Refused as no:
        screen.print(f"[red]{no.code}[/red]: {plain(no)}", highlight=False)
        raise typer.Exit(REFUSED) from None
    if as_json:
        json.dump(as_data(told, folder), sys.stdout, ensure_ascii=False)
        print()
    else:
        _print(told, folder)
    raise typer.Exit(REFUSED if told.failed else CLEAN)


def as_data(told: Delivered, folder: Path) -> dict[str, Any]:
    """What `--json` says."""
    return {
        "parts": len(told.parts),
        "rows": told.rows,
        "changed": told.changed,
        "dry_run": told.dry_run,
        "counts": told.counts,
        "reports": str(folder),
        "failed": [
            {"part": part.name, "error": part.error, "refused": part.refused, "report": part.report}
            for part in told.failed
        ],
    }


def _print(told: Delivered, folder: Path) -> None:
    print(f"{len(told.parts)} parts, {told.rows} rows, {told.changed} changed something.")
    for part in told.failed[:SHOWN]:
        print(_line(part))
    if len(told.failed) > SHOWN:
        print(f"... and {len(told.failed) - SHOWN} more parts")
    print(f"Summary and reports: {folder}")
    if told.dry_run:
        print("Dry run: all of it was undone.")


def _line(part: PartOutcome) -> str:
    why = f"{part.error}: {part.message}" if part.error else f"{part.refused} rows were left out"
    return f"  {part.name}: {why}" + (f" ({part.report})" if part.report else "")
