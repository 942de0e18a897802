"""`testamur clients`: programs that read through the API."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from testamur.surfaces.cli import output

app = typer.Typer(help="Programs that read through the API: add, list, end.", no_args_is_help=True)


@app.callback()
def clients() -> None:
    """Programs that read through the API."""


@app.command()
def add(
    unit: Annotated[str, typer.Option(help="Code of the unit that is read, with all below it")],
    name: Annotated[str, typer.Option(help="What the program is called, and who runs it")],
    scope: Annotated[list[str], typer.Option(help="grades, persons, groups, roster, … (docs/api.md); several times")],
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Let a program read. Its secret is printed once and kept nowhere."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.access.accounts import actions
    from testamur.access.accounts.rules.clients import SHORT
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.kernel.base.refused import NotFound
    from testamur.register.schools import queries as schools

    places = [place for found in schools.units_by_code(codes=[unit]).values() for place in found]
    if len(places) != 1:
        raise NotFound(f"{len(places) or 'No'} units have the code {unit}.", field="unit")
    made = actions.add_client(
        by=operator(), name=name, path=places[0].path, scopes=[SHORT.get(one, one) for one in scope], now=clock.now()
    )
    told = {"client_id": str(made.id), "client_secret": made.secret, "path": places[0].path}
    if json:
        output.emit(told)
        return
    for key, value in told.items():
        output.say(f"{key:14} {value}")


@app.command("list")
def list_() -> None:
    """All clients, ended ones too."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.access.accounts import queries
    from testamur.kernel.base.actor import operator

    for one in queries.clients(by=operator(), path="/"):
        state = f"ended {one.ended_at:%Y-%m-%d}" if one.ended_at else "open"
        used = f"used {one.used_at:%Y-%m-%d}" if one.used_at else "never used"
        output.say(f"{one.id}  {state:16} {used:16} {one.path}  {one.name}")


@app.command()
def end(client: Annotated[UUID, typer.Argument(help="Its client_id")]) -> None:
    """Let a program read no more, from this moment."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.access.accounts import actions
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    actions.end_client(by=operator(), client=client, now=clock.now())
