"""`testamur roster`: systems whose roster is read, by SS 12000 or OneRoster."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from testamur.surfaces.cli import output

app = typer.Typer(help="Systems whose roster is read: add, list, read, end.", no_args_is_help=True)


@app.callback()
def roster() -> None:
    """Rosters of other systems."""


def _add(
    kind: str,
    authority: str,
    name: str,
    url: str,
    token: str,
    client: str,
    scope: str,
    every: int,
    subscribes: bool = False,
) -> None:
    from testamur.surfaces.cli import runtime

    runtime.start()
    from django.conf import settings

    from testamur.exchange.connectors.rostering import sources
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    secret = typer.prompt("Secret of the client", hide_input=True)
    made = sources.add_source(
        by=operator(), authority=authority, name=name, kind=kind, base_url=url, token_url=token, client_id=client,
        secret=secret, scope=scope, every=every, subscribes=subscribes, now=clock.now(),
        loopback=settings.MODE == "demo",
    )  # fmt: skip
    output.say(f"source {made.id}: read with `testamur roster read {made.id} --dry-run` first")


_Authority = Annotated[str, typer.Option(help="Code of the body whose roster it is")]
_Name = Annotated[str, typer.Option(help="What the source is called: letters, digits, points, hyphens")]
_Url = Annotated[str, typer.Option(help="Address under which its lists stand")]
_Token = Annotated[str, typer.Option(help="Address of its tokens (OAuth 2.0 client credentials)")]
_Client = Annotated[str, typer.Option(help="Our client_id there; the secret is asked for")]
_Every = Annotated[int, typer.Option(help="Minutes between two readings")]


@app.command()
def ss12000(
    authority: _Authority,
    name: _Name,
    url: _Url,
    token: _Token,
    client: _Client,
    scope: str = "",
    every: _Every = 60,
    subscribe: Annotated[bool, typer.Option("--subscribe", help="Let it tell us of changes besides")] = False,
) -> None:
    """Read a body's roster from a system of SS 12000."""
    _add("ss12000", authority, name, url, token, client, scope, every, subscribe)


@app.command()
def oneroster(
    authority: _Authority, name: _Name, url: _Url, token: _Token, client: _Client, scope: str = "", every: _Every = 60
) -> None:
    """Read a body's roster from a system of OneRoster 1.2 (Rostering Service)."""
    _add("oneroster", authority, name, url, token, client, scope, every)


@app.command("list")
def list_() -> None:
    """All sources, ended ones too, and how the last reading went."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.exchange.connectors.rostering import sources
    from testamur.kernel.base.actor import operator

    for one in sources.sources(by=operator()):
        state = "ended" if one.ended_at else one.error or "well"
        if one.subscribed_until is not None:
            state += f", tells of changes until {one.subscribed_until:%Y-%m-%d}"
        last = f"{one.last_at:%Y-%m-%d %H:%M}" if one.last_at else "never read"
        output.say(
            f"{one.id}  {one.kind:9} {output.plain(f'{one.authority}/{one.name}')}  {last}  {output.plain(state)}"
        )


@app.command()
def read(
    source: Annotated[UUID, typer.Argument(help="Its id")],
    full: Annotated[bool, typer.Option("--full", help="Read all of it, not only what changed")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything and undo it")] = False,
    allow_ending: Annotated[bool, typer.Option("--allow-ending", help="Let many things end at once")] = False,
    report: Annotated[Path | None, typer.Option(help="File for the full list of what did not fit")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Read a source once, now. Ends with 1 where a row was refused."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from django.conf import settings

    from testamur.exchange.connectors.rostering import syncing
    from testamur.exchange.connectors.tabular.report import Report
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    written = Report(report)
    done = syncing.sync(
        by=operator(), source=source, report=written, now=clock.now(), full=full, dry_run=dry_run,
        allow_ending=allow_ending, loopback=settings.MODE == "demo",
    )  # fmt: skip
    written.close()
    told: dict[str, Any] = {
        "full": done.full, "rows": done.rows, "going": done.going, "counts": done.outcome.counts,
        "refused": done.outcome.refused, "dry_run": dry_run,
    }  # fmt: skip
    if json:
        output.emit({**told, "first": [asdict(defect) for defect in written.first]})
    else:
        output.say(f"{'all' if done.full else 'what changed'}: {done.rows} rows{', undone again' if dry_run else ''}")
        for kind, one in done.outcome.counts.items():
            output.say(f"{kind:12} {', '.join(f'{n} {what}' for what, n in one.items())}")
        for defect in written.first:
            what = f"{defect.file} {defect.row} {defect.column}: {defect.done}"
            output.say(f"{defect.severity}: {output.plain(what)}")
    if done.outcome.refused:
        raise typer.Exit(1)


@app.command()
def end(source: Annotated[UUID, typer.Argument(help="Its id")]) -> None:
    """Read from it no more; what it told stays."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from django.conf import settings

    from testamur.exchange.connectors.rostering import listening, sources
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    listening.leave(source=source, now=clock.now(), loopback=settings.MODE == "demo")
    sources.end_source(by=operator(), source=source, now=clock.now())
