"""`testamur bench portal`: families at home and at the publication minute, asked for at a fixed rate (open loop).

An open loop sends when the clock says so, however slow the answers are: what a person at the publication minute meets.
The asking program runs on the same machine and takes its share of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any

import typer

from testamur.kernel.base.ports import free_port
from testamur.surfaces.cli import output
from testamur.surfaces.cli.bench_machine import machine

if TYPE_CHECKING:
    from testamur.surfaces.cli.bench_city import Family

CONNECTIONS = 64
PATIENCE = 20.0
TARGET = {"per_second": 500.0, "p99_ms": 300.0, "errors": 0.0}


def portal(
    pupils: Annotated[int, typer.Option(min=100, help="Pupils whose documents are issued")] = 400,
    filler: Annotated[int, typer.Option(min=0, help="Further pupils, each with a guardian")] = 0,
    rate: Annotated[list[int] | None, typer.Option(help="Requests a second; repeat for several")] = None,
    seconds: Annotated[float, typer.Option(min=1, max=60, help="How long at each rate")] = 5.0,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes")] = 2,
    json: Annotated[bool, typer.Option(help="Print one JSON object")] = False,
) -> None:
    """Serve a city's families and ask for their pages at a fixed rate."""
    folder = Path(tempfile.mkdtemp(prefix="testamur-bench-"))
    port = free_port()
    os.environ["TESTAMUR_PUBLIC_URL"] = f"http://localhost:{port}"
    try:
        from testamur.surfaces.cli import runtime

        runtime.start(data=folder / "data", mode="demo")
        from testamur.surfaces.cli import bench_city, serve

        with output.progress(json) as start:
            families = bench_city.build(folder / "data", f"http://localhost:{port}", pupils, filler, start)
        serve.collect_static()
        with _serving(folder, port, workers):
            runs = _measure(families, port, rate or [50, 100, 200, 500], seconds)
        told = {"name": "portal", "pupils": pupils, "filler": filler, "workers": workers, **machine(), "runs": runs}
    finally:
        rmtree(folder, ignore_errors=True)
    if json:
        output.emit(told)
    else:
        _tell(told)


def _measure(families: Sequence[Family], port: int, rates: Sequence[int], seconds: float) -> list[dict[str, Any]]:
    runs = []
    for work in ("guardian home", "document", "publication minute"):
        requests = [(_path(work, n, one), one.cookie) for n, one in enumerate(families)]
        asyncio.run(_ask(requests[:40], port, 20, 2.0))
        for rate in rates:
            answers = asyncio.run(_ask(requests, port, rate, seconds))
            runs.append(_summary(work, rate, seconds, answers))
    return runs


def _path(work: str, number: int, one: Family) -> str:
    """At the publication minute people open their home, and then the new document."""
    home = work == "guardian home" or (work == "publication minute" and number % 2 == 0)
    return "/family/" if home else f"/family/record/{one.record}/"


Answer = tuple[float, str]
"""Milliseconds, and ``page``, ``queue`` or what went wrong."""


async def _ask(requests: Sequence[tuple[str, str]], port: int, rate: int, seconds: float) -> list[Answer]:
    """One request every 1/rate seconds, whoever is still waiting."""
    pool: asyncio.LifoQueue[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None] = asyncio.LifoQueue()
    for _ in range(CONNECTIONS * 8):
        pool.put_nowait(None)
    loop = asyncio.get_running_loop()
    began = loop.time()
    tasks = []
    for n in range(int(rate * seconds)):
        await asyncio.sleep(max(0.0, began + n / rate - loop.time()))
        path, cookie = requests[n % len(requests)]
        tasks.append(asyncio.create_task(_one(pool, port, path, cookie)))
    answers = list(await asyncio.gather(*tasks))
    while not pool.empty():
        if (line := pool.get_nowait()) is not None:
            line[1].close()
    return answers


async def _one(pool: asyncio.LifoQueue[Any], port: int, path: str, cookie: str) -> Answer:
    began = time.perf_counter()
    line = await pool.get()
    try:
        async with asyncio.timeout(PATIENCE):
            if line is None:
                line = await asyncio.open_connection("127.0.0.1", port)
            reader, writer = line
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: testamur={cookie}\r\n"
                f"Accept-Language: sv\r\n\r\n".encode()
            )
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = next(int(row[15:]) for row in head.split("\r\n") if row.startswith("content-length:"))
            await reader.readexactly(length)
    except (OSError, TimeoutError, asyncio.IncompleteReadError, StopIteration) as error:
        pool.put_nowait(None)
        return (time.perf_counter() - began) * 1000, type(error).__name__
    pool.put_nowait(line)
    spent = (time.perf_counter() - began) * 1000
    status = head.split(" ", 2)[1]
    return spent, ("queue" if "x-queue: 1" in head else "page") if status == "200" else status


def _summary(work: str, rate: int, seconds: float, answers: Sequence[Answer]) -> dict[str, Any]:
    pages = sorted(spent for spent, what in answers if what == "page")
    queued = sum(what == "queue" for _spent, what in answers)
    kinds = Counter(what for _spent, what in answers if what not in {"page", "queue"})
    errors = sum(kinds.values())

    def at(part: float) -> float:
        return round(pages[min(len(pages) - 1, int(len(pages) * part))], 1) if pages else 0.0

    per_second, p99 = round(len(pages) / seconds, 1), at(0.99)
    told = {
        "work": work, "rate": rate, "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": p99,
        "per_second": per_second, "queued": queued, "errors": errors,
        "kinds_of_error": dict(kinds),
    }  # fmt: skip
    met = {
        "per_second": per_second >= TARGET["per_second"],
        "p99_ms": bool(pages) and p99 < TARGET["p99_ms"],
        "errors": errors == 0,
    }
    return {**told, "target": TARGET, "met": met}


@contextmanager
def _serving(folder: Path, port: int, workers: int) -> Iterator[None]:
    command = [sys.executable, "-m", "testamur", "serve", "--port", str(port), "--workers", str(workers)]
    environment = {**os.environ, "TESTAMUR_DATA": str(folder / "data"), "TESTAMUR_MODE": "demo"}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [*command, "--no-background"], env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
    try:
        _wait_for(port)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait_for(port: int) -> None:
    for _ in range(1200):  # a busy machine takes its time to compress what pages need
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise typer.Exit(1)


def _tell(told: dict[str, Any]) -> None:
    say = output.say
    say(f"[bold]portal[/] {told['pupils']} + {told['filler']} pupils, {told['workers']} processes, {told['database']}")
    for run in told["runs"]:
        good = all(run["met"].values())
        say(
            f"  {'[green]met[/]    ' if good else '[red]not met[/]'} {run['work']:<20} asked {run['rate']:>4}/s: "
            f"{run['per_second']:>6}/s pages, p50 {run['p50_ms']} p95 {run['p95_ms']} p99 {run['p99_ms']} ms, "
            f"{run['queued']} queued, {run['errors']} errors {run['kinds_of_error'] or ''}"
        )
