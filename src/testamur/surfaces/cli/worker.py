"""`testamur worker`: background work in processes of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from testamur.surfaces.cli import output

MOST = 64


def worker(
    once: Annotated[bool, typer.Option("--once", help="Run at most one task in each process, then end")] = False,
    drain: Annotated[bool, typer.Option("--drain", help="Run what is due now, then end")] = False,
    concurrency: Annotated[
        int, typer.Option(min=0, max=MOST, help="Processes; 0: one for each core, at least two")
    ] = 0,
    data: Annotated[Path | None, typer.Option(help="Data folder; otherwise TESTAMUR_DATA")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object a finished try, and a summary")] = False,
) -> None:
    """Run background work: sealing and publishing, shipping the journal, sweeps and audits.

    Stops after the tasks under way on SIGTERM or Ctrl-C, at once on the second. Exit code 0; 1 when a task failed
    (with --once or --drain) or the processes cannot be kept alive.
    """
    raise SystemExit(main(once=once, drain=drain, concurrency=concurrency, data=data, as_json=json))


def main(*, once: bool, drain: bool, concurrency: int, data: Path | None = None, as_json: bool = False) -> int:
    """Work until stopped (or drained, or once); returns the exit code."""
    from testamur.surfaces.cli.runtime import start

    start(data=data)
    from testamur.kernel.base import clock
    from testamur.kernel.jobs.supervisor import Supervisor, Until, die_with

    if parent := os.environ.get("TESTAMUR_PARENT"):  # set by `testamur serve`, which does not outlive its server
        die_with(int(parent), by=signal.SIGTERM)

    until = Until.ONE if once else Until.DRAINED if drain else Until.STOPPED
    wanted = concurrency or max(2, os.cpu_count() or 1)
    if not as_json:
        output.say(f"[bold]worker[/] {wanted} processes, until {until.value}; Ctrl-C stops after the tasks under way")
    summary = Supervisor(wanted, clock.now, until, _emit if as_json else _say).run()
    told = {"done": summary.done, "failed": summary.failed, "died": summary.died, "gave_up": summary.gave_up}
    if as_json:
        output.emit(told)
    else:
        output.say(f"{summary.done} done, {summary.failed} failed, {summary.died} processes died")
    return int(summary.gave_up or (until is not Until.STOPPED and summary.failed > 0))


def jobs(
    data: Annotated[Path | None, typer.Option(help="Data folder; otherwise TESTAMUR_DATA")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object")] = False,
) -> None:
    """Show background work: what waits, when each periodic step ran last, what failed and why.

    Exit code 1 when something has failed for good.
    """
    from testamur.surfaces.cli.runtime import start

    start(data=data)
    raise SystemExit(show_jobs(as_json=json))


def show_jobs(*, as_json: bool) -> int:
    """Print the state of background work; returns the exit code."""
    from dataclasses import asdict

    from testamur.kernel.jobs import queries

    counts, periodic, troubled = queries.counts(), queries.periodic(), queries.troubled()
    if as_json:
        output.emit(
            {"counts": counts, "periodic": list(map(asdict, periodic)), "troubled": list(map(asdict, troubled))}
        )
    else:
        output.say("  ".join(f"{name.lower()} [bold]{count}[/]" for name, count in sorted(counts.items())) or "nothing")
        for job in periodic:
            ran = f"{job.done_at:%Y-%m-%d %H:%M:%S}" if job.done_at else "never"
            output.say(f"  {job.periodic:<20} ran well {ran}  [red]{job.reason}[/]")
        for job in troubled:
            if not job.periodic:
                output.say(
                    f"  [red]{job.status}[/] {job.task} after {job.attempts} tries: {job.reason}  [dim]{job.id}[/]"
                )
    return int(counts.get("FAILED", 0) > 0)


def _emit(task: str, attempt: int, reason: str) -> None:
    output.emit({"task": task, "try": attempt, "reason": reason})


def _say(task: str, attempt: int, reason: str) -> None:
    if reason:
        output.say(f"[bold red]failed[/] {task} (try {attempt}): {reason}")
