"""`testamur issue`: the main line for one school and term, with the simulated signer in demo mode."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from testamur.surfaces.cli import output


def issue(
    school: Annotated[str, typer.Option(help="Code of the school")],
    term: Annotated[str, typer.Option(help="School year and term: '2025/2026 VT'")],
    document: Annotated[list[str] | None, typer.Option(help="Document, e.g. terminsbetyg; default: all due")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for copies of the originals")] = None,
    issued_on: Annotated[str, typer.Option(help="Date on the documents (default: the last day of the term)")] = "",
    workers: Annotated[int, typer.Option(min=1, max=64)] = 1,
    json: Annotated[bool, typer.Option(help="Print one JSON object")] = False,
) -> None:
    """Make, sign, seal, log, archive and publish every document that is due at a school for a term.

    Works in demo mode (TESTAMUR_MODE=demo), where a simulated e-ID signs for principal and teachers. In production
    people sign in the web application.
    """
    from testamur.surfaces.cli import runtime

    runtime.start()
    from django.conf import settings

    from testamur.kernel.base.refused import Refused

    if settings.MODE != "demo":
        raise Refused("Outside demo mode people sign for themselves; this command signs with the simulated e-ID.")
    told = _issue(school, term, document or [], out, issued_on, workers, json)
    if json:
        output.emit(told)
        return
    output.say(f"[bold]{told['records']}[/] records issued at {told['school']} in {told['seconds']} s")
    for code, count in told["skipped"].items():
        output.say(f"  [dim]{count} documents left out: {code}[/]")
    if told["first"]:
        output.say(f"  first: {told['first']}   trust: {told['trust']}")


def _issue(
    school: str, term: str, documents: list[str], out: Path | None, issued_on: str, workers: int, quiet: bool
) -> dict[str, Any]:
    from django.conf import settings

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.kernel.base.refused import NotFound
    from testamur.kernel.journal import steps as journal
    from testamur.register.schools import queries as schools
    from testamur.surfaces.cli import issuing
    from testamur.surfaces.cli.trust import write_trust

    by, began = operator(), time.perf_counter()
    found = [u for units in schools.units_by_code(codes=[school]).values() for u in units if u.kind == "school"]
    if len(found) != 1:
        raise NotFound(f"{len(found)} schools have the code {school}.", field="school")
    year, _space, code = term.partition(" ")
    day = date.fromisoformat(issued_on) if issued_on else _last_day(found[0].path, year, code)
    plan = issuing.plan(by, found[0].id, year, code, documents, day)
    how = issuing.How(Path(settings.DATA), "demo", settings.PUBLIC_URL, workers)
    with output.progress(quiet) as start:
        outcome = issuing.run(by, plan.records, how, start)
    folder = out or Path(settings.DATA) / "records"
    files = issuing.write_copies(by, [new.record for new in plan.records], folder)
    trust = write_trust(folder / "trust.json")
    journal.ship_all(now=clock.now())
    return {
        "school": found[0].name,
        "records": outcome.published,
        "ceremonies": outcome.ceremonies,
        "skipped": dict(plan.why_skipped()),
        "folder": str(folder),
        "first": str(files[0]) if files else None,
        "trust": str(trust),
        "seconds": round(time.perf_counter() - began, 1),
        "stage_seconds": {k: round(v, 3) for k, v in sorted(outcome.seconds.items())},
    }


def _last_day(path: str, year: str, code: str) -> date:
    from testamur.kernel.base.refused import NotFound
    from testamur.register.schools import queries as schools

    for unit in schools.units_above(path):
        for known in schools.school_years(unit.id):
            for term in known.terms:
                if (known.code, term.code) == (year, code):
                    return term.ends
    raise NotFound(f"There is no term {year} {code}.", field="term")
