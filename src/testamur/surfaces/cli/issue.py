"""`testamur issue`: the main line for one school and term, with the simulated signer in demo mode."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from testamur.surfaces.cli import output

if TYPE_CHECKING:
    from testamur.kernel.base.actor import Actor
    from testamur.register.schools.rules import UnitView
    from testamur.schoolday.results.steps import Plan

NOT_DUE = (".not_now", ".not_year_end")
"""Ends of the codes with which a pack says that a document simply is not due."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line asks for."""

    school: str
    term: str
    documents: list[str]
    finished: bool
    out: Path | None
    issued_on: date | None
    authority: str
    workers: int
    quiet: bool
    verify: bool


def issue(
    school: Annotated[str, typer.Option(help="Official code of the school")],
    term: Annotated[
        str, typer.Option(help="School year and term: '2025/2026 VT'; the year alone for class registers")
    ] = "",
    document: Annotated[list[str] | None, typer.Option(help="Document, e.g. terminsbetyg; default: all due")] = None,
    finished: Annotated[
        bool, typer.Option("--finished", help="Issue the finished documents that were imported for this school instead")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder for copies of the originals")] = None,
    issued_on: Annotated[str, typer.Option(help="Date on the documents; default: the term's last day, or today")] = "",
    authority: Annotated[str, typer.Option(help="Code of the body responsible, when two schools share a code")] = "",
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that render and seal")] = 1,
    verify: Annotated[
        bool, typer.Option("--verify", help="Give your word first that the data of complete classes are exact")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Make, sign, seal, log, archive and publish every document that is due at a school for a term.

    Run again it goes on where it was interrupted, leaves alone what is issued and unchanged, and issues a new version,
    which names the former one, of what was corrected. Works in demo mode (TESTAMUR_MODE=demo), where a simulated e-ID
    signs for everybody and an authority without a seal gets a TEST seal; elsewhere people sign for themselves.
    Exit code 0: everything that is due is issued; 1: something is left out, and why.
    """
    if bool(term) == finished:
        raise typer.BadParameter("name a term ('2025/2026 VT') or --finished, one of the two", param_hint="--term")
    day = output.day(issued_on, "--issued-on")
    from testamur.surfaces.cli import runtime

    runtime.start()
    from django.conf import settings

    from testamur.kernel.base.refused import Refused

    if settings.MODE != "demo":
        raise Refused(
            "Outside demo mode people sign for themselves; this command signs with the simulated e-ID. "
            "Set TESTAMUR_MODE=demo to try it."
        )
    told = _issue(Asked(school, term, document or [], finished, out, day, authority, workers, json, verify))
    if json:
        output.emit(told)
    else:
        _tell(told)
    raise typer.Exit(told["exit"])


def _issue(asked: Asked) -> dict[str, Any]:
    from django.conf import settings

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.kernel.journal import steps as journal
    from testamur.schoolday.results.steps import ISSUED_ALREADY, authority_of
    from testamur.surfaces.cli import issuing, trial
    from testamur.surfaces.cli.trust import write_trust
    from testamur.trust.records import queries, steps
    from testamur.trust.records.rules import State

    by, began = operator(), time.perf_counter()
    unit = find_school(asked.school, asked.authority)
    data = Path(settings.DATA)
    folder = asked.out or data / "records"
    folder.mkdir(parents=True, exist_ok=True)  # a folder that cannot be written stops this before anything is signed
    plan = _finished(by, unit) if asked.finished else _planned(by, unit, asked)
    made: list[str] = []
    if plan.records or plan.unfinished:
        body = authority_of(unit)
        made = trial.equip(by, body, data=data, public_url=settings.PUBLIC_URL, now=clock.now())
    how = issuing.How(data, "demo", settings.PUBLIC_URL, asked.workers)
    with output.progress(asked.quiet) as start:
        outcome = issuing.run(
            by, plan.records, how, start, unfinished=plan.unfinished, outdated=plan.outdated, word=asked.verify
        )
    mine = [*plan.unfinished, *(new.record for new in plan.records)]
    views = queries.by_ids(by=by, records=mine)
    if outcome.published:  # so that the trust bundle beside the copies says of each whether it still holds
        steps.publish_all_status(by=by, clock=clock.now, cover=True)
    files = issuing.write_copies(by, mine, folder)
    trust = write_trust(folder / "trust.json")
    journal.ship_all(now=clock.now())
    waiting = Counter(v.state.value for v in views if v.state is not State.PUBLISHED)
    why = plan.why_skipped()
    not_due = sum(n for code, n in why.items() if code.endswith(NOT_DUE))
    left_out = _left_out(plan, ISSUED_ALREADY)
    return {
        "school": unit.name,
        "records": len(views) - sum(waiting.values()),
        "replaced": sum(v.replaces is not None and v.state is State.PUBLISHED for v in views),
        "ceremonies": outcome.ceremonies,
        "made": made,
        "issued_already": why.get(ISSUED_ALREADY, 0),
        "not_due": not_due,
        "skipped": dict(why),
        "left_out": left_out,
        "waiting": dict(waiting),
        "refused": dict(outcome.skipped),
        "folder": str(folder),
        "first": str(files[0]) if files else None,
        "trust": str(trust),
        "seconds": round(time.perf_counter() - began, 1),
        "stage_seconds": {k: round(v, 3) for k, v in sorted(outcome.seconds.items())},
        "exit": 1 if left_out or waiting else 0,
    }


def find_school(code: str, authority: str = "") -> UnitView:
    """The one school with that code. Raises NotFound, and says which there are when it is none or several."""
    from testamur.kernel.base.refused import NotFound
    from testamur.register.schools import queries as schools

    under = "/"
    if authority:
        body = schools.unit_by_code(code=authority)
        if body is None:
            raise NotFound(f"There is no authority with the code {authority}.", field="authority")
        under = body.path
    coded = schools.units_by_code(codes=[code], under=under).get(code, ())
    found = [u for u in coded if u.kind == "school"]
    if len(found) == 1:
        return found[0]
    if found:
        above = ", ".join(sorted({schools.units_above(u.path)[0].code for u in found}))
        raise NotFound(
            f"{len(found)} schools have the code {code}; say --authority with one of: {above}.", field="school"
        )
    known = [u for u in schools.units_under(under) if u.kind == "school"]
    some = ", ".join(f"{u.code} {u.name}" for u in known[:5]) + (" …" if len(known) > 5 else "")  # noqa: PLR2004 - a line
    raise NotFound(
        f"There is no school with the code {code}. "
        + (
            f"{len(known)} are known: {some}" if known else "None is known: import the schools first (testamur import)."
        ),
        field="school",
    )


def _planned(by: Actor, unit: UnitView, asked: Asked) -> Plan:
    from testamur.kernel.base import clock
    from testamur.schoolday.results.steps import last_day
    from testamur.surfaces.cli import issuing

    year, _space, code = asked.term.partition(" ")
    day = asked.issued_on or min(last_day(unit, year, code.strip()), clock.now().date())
    return issuing.plan(by, unit.id, year, code.strip(), asked.documents, day)


def _finished(by: Actor, unit: UnitView) -> Plan:
    """What was taken in finished for this school and is not issued yet."""
    from testamur.kernel.base.refused import NotFound
    from testamur.schoolday.results.steps import Plan
    from testamur.trust.records import queries
    from testamur.trust.records.rules import State

    under_way = {State.DRAFTED, State.READY, State.SIGNING, State.SIGNED, State.SEALED}
    mine: Sequence[UUID] = [
        view.id
        for view in queries.records(by=by, path=unit.path)
        if view.document_type.startswith("passed_through.") and view.state in under_way
    ]
    if not mine:
        raise NotFound(
            f"No finished document waits at {unit.name}. Import a folder of PDFs with a register.csv first.",
            field="finished",
        )
    return Plan(unfinished=list(mine))


def _left_out(plan: Plan, already: str) -> list[dict[str, Any]]:
    """Documents that should be there and are not, one line for each reason."""
    lines = Counter(
        (s.document, s.code, s.message) for s in plan.skipped if s.code != already and not s.code.endswith(NOT_DUE)
    )
    return [
        {"document": document, "code": code, "message": message, "count": count}
        for (document, code, message), count in lines.most_common()
    ]


def _tell(told: dict[str, Any]) -> None:
    say, plain = output.say, output.plain
    if told["made"]:
        say(f"For the body responsible, which had none, was made: a TEST {' and a '.join(told['made'])}")
    say(f"[bold]{told['records']}[/] records issued at {plain(told['school'])} in {told['seconds']} s")
    if told["replaced"]:
        say(f"  {told['replaced']} of them replace an earlier one, which they name")
    if told["issued_already"]:
        say(f"  [dim]{told['issued_already']} documents were issued before and have not changed[/]")
    if told["not_due"]:
        say(f"  [dim]{told['not_due']} documents are not due for this year and term[/]")
    _tell_what_is_left(told)
    if told["first"]:
        say(f"  originals  {plain(told['folder'])}")
        say(f"  trust      {plain(told['trust'])}")
        say("Verify one, offline:")
        print(f'testamur verify "{told["first"]}" --trust "{told["trust"]}"')
    elif not told["left_out"]:
        say("  nothing new to issue")


def _tell_what_is_left(told: dict[str, Any]) -> None:
    say, plain = output.say, output.plain
    for line in told["left_out"][:20]:
        kind = line["document"].rpartition(".")[2]
        say(f"[bold red]left out[/] {line['count']} {plain(kind)}: {plain(line['message'])}  [dim]{line['code']}[/]")
    if len(told["left_out"]) > 20:  # noqa: PLR2004 - a screen
        say(f"  … and {len(told['left_out']) - 20} more reasons: --json shows all")
    for state, count in told["waiting"].items():
        say(f"[bold red]waiting[/] {count} documents are {state} and not published yet. Run the same command again.")
    for code, count in told["refused"].items():
        say(
            f"[bold red]not verified[/] {count} documents rest on classes that nobody has verified: verify them in the "
            f"web, or give your word with --verify  [dim]{code}[/]"
        )
