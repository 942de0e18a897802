"""`testamur bench province`: transcripts from decisions to the archive, and what a province and a country would take.

Measured: an invented province with as many pupils as documents are asked for, all decided; their transcripts are
planned, rendered, signed by class teacher and principal (simulated e-ID), sealed, logged, archived and published,
everything durable. Reckoned, and told apart: the same pace for a province's and a country's records.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from testamur.surfaces.cli import bench, output
from testamur.surfaces.cli.bench_machine import machine, peak_rss

if TYPE_CHECKING:
    from testamur.kernel.base.actor import Actor
    from testamur.trust.records.rules import NewRecord

SCALES: Mapping[str, int] = {"a province": 170_000, "a country": 7_100_000}
"""What is reckoned for: Hải Dương [E], Vietnam's grades 1 to 4 (domain.md §5)."""
DAYS, HOURS = 15, 8
"""In which the records of a year are signed: three weeks of working days."""
MACHINE_HOUR, GIGABYTE_YEAR = 0.10, 0.30
"""Euro for an hour of two rented cores and for a gigabyte kept twice for a year: an assumption [E], to be replaced."""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What a number of records takes at the pace and size that were measured."""

    records: int
    hours: float
    machines: int
    gigabytes: float
    euro_once: float
    euro_each_year: float


def province(
    records: Annotated[int, typer.Option(min=50, max=200_000, help="Transcripts")] = 2000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that render and seal")] = 1,
    celery: Annotated[bool, typer.Option(help="Through Celery workers (TESTAMUR_BROKER_URL, PostgreSQL)")] = False,
    dir: Annotated[Path | None, typer.Option(help="Folder on the disk to measure")] = None,  # noqa: A002
    machine_hour: Annotated[float, typer.Option(min=0, help="Euro for an hour of such a machine")] = MACHINE_HOUR,
    gigabyte_year: Annotated[float, typer.Option(min=0, help="Euro for a gigabyte kept for a year")] = GIGABYTE_YEAR,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """Issue a province's transcripts and reckon what a province and a country take; 20,000 of them take a while."""
    folder = Path(tempfile.mkdtemp(prefix="testamur-bench-", dir=dir))
    try:
        told = _measure(folder, records, workers, celery=celery, prices=(machine_hour, gigabyte_year))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if json:
        output.emit(told)
    else:
        _tell(told)


def _measure(folder: Path, count: int, workers: int, *, celery: bool, prices: tuple[float, float]) -> dict[str, Any]:
    from testamur.surfaces.cli import runtime

    data = folder / "data"
    runtime.start(data=data, mode="demo")
    from testamur.kernel.base.actor import operator
    from testamur.surfaces.cli import bench_workers, issuing

    by, seconds = operator(), {}
    began = time.perf_counter()
    schools = _province(by, data, count)
    seconds["build"] = time.perf_counter() - began
    before = _sizes(data)
    began = time.perf_counter()
    new = _planned(by, schools, count)
    seconds["plan"] = time.perf_counter() - began
    began = time.perf_counter()
    stages: dict[str, float] = {}
    if celery:
        with bench_workers.working(data, workers):
            began = time.perf_counter()
            bench_workers.over_broker(by, data, new)
            seconds["issue"] = time.perf_counter() - began
    else:
        outcome = issuing.run(by, new, issuing.How(data, "demo", bench.PUBLIC_URL, workers), bench.nobody, word=True)
        seconds["issue"] = time.perf_counter() - began
        stages = outcome.seconds
        if outcome.published != count:
            raise typer.Exit(1)
    sizes = {name: size - before[name] for name, size in _sizes(data).items()}
    pace = count / (seconds["plan"] + seconds["issue"])
    each = sum(sizes.values()) / count
    return {
        "name": "province",
        "records": count,
        "way": "celery" if celery else "processes",
        "workers": workers,
        "seconds": {name: round(spent, 1) for name, spent in seconds.items()},
        "stage_seconds": {name: round(spent, 1) for name, spent in sorted(stages.items())},
        "per_second": round(pace, 1),
        "kilobytes_each": {name: round(size / count / 1024, 1) for name, size in sizes.items()},
        "peak_rss_mb": round(peak_rss() / 1024),
        "reckoned": {name: _told(reckon(many, pace, each, prices)) for name, many in SCALES.items()},
        **machine(),
    }


def reckon(records: int, pace: float, bytes_each: float, prices: tuple[float, float]) -> Reckoned:
    """Hours of one such machine, such machines for `DAYS` of `HOURS`, what is kept, and both in euro.

    `prices`: euro for an hour of such a machine, for a gigabyte kept for a year. A straight line, no more.
    """
    hours = records / pace / 3600
    machines = -(-hours // (DAYS * HOURS))
    gigabytes = records * bytes_each / 1e9
    return Reckoned(records, hours, int(machines), gigabytes, hours * prices[0], gigabytes * prices[1])


def _told(one: Reckoned) -> dict[str, Any]:
    return {
        "records": one.records,
        "machine_hours": round(one.hours, 1),
        "machines_for_three_weeks": one.machines,
        "gigabytes": round(one.gigabytes, 1),
        "euro_once": round(one.euro_once, 2),
        "euro_each_year": round(one.euro_each_year, 2),
    }


def _province(by: Actor, data: Path, count: int) -> list[Any]:
    from testamur.kernel.base import clock
    from testamur.surfaces.cli import demo_province

    classes = -(-count // 35)
    many = max(1, round(classes / 20))
    extent = demo_province.Extent(schools=many, offices=max(1, many // 20), classes=-(-classes // many), even=True)
    stages = [("decided", many)]
    _body, made = demo_province.build(
        by, extent, data=data, public_url=bench.PUBLIC_URL, now=clock.now(), told=lambda _count: None, stages=stages
    )
    return made


def _planned(by: Actor, schools: list[Any], count: int) -> list[NewRecord]:
    from testamur.surfaces.cli import demo_province, issuing

    found: list[NewRecord] = []
    for school in schools:
        term = demo_province.PERIOD.term
        plan = issuing.plan(by, school.unit, demo_province.YEAR, term, (), demo_province.ISSUED_ON)
        found.extend(plan.records)
        if len(found) >= count:
            break
    if len(found) < count:
        raise typer.Exit(1)
    return found[:count]


def _sizes(data: Path) -> dict[str, int]:
    """Bytes of the archive, the logs and the database (SQLite: its files; PostgreSQL: what the server says)."""
    from django.db import connection

    found = {name: _below(data / name) for name in ("archive", "logs")}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            found["database"] = int(cursor.fetchone()[0])
    else:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what was written stands in the file, and is counted
        found["database"] = sum(path.stat().st_size for path in data.glob("testamur.sqlite3*"))
    return found


def _below(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _tell(told: dict[str, Any]) -> None:
    say = output.say
    way = f"{told['workers']} {told['way']}"
    say(f"[bold]{told['records']} transcripts[/], {way}, {told['database']}, {told['cores']} cores, {told['commit']}")
    say(
        f"  [bold]measured[/]  {told['per_second']} a second from decision to archive, {told['peak_rss_mb']} MB at most"
    )
    say("            " + ", ".join(f"{name} {spent} s" for name, spent in told["seconds"].items()))
    say("            " + ", ".join(f"{name} {size} kB a record" for name, size in told["kilobytes_each"].items()))
    for name, one in told["reckoned"].items():
        say(
            f"  [bold]reckoned[/]  {name}, {one['records']:,} records: {one['machine_hours']} hours of such a machine, "
            f"{one['machines_for_three_weeks']} of them for {DAYS} days of {HOURS} hours, {one['gigabytes']} GB kept; "
            f"{one['euro_once']} euro, then {one['euro_each_year']} a year"
        )
