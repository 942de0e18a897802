"""`testamur demo`: an invented municipality, last term's records issued, one of them verified."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from testamur.surfaces.cli import output

PUBLIC_URL = "https://demo.testamur.example"


def demo(
    dir: Annotated[Path, typer.Option(help="Folder to build in")] = Path("demo"),  # noqa: A002 - the option's name
    size: Annotated[str, typer.Option(help="school or municipality")] = "school",
    serve: Annotated[bool, typer.Option(help="Start the web server afterwards")] = True,  # noqa: ARG001 - comes with the web
    workers: Annotated[int, typer.Option(help="Processes that render and seal")] = 2,
    rsa: Annotated[bool, typer.Option(help="Seal with RSA-3072 instead of P-256")] = False,
    json: Annotated[bool, typer.Option(help="Print one JSON object")] = False,
) -> None:
    """Build an invented municipality, issue last term's records and verify them. TEST in every name."""
    from testamur.surfaces.cli.demo_data import SIZES

    if size not in SIZES:
        output.say(f"[bold red]refused[/] size is one of {', '.join(SIZES)}, not {size}")
        raise typer.Exit(2)
    told = build_and_issue(dir.resolve(), size, workers=workers, rsa=rsa, quiet=json)
    if json:
        output.emit(told)
    else:
        _tell(told)


def build_and_issue(folder: Path, size: str, *, workers: int, rsa: bool, quiet: bool) -> dict[str, Any]:
    """Start afresh in `folder`; what is there from an earlier demo is removed, anything else refuses."""
    _clear(folder)
    from testamur.surfaces.cli import runtime

    runtime.start(data=folder / "data", mode="demo")
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.kernel.journal import steps as journal
    from testamur.surfaces.cli import demo_build, issuing
    from testamur.surfaces.cli.demo_data import SIZES
    from testamur.surfaces.cli.trust import write_trust
    from testamur.trust.records import steps
    from testamur.trust.records.rules import NewRecord
    from testamur.trust.sealing.rules import Algorithm

    by, began, costs = operator(), time.perf_counter(), {}
    with output.progress(quiet) as start:
        chosen = SIZES[size]
        people = (
            chosen.swedish_schools * 4 * chosen.classes_per_level * chosen.class_size
            + chosen.vietnamese_schools * chosen.vietnamese_classes * chosen.vietnamese_size
        )
        advance = start("people and decisions", people)
        built = demo_build.build(
            by,
            chosen,
            data=folder / "data",
            public_url=PUBLIC_URL,
            now=clock.now(),
            algorithm=Algorithm.RSA_3072 if rsa else Algorithm.P256,
            told=lambda _what, count: advance(count),
        )
        costs["build"] = time.perf_counter() - began
        planned: list[NewRecord] = []
        skipped: dict[str, int] = {}
        for school in built:
            plan = issuing.plan(by, school.school, school.school_year, school.term, (), school.issued_on)
            planned.extend(plan.records)
            for code, count in plan.why_skipped().items():
                skipped[code] = skipped.get(code, 0) + count
        costs["plan"] = time.perf_counter() - began - sum(costs.values())
        how = issuing.How(folder / "data", "demo", PUBLIC_URL, workers)
        outcome = issuing.run(by, planned, how, start)
        costs["issue"] = time.perf_counter() - began - sum(costs.values())
        steps.publish_all_status(by=by, clock=clock.now)
        write_trust(folder / "trust.json")
        files = issuing.write_copies(by, [new.record for new in planned], folder / "records")
        journal.ship_all(now=clock.now())
        costs["copies"] = time.perf_counter() - began - sum(costs.values())
    return {
        "dir": str(folder),
        "schools": [{"code": b.code, "name": b.name, "school_year": b.school_year, "term": b.term} for b in built],
        "pupils": people,
        "records": outcome.published,
        "ceremonies": outcome.ceremonies,
        "skipped": skipped,
        "trust": str(folder / "trust.json"),
        "first": str(files[0]) if files else None,
        "seconds": {k: round(v, 3) for k, v in costs.items()},
        "stage_seconds": {k: round(v, 3) for k, v in sorted(outcome.seconds.items())},
        "verified": _verify(files, folder / "trust.json"),
    }


def _verify(files: list[Path], trust: Path) -> dict[str, Any]:
    from testamur.kernel.proofs.trust import parse_trust
    from testamur.kernel.proofs.verify import verify_file

    known = parse_trust(trust.read_bytes())
    sample = files[:: max(1, len(files) // 20)][:20]
    verdicts = [verify_file(path.read_bytes(), known, path.name).word for path in sample]
    return {"checked": len(sample), "valid": sum(word == "valid" for word in verdicts)}


def _clear(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True)
        return
    known = {"data", "records", "trust.json"}
    strange = [p.name for p in folder.iterdir() if p.name not in known]
    if strange:
        output.say(f"[bold red]refused[/] {folder} holds other things ({strange[0]}); name an empty folder with --dir")
        raise typer.Exit(2)
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _tell(told: dict[str, Any]) -> None:
    say = output.say
    say("")
    say("[bold]A TEST municipality stands.[/] Nobody in it exists; what it signs holds nowhere but here.")
    pace = told["records"] / max(told["seconds"]["issue"], 0.001)
    say(
        f"  {told['pupils']} pupils, {told['records']} records issued in {told['seconds']['issue']:.1f} s "
        f"({pace:.0f} a second), {told['ceremonies']} signing ceremonies"
    )
    for name, spent in (("cost", told["seconds"]), ("of issuing", told["stage_seconds"])):
        say(f"  {name:<11} " + ", ".join(f"{step} {seconds:.1f} s" for step, seconds in spent.items()))
    for code, count in told["skipped"].items():
        say(f"  [dim]{count} documents not due: {code}[/]")
    say(f"  originals   {told['dir']}/records/…/*.pdf, each with its .tlog-proof")
    say(f"  trust       {told['trust']}")
    say(f"  verified    {told['verified']['valid']} of {told['verified']['checked']} looked at")
    say("")
    say("Verify one yourself, offline:")
    print(f'.venv/bin/testamur verify "{told["first"]}" --trust "{told["trust"]}"')
