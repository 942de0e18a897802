"""Commands for whoever keeps an installation: audits of log, archive and journal, shipping, index rebuild."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from testamur.surfaces.cli import output

log = typer.Typer(help="The transparency log, and what the log database holds.", no_args_is_help=True)
archive = typer.Typer(help="The archive.", no_args_is_help=True)
journal = typer.Typer(help="The journal and its shipped copy.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object")]


def _start() -> Any:
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.kernel.base.actor import operator

    return operator()


def _end(told: dict[str, Any], faults: list[str], json: bool) -> None:
    if json:
        output.emit({**told, "faults": faults})
    else:
        output.say("  ".join(f"{k} [bold]{v}[/]" for k, v in told.items()))
        for fault in faults[:50]:
            output.say(f"[bold red]fault[/] {fault}")
        if len(faults) > 50:  # noqa: PLR2004 - what fits a screen
            output.say(f"… and {len(faults) - 50} more")
        if not faults:
            output.say("[green]all agrees[/]")
    raise typer.Exit(1 if faults else 0)


@log.command("audit")
def audit_logs(json: Json = False) -> None:
    """Rebuild every log's root from its entries and compare database, tiles, checkpoints and the archive."""
    _start()
    from testamur.trust.records import audits
    from testamur.trust.transparency import queries as logs

    faults: list[str] = []
    told: dict[str, Any] = {"logs": 0, "entries": 0, "checkpoints": 0, "tiles": 0, "records": 0}
    for one in logs.logs():
        report = logs.audit(log=one.id)
        told["logs"] += 1
        told["entries"] += report.size
        told["checkpoints"] += report.checkpoints
        told["tiles"] += report.tiles
        faults += [f"{report.origin}: {difference}" for difference in report.differences]
    checked = audits.archive_against_log()
    told["records"] = checked.records
    faults += checked.faults
    _end(told, faults, json)


@archive.command("audit")
def audit_archive(json: Json = False) -> None:
    """Re-read every object of the archive, byte by byte, and compare it with its inventory and the index."""
    by = _start()
    from testamur.kernel.base import clock
    from testamur.trust.archive import steps

    report = steps.audit(by=by, now=clock.now())
    faults = [f"{f.code}: {f.path} {f.record}" for f in report.findings]
    _end({"objects": report.objects, "indexed": report.indexed}, faults, json)


@archive.command("rebuild-index")
def rebuild(json: Json = False) -> None:
    """Make the archive's index in the database again from the objects on disk alone."""
    by = _start()
    from testamur.kernel.base import clock
    from testamur.trust.archive import steps

    _end({"added": steps.rebuild_index(by=by, now=clock.now())}, [], json)


@journal.command("heads")
def check_heads(json: Json = False) -> None:
    """Recompute every Merkle head from the log database alone, wherever that is; the main database is not asked."""
    by = _start()
    from testamur.kernel.journal import proving

    report = proving.check_heads(by=by)
    _end({"size": report.size, "heads": report.heads, "root": report.root}, list(report.faults), json)


@journal.command("ship")
def ship(json: Json = False) -> None:
    """Copy new entries to the log database, in order and exactly once."""
    _start()
    from testamur.kernel.base import clock
    from testamur.kernel.journal import queries, steps

    shipped = steps.ship_all(now=clock.now())
    head = queries.head()
    _end({"shipped": shipped, "size": head.size if head else 0, "root": head.root if head else None}, [], json)


@journal.command("audit")
def audit_journal(json: Json = False) -> None:
    """Compare the journal with its shipped copy and rebuild every Merkle head."""
    _start()
    from testamur.kernel.journal import steps

    report = steps.audit()
    _end({"entries": report.entries, "shipped": report.shipped}, list(report.faults), json)
