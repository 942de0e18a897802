"""`testamur deliver`: how the delivery to the ministry's store stands, a dry run, sending now, a simulated store."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from testamur.surfaces.cli import output

if TYPE_CHECKING:
    from testamur.register.schools.rules import UnitView

app = typer.Typer(help="Delivery of transcripts to the ministry's store.", no_args_is_help=False)


@app.callback(invoke_without_command=True)
def deliver(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write what would go, hold it against the schema, send nothing")
    ] = False,
    unit: Annotated[str, typer.Option(help="Code of a body or school; empty: everything")] = "",
    out: Annotated[Path | None, typer.Option(help="Folder for the XML of a dry run")] = None,
    json: Annotated[bool, typer.Option(help="Print one JSON object")] = False,
) -> None:
    """How it stands. With --dry-run: what would be sent; ends with 1 when some of it does not fit the form."""
    if context.invoked_subcommand is not None:
        return
    from testamur.surfaces.cli import runtime

    runtime.start()
    if dry_run:
        _dry_run(unit, out, json=json)
    else:
        _status(unit, json=json)


@app.command()
def send() -> None:
    """Take up what was published, send what is due, as the worker does."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.exchange.connectors.ministry import steps
    from testamur.exchange.connectors.ministry.settings import configured, writer
    from testamur.exchange.connectors.ministry.wire import Wire
    from testamur.kernel.base import clock

    form, store = writer(), configured()
    taken = steps.take_up(by=steps.STEP, document=form.form.document, now=clock.now())
    with Wire.of(store) as wire:
        done = steps.send_due(by=steps.STEP, wire=wire, store=store, writer=form, clock=clock.now, jitter=lambda: 0.5)
    output.say(
        f"{taken} records are new; {done.batches} batches have their receipt: {done.accepted} records accepted, "
        f"{done.rejected} rejected, {done.unfit} do not fit the form"
    )
    if done.trouble:
        output.say(f"kept by {done.trouble}")
        raise typer.Exit(1)


@app.command()
def recover(
    unit: Annotated[str, typer.Option(help="Code of a body; empty: every body")] = "",
    look_only: Annotated[
        bool, typer.Option("--look-only", help="Bring back what the store has, and send nothing")
    ] = False,
) -> None:
    """After a loss: ask the store what it has, bring that back, then send what is missing; never anything twice.

    Ends with 1 where a body could not be brought up to the store.
    """
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.exchange.connectors.ministry import recovering, steps
    from testamur.exchange.connectors.ministry.settings import configured, writer
    from testamur.exchange.connectors.ministry.wire import Wire
    from testamur.kernel.base import clock

    path, store = _path(unit), configured()
    with Wire.of(store) as wire:
        found = recovering.recover(by=steps.STEP, wire=wire, store=store, clock=clock.now, path=path)
        for one in found:
            output.say(
                f"{one.path}: {one.batches} batches came back: {one.accepted} records accepted, {one.rejected} "
                f"rejected, {one.strangers} not here; {one.put_back} wait again"
                + (f"; ended by {one.trouble}: {one.message}" if one.trouble else "")
            )
        trouble = any(one.trouble for one in found)
        if not look_only and not trouble:
            form = writer()
            steps.take_up(by=steps.STEP, document=form.form.document, now=clock.now())
            done = steps.send_due(
                by=steps.STEP, wire=wire, store=store, writer=form, clock=clock.now, jitter=lambda: 0.5
            )
            output.say(f"sent: {done.batches} batches, {done.accepted} records accepted, {done.rejected} rejected")
            trouble = bool(done.trouble)
            if trouble:
                output.say(f"kept by {done.trouble}")
    if trouble:
        raise typer.Exit(1)


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(help="Folder of a form; empty: the one in use")] = None,
) -> None:
    """Read a form and check it: every source exists, every code list covers, the sample passes the schema."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.exchange.connectors.ministry.mapping.checking import check as checked
    from testamur.exchange.connectors.ministry.mapping.reading import MappingInvalid, read
    from testamur.exchange.connectors.ministry.settings import form_folder

    try:
        form = checked(read(folder or form_folder())).form
    except MappingInvalid as no:
        for problem in no.found.get("problems", ()):  # type: ignore[attr-defined]  # a tuple of texts
            output.say(str(problem))
        raise typer.Exit(1) from no
    output.say(f"{form.name} for {form.document}: good{' (a TEST form)' if form.test else ''}, {form.fingerprint[:16]}")


@app.command()
def simulate(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0: a free one")] = 0,
) -> None:
    """Run a simulated store on this machine until Ctrl-C (not in production; TESTAMUR_MINISTRY_URL=simulated)."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.surfaces.cli.demo_ministry import serve

    running = serve(port=port)
    if running is None:
        raise typer.BadParameter("A simulated store belongs to a demonstration: TESTAMUR_MODE=demo.")
    output.say(f"{running.url}simulator/ (TEST)")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        running.stop()


def _status(unit: str, *, json: bool) -> None:
    from testamur.exchange.connectors.ministry import queries
    from testamur.exchange.connectors.ministry.mapping.reading import MappingInvalid
    from testamur.exchange.connectors.ministry.settings import form, is_set_up
    from testamur.kernel.base.actor import operator
    from testamur.schoolday.transcripts.queries import handover

    by, path = operator(), _path(unit)
    tally = handover.tally(by=by, path=path)
    try:
        name = form().name
    except MappingInvalid as no:
        name = str(no)
    told: dict[str, Any] = {
        "set_up": is_set_up(),
        "form": name,
        "records": {state.value: n for state, n in tally.states.items()},
        "rejected": dict(tally.reasons),
        "senders": [
            {
                "path": one.path,
                "next": one.next_number,
                "automatic": one.automatic,
                "paused": one.paused,
                "error": one.error,
                "message": one.message,
            }
            for one in queries.senders(by=by, path=path)
        ],
    }
    if json:
        output.emit(told)
        return
    for key, value in told.items():
        output.say(f"{key.replace('_', ' '):10} {value}")


def _dry_run(unit: str, out: Path | None, *, json: bool) -> None:
    from django.conf import settings

    from testamur.exchange.connectors.ministry.settings import writer
    from testamur.exchange.connectors.ministry.trying import dry_run
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    most = int(settings.MINISTRY["most"])
    done = dry_run(by=operator(), path=_path(unit), writer=writer(), most=most, now=clock.now())
    written = []
    for (code, number), data in done.documents.items():
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            place = out / f"{code}-{number:06d}.xml"
            place.touch(mode=0o600)  # it holds names and numbers: only the owner may read it
            place.write_bytes(data)
            written.append(str(place))
    if json:
        output.emit({
            "fitting": done.fitting, "batches": len(done.documents), "files": written,
            "faults": [{"target": to, "what": what, "records": n} for (to, what), n in done.faults.items()],
            "unfit": {str(record): what for record, what in done.unfit.items()},
            "schema": [f"{to}: {what}" for to, what in done.problems],
        })  # fmt: skip
    else:
        output.say(f"{done.fitting} records fit, in {len(done.documents)} batches; {len(done.unfit)} do not")
        for (to, what), n in sorted(done.faults.items(), key=lambda pair: -pair[1]):
            output.say(f"{n:6}  {to}: {what}")
        for record, what in done.unfit.items():
            output.say(f"  {record}  {what}")
        for to, what in done.problems:
            output.say(f"schema: {to}: {what}")
        for place_ in written:
            output.say(place_)
    if done.unfit or done.problems:
        raise typer.Exit(1)


def _path(code: str) -> str:
    return _unit(code).path if code else "/"


def _unit(code: str) -> UnitView:
    from testamur.register.schools import queries as schools

    found = [unit for some in schools.units_by_code(codes=[code]).values() for unit in some]
    if len(found) != 1:
        raise typer.BadParameter(f"{len(found)} units have the code {code}")
    return found[0]
