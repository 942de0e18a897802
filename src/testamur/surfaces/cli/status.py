"""`testamur status`: publish the lists of records that no longer hold, and show or write the newest ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from testamur.surfaces.cli import output

status = typer.Typer(help="Status lists: which issued records were replaced or annulled.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object")]
MAX_AFTER = 64 << 20


@status.command("publish")
def publish(
    after: Annotated[
        Path | None, typer.Option(help="After a restore: the newest list that was published (one organisation)")
    ] = None,
    json: Json = False,
) -> None:
    """Sign, log and publish the list of each organisation, unless the newest one still says all there is to say."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.trust.records import steps
    from testamur.trust.transparency import queries as logs

    by = operator()
    if after is not None:
        data = _read(after)
        from testamur.kernel.proofs.status import claimed, parse

        owner = claimed(parse(data))
        log = logs.log_by_organisation(organisation=owner)
        if log is None:
            output.say(f"[bold red]refused[/] {after} is a list of an organisation that has no log here")
            raise typer.Exit(output.REFUSED)
        steps.publish_status(by=by, log=log, clock=clock.now, cover=True, after=data)
    outcomes = steps.publish_all_status(by=by, clock=clock.now, cover=True)
    lists = _lists()
    told = {
        "published": sum(o.published for o in outcomes),
        "lists": lists,
        "refused": [{"origin": o.origin, "code": o.refused.code, "why": str(o.refused)} for o in outcomes if o.refused],
    }
    if json:
        output.emit(told)
    else:
        for outcome in outcomes:
            if outcome.refused is not None:
                output.say(f"[bold red]refused[/] {outcome.origin}: {outcome.refused}  [dim]{outcome.refused.code}[/]")
        _tell(lists)
    raise typer.Exit(output.REFUSED if told["refused"] else 0)


@status.command("show")
def show(
    out: Annotated[Path | None, typer.Option(help="Folder to write each list to, as <code>.status.json")] = None,
    json: Json = False,
) -> None:
    """Show the newest list of each organisation; with --out also write its file, for whoever verifies offline."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    lists = _lists()
    if out is not None:
        _write(out, lists)
    if json:
        output.emit({"lists": lists})
    else:
        _tell(lists)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_AFTER + 1)
    except OSError as error:
        output.say(f"[bold red]refused[/] {path} cannot be read ({error.strerror})")
        raise typer.Exit(2) from None


def _lists() -> list[dict[str, Any]]:
    from testamur.kernel.base.clock import stamp
    from testamur.trust.records import queries
    from testamur.trust.transparency import queries as logs

    told = []
    for log in logs.logs():
        view = queries.status_list(log.organisation)
        one: dict[str, Any] = {"organisation": str(log.organisation), "code": log.code, "origin": log.origin}
        if view is not None:
            one |= {
                "made": stamp(view.made_at),
                "entries": view.entries,
                "replaced": view.replaced,
                "annulled": view.annulled,
                "log_index": view.log_index,
                "keys_bytes": view.keys_size,
            }
        told.append(one)
    return told


def _tell(lists: list[dict[str, Any]]) -> None:
    for one in lists:
        if "made" not in one:
            output.say(f"[bold]{one['origin']}[/]  no list yet")
            continue
        output.say(
            f"[bold]{one['origin']}[/]  as of {one['made']}, log entries below {one['entries']}: "
            f"[bold]{one['annulled']}[/] annulled, [bold]{one['replaced']}[/] replaced  "
            f"[dim]entry {one['log_index']}, {one['keys_bytes']} bytes of keys[/]"
        )


def _write(folder: Path, lists: list[dict[str, Any]]) -> None:
    from uuid import UUID

    from testamur.trust.records import queries

    folder.mkdir(parents=True, exist_ok=True)
    for one in lists:
        if "made" in one:
            path = folder / f"{one['code']}.status.json"
            path.write_text(
                json.dumps(queries.status_file(UUID(one["organisation"])), ensure_ascii=False) + "\n", "utf-8"
            )
            output.say(f"written: {path}")
