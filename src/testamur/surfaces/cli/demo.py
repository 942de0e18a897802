"""`testamur demo`: invented schools and a university, last term's records, one of them verified; then the web."""

from __future__ import annotations

import os
import shutil
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from testamur.surfaces.cli import output

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from testamur.kernel.base.actor import Actor
    from testamur.surfaces.cli.demo_build import Built
    from testamur.surfaces.cli.issuing import How, Outcome, Start


def demo(
    dir: Annotated[Path, typer.Option(help="Folder to build in")] = Path("demo"),  # noqa: A002 - the option's name
    size: Annotated[str, typer.Option(help="school, municipality or province")] = "school",
    serve: Annotated[bool, typer.Option(help="Start the web server afterwards")] = True,
    port: Annotated[int, typer.Option(help="Port of the web server; the next free one when it is taken")] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that render and seal")] = 2,
    rsa: Annotated[bool, typer.Option(help="Seal with RSA-3072 instead of P-256")] = False,
    json: Annotated[bool, typer.Option(help="Print one JSON object, and do not serve")] = False,
) -> None:
    """Build invented schools and a university, issue records and verify them, then serve the web. TEST in all names."""
    from testamur.surfaces.cli.demo_data import SIZES

    if size not in {*SIZES, "province"}:
        output.say(f"[bold red]refused[/] size is one of {', '.join(SIZES)} and province, not {size}")
        raise typer.Exit(2)
    port = _free_port(port) if serve and not json else port
    told = build_and_issue(dir.resolve(), size, workers=workers, rsa=rsa, quiet=json, port=port)
    if json:
        output.emit(told)
        return
    _tell(told)
    if serve:
        from testamur.surfaces.cli import serve as web

        web.run(host="127.0.0.1", port=port, workers=max(1, (os.cpu_count() or 2) - 1))


def _free_port(first: int) -> int:
    """`first`, or the next port on which nobody listens."""
    for port in range(first, first + 50):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)):
                return port
    return first


def build_and_issue(
    folder: Path, size: str, *, workers: int, rsa: bool, quiet: bool, port: int = 8000
) -> dict[str, Any]:
    """Start afresh in `folder`; what is there from an earlier demo is removed, anything else refuses."""
    _clear(folder)
    os.environ["TESTAMUR_PUBLIC_URL"] = f"http://localhost:{port}"
    from testamur.surfaces.cli import runtime

    runtime.start(data=folder / "data", mode="demo")
    return _a_province(folder, workers, quiet) if size == "province" else _schools(folder, size, workers, rsa, quiet)


def _schools(folder: Path, size: str, workers: int, rsa: bool, quiet: bool) -> dict[str, Any]:
    """Schools of three countries and a university."""
    from django.conf import settings

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.kernel.journal import steps as journal
    from testamur.schoolday.reporting import steps as reporting
    from testamur.schoolday.reporting.tasks import SETTLE_STEP
    from testamur.surfaces.cli import demo_build, demo_care, demo_certificates, demo_diary, demo_portal, issuing
    from testamur.surfaces.cli import demo_university_lists as university
    from testamur.surfaces.cli.demo_data import SIZES
    from testamur.surfaces.cli.trust import write_trust
    from testamur.trust.records import steps
    from testamur.trust.records.render import Renderer
    from testamur.trust.sealing.rules import Algorithm

    by, began, costs = operator(), time.perf_counter(), {}
    with output.progress(quiet) as start:
        chosen = SIZES[size]
        people = (
            chosen.swedish_schools * 4 * chosen.classes_per_level * chosen.class_size
            + chosen.vietnamese_schools * chosen.vietnamese_classes * chosen.vietnamese_size
        )
        advance = start("people, decisions, diaries", people + demo_diary.count() + chosen.students)
        built = demo_build.build(
            by,
            chosen,
            data=folder / "data",
            public_url=settings.PUBLIC_URL,
            now=clock.now(),
            algorithm=Algorithm.RSA_3072 if rsa else Algorithm.P256,
            told=lambda _what, count: advance(count),
        )
        family = demo_diary.a_family(by, built[0].school, clock.now())
        kept = demo_diary.build(
            by,
            data=folder / "data",
            public_url=settings.PUBLIC_URL,
            family=family,
            now=clock.now(),
            told=lambda _what, count: advance(count),
        )
        demo_portal.build(by, kept, family, clock.now())
        term = university.build(
            by,
            count=chosen.students,
            data=folder / "data",
            public_url=settings.PUBLIC_URL,
            now=clock.now(),
            told=lambda _what, count: advance(count),
        )
        term = university.report(by, term, renderer=Renderer, public_url=settings.PUBLIC_URL, now=clock.now())
        costs["build"] = time.perf_counter() - began
        how = issuing.How(folder / "data", "demo", settings.PUBLIC_URL, workers)
        outcome, made, waiting, skipped = _issue(by, built, how, start, term.records)
        reporting.settle(by=SETTLE_STEP, now=clock.now())
        costs["issue"] = time.perf_counter() - began - sum(costs.values())
        steps.publish_all_status(by=by, clock=clock.now)
        write_trust(folder / "trust.json")
        own = demo_certificates.write(by, [b.school for b in built], folder / "certificates", clock.now())
        files = issuing.write_copies(by, made, folder / "records")
        journal.ship_all(now=clock.now())
        costs["copies"] = time.perf_counter() - began - sum(costs.values())
    return {
        "dir": str(folder),
        "schools": [
            {"code": b.code, "name": b.name, "school_year": b.school_year, "term": b.term, "stage": b.stage}
            for b in built
        ],
        "address": settings.PUBLIC_URL,
        "people": _who(
            by, built, [*demo_diary.who(kept), *demo_care.who(kept, clock.now().date()), *university.who(term)]
        ),
        "pupils": people + demo_diary.count(),
        "students": chosen.students,
        "records": outcome.published,
        "waiting": waiting,
        "ceremonies": outcome.ceremonies,
        "skipped": skipped,
        "trust": str(folder / "trust.json"),
        "first": str(files[0]) if files else None,
        "certificates": len(own),
        "seconds": {k: round(v, 3) for k, v in costs.items()},
        "stage_seconds": {k: round(v, 3) for k, v in sorted(outcome.seconds.items())},
        "verified": _verify(files, folder / "trust.json"),
    }


def _a_province(folder: Path, workers: int, quiet: bool) -> dict[str, Any]:
    """A province of primary schools in the middle of the year's transcripts."""
    from django.conf import settings

    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.kernel.journal import steps as journal
    from testamur.surfaces.cli import demo_certificates, issuing
    from testamur.surfaces.cli import demo_province as province
    from testamur.surfaces.cli import demo_province_plan as planned
    from testamur.surfaces.cli.demo_build import Built
    from testamur.surfaces.cli.trust import write_trust
    from testamur.trust.records import steps

    by, began, costs, extent = operator(), time.perf_counter(), {}, province.Extent()
    data, address = folder / "data", settings.PUBLIC_URL
    with output.progress(quiet) as start:
        advance = start("schools, people, decisions", province.count(extent))
        body, schools = province.build(by, extent, data=data, public_url=address, now=clock.now(), told=advance)
        planned.verify(by, schools, clock.now())
        built = [
            Built(one.unit, one.code, one.name, province.YEAR, province.PERIOD.term, province.ISSUED_ON, one.stage)
            for one in schools
        ]
        costs["build"] = time.perf_counter() - began
        how = issuing.How(data, "demo", address, workers)
        outcome, made, waiting, skipped = _issue(by, built, how, start, ())
        costs["issue"] = time.perf_counter() - began - sum(costs.values())
        steps.publish_all_status(by=by, clock=clock.now)
        write_trust(folder / "trust.json")
        files = issuing.write_copies(by, made[:100], folder / "records")
        waits = [one.school for one in built if one.stage == "ready"]
        own = demo_certificates.write(by, waits, folder / "certificates", clock.now())
        start("classes counted", 1)(1)
        planned.finish(by, body, schools, clock.now())
        journal.ship_all(now=clock.now())
        costs["copies"] = time.perf_counter() - began - sum(costs.values())
    return {
        "dir": str(folder),
        "schools": [{"code": one.code, "name": one.name, "stage": one.stage} for one in schools],
        "address": address,
        "people": _who(by, built[:3], []),
        "pupils": sum(one.pupils for one in schools),
        "students": 0,
        "records": outcome.published,
        "certificates": len(own),
        "waiting": waiting,
        "ceremonies": outcome.ceremonies,
        "skipped": skipped,
        "trust": str(folder / "trust.json"),
        "first": str(files[0]) if files else None,
        "seconds": {k: round(v, 3) for k, v in costs.items()},
        "stage_seconds": {k: round(v, 3) for k, v in sorted(outcome.seconds.items())},
        "verified": _verify(files, folder / "trust.json"),
    }


def _issue(
    by: Actor, built: list[Built], how: How, start: Start, drafts: Sequence[UUID]
) -> tuple[Outcome, list[Any], int, dict[str, int]]:
    """Issue, or bring to the signers, or leave, as each school's stage says; also what was made and what is not due.

    `drafts` wait for their signers and are issued too.
    """
    from testamur.surfaces.cli import issuing

    planned: dict[str, list[Any]] = {"issued": [], "ready": []}
    skipped: dict[str, int] = {}
    for school in built:
        if school.stage not in planned:
            continue
        plan = issuing.plan(by, school.school, school.school_year, school.term, (), school.issued_on)
        planned[school.stage].extend(plan.records)
        for code, count in plan.why_skipped().items():
            skipped[code] = skipped.get(code, 0) + count
    outcome = issuing.run(by, planned["issued"], how, start, unfinished=drafts, word=True)
    waiting = issuing.draft(by, planned["ready"], how, start, word=True) if planned["ready"] else []
    return outcome, [*(new.record for new in planned["issued"]), *drafts], len(waiting), skipped


def _who(by: Actor, built: list[Built], more: list[tuple[str, UUID, str]]) -> list[dict[str, str]]:
    """Whom to log in as: one of each kind, with the school where there is something to do for them."""
    from testamur.kernel.base import clock
    from testamur.register.people import queries as people
    from testamur.register.schools import queries as schools
    from testamur.register.schools.rules import Role

    today, found = clock.now().date(), []
    for place in built:
        units = [place.school]
        if place is built[0]:
            units += [unit.id for unit in schools.units_above(schools.units([place.school])[place.school].path)[:1]]
        for unit in units:
            name = schools.units([unit])[unit].name
            found += [
                (role.value.replace("_", " "), post.person, name)
                for role in (Role.ADMINISTRATOR, Role.PRINCIPAL, Role.CLASS_TEACHER)
                for post in schools.holders(role=role, unit=unit, on=today)[:1]
            ]
    classes = schools.groups(school=built[0].school)
    pupils = [e.person for group in classes for e in schools.members(group=group.id, on=today)]
    for child, views in people.guardians(by=by, children=pupils, on=today).items():
        if views and len(people.wards(guardian=views[0].guardian.id, on=today)) > 1:
            found += [("guardian", views[0].guardian.id, built[0].name), ("pupil", child, built[0].name)]
            break
    found += more
    names = people.people(by=by, ids=[person for _role, person, _place in found])
    return [
        {"role": role, "name": names[person].name, "number": number.value if number else "", "place": place}
        for role, person, place in found
        for number in (names[person].identifier,)
    ]


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
    known = {"data", "records", "trust.json", "certificates"}
    strange = [p.name for p in folder.iterdir() if p.name not in known]
    if strange:
        output.say(f"[bold red]refused[/] {folder} holds other things ({strange[0]}); name an empty folder with --dir")
        raise typer.Exit(2)
    for path in folder.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _tell(told: dict[str, Any]) -> None:
    say, plain = output.say, output.plain
    say("")
    say("[bold]A TEST municipality stands.[/] Nobody in it exists; what it signs holds nowhere but here.")
    pace = told["records"] / max(told["seconds"]["issue"], 0.001)
    say(
        f"  {told['pupils']} pupils, {told['students']} students, {told['records']} records issued in "
        f"{told['seconds']['issue']:.1f} s ({pace:.0f} a second), {told['ceremonies']} signing ceremonies; "
        f"{told['waiting']} wait for their signers"
    )
    for name, spent in (("cost", told["seconds"]), ("of issuing", told["stage_seconds"])):
        say(f"  {name:<11} " + ", ".join(f"{step} {seconds:.1f} s" for step, seconds in spent.items()))
    for code, count in told["skipped"].items():
        say(f"  [dim]{count} documents not due: {code}[/]")
    say(f"  originals   {told['dir']}/records/…/*.pdf, each with its .tlog-proof")
    say(f"  trust       {told['trust']}")
    if told.get("certificates"):
        say(f"  signers     {told['certificates']} TEST certificates in certificates/*.p12, password 1234")
    say(f"  verified    {told['verified']['valid']} of {told['verified']['checked']} looked at")
    say("")
    say("Verify one yourself, offline:")
    print(f'.venv/bin/testamur verify "{told["first"]}" --trust "{told["trust"]}"')
    say("")
    say(f"[bold]Open {told['address']}/[/] and log in with the simulated e-ID as one of these, or anybody else in it:")
    for one in told["people"]:
        say(f"  {plain(one['role']):<16} {plain(one['name']):<28} {one['number']}  [dim]{plain(one['place'])}[/]")
