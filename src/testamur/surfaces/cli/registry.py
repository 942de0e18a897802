"""`testamur registry`: how the student registry stands, what comes from it, files for one without an API."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from testamur.surfaces.cli import output

if TYPE_CHECKING:
    from testamur.register.schools.rules import UnitView

app = typer.Typer(help="The student registry: status, import, files, and a simulated one.", no_args_is_help=True)


@app.callback()
def registry() -> None:
    """The student registry of a university."""


@app.command()
def status(json: Annotated[bool, typer.Option(help="Print one JSON object")] = False) -> None:
    """Transfers by state, how far the feed was read, whether the registry answers. Ends with 1 when it does not."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.exchange.connectors.ladok import queries
    from testamur.kernel.base.actor import operator

    standing = queries.standing(by=operator())
    answers, why = _answers() if standing.set_up else (None, "")
    told: dict[str, Any] = {
        "set_up": standing.set_up,
        "answers": answers,
        "why": why,
        "transfers": dict(standing.transfers),
        "feed_read": standing.feed_at.isoformat() if standing.feed_at else None,
        "oldest_waiting": standing.oldest_waiting.isoformat() if standing.oldest_waiting else None,
    }
    if json:
        output.emit(told)
    else:
        for name, value in told.items():
            output.say(f"{name.replace('_', ' '):15} {value}")
    if answers is False:
        raise typer.Exit(1)


@app.command()
def sync(
    unit: Annotated[str, typer.Option(help="Code of the department that gives the courses")],
    course: Annotated[list[str] | None, typer.Option(help="Code of a course; may stand several times")] = None,
    students: Annotated[bool, typer.Option(help="Registrations of the courses' occasions as well")] = False,
    add_missing: Annotated[bool, typer.Option(help="Register students whom nobody knows here")] = False,
) -> None:
    """Fetch courses, modules and occasions (and who is registered) from the registry. Nothing here is changed."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.exchange.connectors.ladok import steps
    from testamur.exchange.connectors.ladok.client import LadokClient
    from testamur.exchange.connectors.ladok.settings import configured
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.register.curriculum import queries as curriculum
    from testamur.register.studies import queries as studies

    home, codes = _unit(unit), course or []
    with LadokClient.of(configured()) as client:
        done = steps.sync_courses(by=operator(), client=client, unit=home.id, codes=codes, now=clock.now())
        output.say(f"{done.courses} courses and {done.occasions} occasions are new")
        for code in done.unknown:
            output.say(f"the registry has no course {code}")
        for note in done.notes:
            output.say(note)
        if not students:
            return
        for code in codes:
            found = curriculum.course(code=code, path="/" + home.path.split("/")[1] + "/")
            for occasion in studies.occasions_of(course=found.id) if found is not None else ():
                told = steps.sync_students(
                    by=operator(), client=client, occasion=occasion.id, now=clock.now(), add_missing=add_missing
                )
                output.say(
                    f"{code} {occasion.code} {occasion.term}: {told.registrations} registrations and "
                    f"{told.persons} persons are new, {told.ended} ended, {len(told.unknown)} unknown here"
                )


@app.command()
def export(
    unit: Annotated[str, typer.Option(help="Code of the university or department")],
    form: Annotated[str, typer.Option(help="csv or xml")] = "csv",
    out: Annotated[Path, typer.Option(help="Folder to write to")] = Path(),
    again: Annotated[int, typer.Option(help="Number of an earlier file, to be written once more")] = 0,
) -> None:
    """Write signed lists that are not entered into a file for a registry without an API."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.exchange.connectors.ladok import files
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    if form not in {"csv", "xml"}:
        raise typer.BadParameter("csv or xml")
    if again:
        place = out / f"results-{again:06d}.{form}"
        _write(place, files.again(by=operator(), number=again))
        output.say(str(place))
        return
    home = _unit(unit)
    kind: files.Format = "xml" if form == "xml" else "csv"
    made = files.export(by=operator(), path=home.path, now=clock.now(), form=kind)
    if not made.lists:
        output.say("nothing is waiting")
        return
    _write(out / made.name, made.data)
    output.say(f"{out / made.name}: file {made.number}, {made.lists} lists, {made.rows} rows, sha256 {made.sha256}")


@app.command()
def receipt(file: Annotated[Path, typer.Argument(help="CSV with the columns file;sha256;row;status;message")]) -> None:
    """Read a receipt back: what was taken is entered, what was refused waits for the office."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from testamur.exchange.connectors.ladok import files
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    done = files.receive(by=operator(), data=file.read_bytes(), now=clock.now())
    output.say(", ".join(f"{value} {name}" for name, value in asdict(done).items()))


@app.command()
def simulate(
    unit: Annotated[str, typer.Option(help="Code of the university to fill it from; empty: leave it as it is")] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; 0: a free one")] = 0,
) -> None:
    """Run a simulated registry on this machine until Ctrl-C (demonstrations only; TESTAMUR_LADOK_URL=simulated)."""
    from testamur.surfaces.cli import runtime

    runtime.start()
    from django.conf import settings

    from testamur.exchange.connectors.ladok.settings import simulator_folder
    from testamur.exchange.connectors.ladok.simulator import serving
    from testamur.exchange.connectors.ladok.simulator.demo import seed_university
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    if settings.MODE != "demo":
        raise typer.BadParameter("A simulated registry belongs to a demonstration: TESTAMUR_MODE=demo.")
    running = serving.serve(simulator_folder(), port=port)
    if unit:
        count = seed_university(by=operator(), state=running.state, path=_unit(unit).path, on=clock.now().date())
        output.say(f"{count} students")
    output.say(f"{running.url}simulator/ (TEST)")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        running.stop()


def _unit(code: str) -> UnitView:
    from testamur.register.schools import queries as schools

    found = [unit for some in schools.units_by_code(codes=[code]).values() for unit in some]
    if len(found) != 1:
        raise typer.BadParameter(f"{len(found)} units have the code {code}")
    return found[0]


def _answers() -> tuple[bool, str]:
    """Whether the registry answers, and what it says when it does not."""
    from testamur.exchange.connectors.ladok.client import LadokClient
    from testamur.exchange.connectors.ladok.settings import configured
    from testamur.kernel.base.refused import Refused

    try:
        with LadokClient.of(configured()) as client:
            client.me()
    except Refused as no:
        return False, str(no)
    return True, ""


def _write(place: Path, data: bytes) -> None:
    """Only the owner may read it: it holds personal numbers."""
    place.touch(mode=0o600)
    place.write_bytes(data)
