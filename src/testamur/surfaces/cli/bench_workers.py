"""`testamur bench workers`: the same documents through one process, two, and two Celery workers behind a broker.

What is timed is the whole way of a document: rendered, marked ready, signed with the simulated e-ID, sealed, logged,
archived, published, everything durable. Signing is one process's work in all of them, as on the web.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from testamur.surfaces.cli import bench, output
from testamur.surfaces.cli.bench_machine import machine, peak_rss

if TYPE_CHECKING:
    from testamur.kernel.base.actor import Actor
    from testamur.trust.records.rules import NewRecord

WANTED = 1.7
"""Times as fast that two processes on two cores have to be."""
WARM = 50
LONGEST = 3600.0


def workers(
    records: Annotated[int, typer.Option(min=20, max=100_000, help="Documents each way")] = 500,
    processes: Annotated[int, typer.Option(min=2, max=64, help="Processes of the parallel ways")] = 2,
    dir: Annotated[Path | None, typer.Option(help="Folder on the disk to measure")] = None,  # noqa: A002
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Issue the same number of documents with one process, several, and (TESTAMUR_BROKER_URL) several behind a broker.

    Exit code 1 when the parallel ways are not 1.7 times as fast on two cores or more.
    """
    folder = Path(tempfile.mkdtemp(prefix="testamur-bench-", dir=dir))
    try:
        told = _measure(folder, records, processes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if json:
        output.emit(told)
    else:
        _tell(told)
    raise SystemExit(0 if told["met"] else 1)


def _measure(folder: Path, count: int, processes: int) -> dict[str, Any]:
    from testamur.surfaces.cli import runtime

    data = folder / "data"
    runtime.start(data=data, mode="demo")
    from testamur.kernel.base.actor import operator
    from testamur.kernel.jobs import broker
    from testamur.surfaces.cli import issuing

    by = operator()
    # one process with our pool, and one behind the broker: what the broker itself costs is their difference
    ways: list[tuple[str, int, bool]] = [("processes", 1, False), ("processes", processes, False)]
    if broker.configured():
        ways += [("celery", 1, True), ("celery", processes, True)]
    each = count + WARM * processes
    made = bench.term_reports(by, data, each * len(ways), 0)
    rows: list[dict[str, Any]] = []
    for number, (name, hands, queued) in enumerate(ways):
        some = made[number * each : (number + 1) * each]
        warm, rest = some[: WARM * processes], some[WARM * processes :]
        if queued:
            with working(data, hands):
                over_broker(by, data, warm)
                began = time.perf_counter()
                over_broker(by, data, rest)
                seconds = time.perf_counter() - began
        else:
            how = issuing.How(data, "demo", bench.PUBLIC_URL, hands)
            with issuing.workers(how) as pool:
                issuing.run(by, warm, how, bench.nobody, pool=pool)
                began = time.perf_counter()
                outcome = issuing.run(by, rest, how, bench.nobody, pool=pool)
                seconds = time.perf_counter() - began
            if outcome.published != count:
                raise typer.Exit(1)
        rows.append({"way": name, "workers": hands, "seconds": round(seconds, 2), "per_second": count / seconds})
    first = rows[0]["per_second"]
    for row in rows:
        row["times"] = round(row["per_second"] / first, 2)
        row["per_second"] = round(row["per_second"], 1)
    cores = os.cpu_count() or 1
    fast = all(row["times"] >= WANTED for row in rows if row["workers"] > 1)
    return {
        "name": "workers",
        "records": count,
        "ways": rows,
        "target": {"times": WANTED},
        "met": fast or cores < 2,  # noqa: PLR2004 - one core does nothing twice as fast
        "peak_rss_mb": round(peak_rss() / 1024),
        **machine(),
    }


@contextmanager
def working(data: Path, hands: int) -> Iterator[None]:
    """`testamur worker --broker`, as an operator starts it, for the time of the block."""
    from testamur.kernel.jobs import broker

    environment = {**os.environ, "TESTAMUR_DATA": str(data), "TESTAMUR_MODE": "demo"}
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", "testamur", "worker", "--broker", "--json", "--concurrency", str(hands)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 180
        while time.monotonic() < end:
            with suppress(broker.Unreachable):
                if broker.state().workers >= hands:
                    break
            time.sleep(0.3)
        else:
            raise broker.Unreachable("The workers did not come up in three minutes.")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def over_broker(by: Actor, data: Path, some: Sequence[NewRecord]) -> None:
    """The way of `issuing.run`, its chunks and batches as background tasks."""
    from testamur.surfaces.cli import bench_tasks, issuing
    from testamur.trust.records import queries

    place = data / bench_tasks.FOLDER
    place.mkdir(exist_ok=True)
    tasks = []
    for at in range(0, len(some), issuing.CHUNK):
        path = place / f"{some[at].record}.pickle"
        path.write_bytes(pickle.dumps((by, list(some[at : at + issuing.CHUNK]))))
        tasks.append(bench_tasks.prepare.enqueue(path.stem, bench.PUBLIC_URL))
    before = queries.counts(by=by).get("published", 0)
    _until(lambda: not any(place.iterdir()))
    mine = [new.record for new in some]
    issuing.vouch(by, mine)
    issuing.mark_ready(by, mine)
    issuing.sign(by, mine, issuing.Outcome(), bench.nobody)
    _until(lambda: queries.counts(by=by).get("published", 0) >= before + len(some))


def _until(done: Any) -> None:
    end = time.monotonic() + LONGEST
    while not done():
        if time.monotonic() > end:
            raise typer.Exit(1)
        time.sleep(0.05)


def _tell(told: dict[str, Any]) -> None:
    output.say(f"[bold]{told['records']} records each way[/], {told['database']}, {told['cores']} cores")
    for row in told["ways"]:
        name = f"{row['workers']} {row['way']}"
        output.say(f"  {name:<14}{row['per_second']:8.1f} a second  {row['times']:5.2f} times  {row['seconds']:.1f} s")
    met = "[green]met[/]" if told["met"] else "[red]not met[/]"
    output.say(f"  {met}  several processes at least {told['target']['times']} times as fast")
