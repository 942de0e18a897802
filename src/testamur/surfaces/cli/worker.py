"""`testamur worker`: background work in processes of its own."""

from __future__ import annotations

import os
import signal
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from testamur.surfaces.cli import output

MOST = 64


def worker(
    once: Annotated[bool, typer.Option("--once", help="Run at most one task in each process, then end")] = False,
    drain: Annotated[bool, typer.Option("--drain", help="Run what is due now, then end")] = False,
    celery: Annotated[bool, typer.Option("--celery", help="Take tasks from the broker; a relay sends them")] = False,
    broker: Annotated[bool, typer.Option("--broker", help="As --celery, and relay too: all on one machine")] = False,
    concurrency: Annotated[
        int, typer.Option(min=0, max=MOST, help="Processes; 0: one for each core, at least two")
    ] = 0,
    data: Annotated[Path | None, typer.Option(help="Data folder; otherwise TESTAMUR_DATA")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a finished try, and a summary")] = False,
) -> None:
    """Run background work: sealing and publishing, shipping the journal, sweeps and audits.

    Stops after the tasks under way on SIGTERM or Ctrl-C, at once on the second. Exit code 0; 1 when a task failed
    (with --once or --drain) or the processes cannot be kept alive. With a broker (TESTAMUR_BROKER_URL) several
    machines share the work: `testamur relay` on one or two, `testamur worker --celery` on all that work.
    """
    if (celery or broker) and (once or drain):
        raise typer.BadParameter("--once and --drain are for workers without a broker.")
    way = Way.BOTH if broker else Way.CELERY if celery else Way.DATABASE
    raise SystemExit(main(once=once, drain=drain, concurrency=concurrency, data=data, as_json=json, way=way))


def relay(
    data: Annotated[Path | None, typer.Option(help="Data folder; otherwise TESTAMUR_DATA")] = None,
    json: Annotated[bool, typer.Option("--json", help="A summary as one JSON object")] = False,
) -> None:
    """Send a message to the broker for every task that is due, and keep the schedule; until Ctrl-C.

    Two may run, on two machines: one keeps the schedule, and the other takes over within half a minute.
    """
    raise SystemExit(main(once=False, drain=False, concurrency=0, data=data, as_json=json, way=Way.RELAY))


class Way(StrEnum):
    """Where workers get their tasks, and whether they relay."""

    DATABASE = "from the database"
    CELERY = "from the broker"
    BOTH = "from the broker, with a relay"
    RELAY = "none, a relay alone"


def main(
    *,
    once: bool,
    drain: bool,
    concurrency: int,
    data: Path | None = None,
    as_json: bool = False,
    way: Way = Way.DATABASE,
) -> int:
    """Work until stopped (or drained, or once); returns the exit code. Raises NoBroker where one is needed."""
    from testamur.surfaces.cli.runtime import PATIENCE, start

    start(data=data, patience=PATIENCE)
    from testamur.kernel.base import clock
    from testamur.kernel.jobs import broker
    from testamur.kernel.jobs.relay import work as relaying
    from testamur.kernel.jobs.supervisor import Supervisor, Until, die_with

    if parent := os.environ.get("TESTAMUR_PARENT"):  # set by `testamur serve`, which does not outlive its server
        die_with(int(parent), by=signal.SIGTERM)

    until = Until.ONE if once else Until.DRAINED if drain else Until.STOPPED
    wanted = 0 if way is Way.RELAY else concurrency or max(2, os.cpu_count() or 1)
    if way is not Way.DATABASE:
        broker.app()
    if not as_json:
        output.say(
            f"[bold]worker[/] {wanted} processes, tasks {way.value}, until {until.value}; "
            "Ctrl-C stops after the tasks under way"
        )
    life = broker.work if way in {Way.CELERY, Way.BOTH} else None
    relays = (relaying,) if way in {Way.BOTH, Way.RELAY} else ()
    summary = Supervisor(wanted, clock.now, until, _emit if as_json else _say, life, relays).run()
    told = {"done": summary.done, "failed": summary.failed, "died": summary.died, "gave_up": summary.gave_up}
    if as_json:
        output.emit(told)
    else:
        output.say(f"{summary.done} done, {summary.failed} failed, {summary.died} processes died")
    return int(summary.gave_up or (until is not Until.STOPPED and summary.failed > 0))


def jobs(
    data: Annotated[Path | None, typer.Option(help="Data folder; otherwise TESTAMUR_DATA")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
    metrics: Annotated[
        bool, typer.Option("--metrics", help="Figures for a watching machine (Prometheus text)")
    ] = False,
) -> None:
    """Show background work: what waits, when each periodic step ran last, what failed and why; how the broker is.

    Exit code 1 when something has failed for good, or the broker that is named does not answer.
    """
    from testamur.surfaces.cli.runtime import PATIENCE, start

    start(data=data, patience=PATIENCE)
    raise SystemExit(show_metrics() if metrics else show_jobs(as_json=json))


def show_jobs(*, as_json: bool) -> int:
    """Print the state of background work; returns the exit code."""
    from dataclasses import asdict

    from testamur.kernel.base import clock
    from testamur.kernel.jobs import queries

    counts, periodic, troubled = queries.counts(), queries.periodic(), queries.troubled()
    flow, broker = queries.flow(now=clock.now()), _broker()
    if as_json:
        output.emit(
            {
                "counts": counts,
                "flow": asdict(flow),
                "broker": broker,
                "periodic": list(map(asdict, periodic)),
                "troubled": list(map(asdict, troubled)),
            }
        )
    else:
        output.say("  ".join(f"{name.lower()} [bold]{count}[/]" for name, count in sorted(counts.items())) or "nothing")
        if broker is not None:
            told = (
                f"{broker['messages']} messages, {broker['workers']} workers listen"
                if broker["answers"]
                else "[red]does not answer[/]"
            )
            output.say(
                f"  {broker['address']}: {told}; relay {flow.relay or '[red]none[/]'}, with it {flow.with_broker}"
            )
        for job in periodic:
            ran = f"{job.done_at:%Y-%m-%d %H:%M:%S}" if job.done_at else "never"
            output.say(f"  {job.periodic:<20} ran well {ran}  [red]{job.reason}[/]")
        for job in troubled:
            if not job.periodic:
                output.say(
                    f"  [red]{job.status}[/] {job.task} after {job.attempts} tries: {job.reason}  [dim]{job.id}[/]"
                )
    return int(counts.get("FAILED", 0) > 0 or (broker is not None and not broker["answers"]))


def show_metrics() -> int:
    """Print the figures of background work as Prometheus reads them; returns the exit code."""
    from testamur.kernel.base import clock
    from testamur.kernel.jobs import queries

    now = clock.now()
    flow, broker = queries.flow(now=now), _broker()
    figures: dict[str, float] = {
        "waiting": flow.waiting,
        "late_seconds": flow.late_seconds,
        "with_broker": flow.with_broker,
        "running": flow.running,
        "failed": flow.failed,
        "relay_up": int(bool(flow.relay)),
    }
    if broker is not None:
        figures |= {"broker_up": int(broker["answers"])}
        figures |= {f"broker_{name}": broker[name] for name in ("messages", "workers") if broker["answers"]}
    lines = [f"# TYPE testamur_jobs_{name} gauge\ntestamur_jobs_{name} {value}" for name, value in figures.items()]
    lines.append("# TYPE testamur_jobs_step_age_seconds gauge")
    lines += [
        f'testamur_jobs_step_age_seconds{{step="{job.periodic}"}} {(now - job.done_at).total_seconds():.1f}'
        for job in queries.periodic()
        if job.done_at
    ]
    typer.echo("\n".join(lines))
    return int(flow.failed > 0 or (broker is not None and not broker["answers"]))


def _broker() -> dict[str, Any] | None:
    """What the broker says, without its password; None where none is named."""
    from dataclasses import asdict

    from testamur.kernel.jobs import broker

    if not broker.configured():
        return None
    try:
        return {"address": broker.shown(), "answers": True, **asdict(broker.state())}
    except broker.Unreachable:
        return {"address": broker.shown(), "answers": False}


def _emit(task: str, attempt: int, reason: str) -> None:
    output.emit({"task": task, "try": attempt, "reason": reason})


def _say(task: str, attempt: int, reason: str) -> None:
    if reason:
        output.say(f"[bold red]failed[/] {task} (try {attempt}): {reason}")
