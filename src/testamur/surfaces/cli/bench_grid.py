"""`testamur bench grid`: the pages and saves of a class, in a school of 2,000 with ten years of diary.

Times are those of whole requests in one process, from the session's cookie to the last byte; then the same page is
asked for over HTTP from `testamur serve` at a fixed rate (open loop, see `bench_portal`).
"""

from __future__ import annotations

import asyncio
import json as jsons
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from testamur.kernel.base.ports import free_port
from testamur.surfaces.cli import output
from testamur.surfaces.cli.bench_machine import machine

if TYPE_CHECKING:
    from django.test import Client

    from testamur.kernel.base.actor import Actor
    from testamur.surfaces.cli.bench_school import Large

TARGETS: Mapping[str, Mapping[str, float]] = {
    "class page": {"p50_ms": 15.0, "queries": 12},
    "one mark": {"p50_ms": 10.0, "rows": 1},
    "25 marks": {"p50_ms": 30.0, "rows": 25},
    "attendance of 25": {"p50_ms": 30.0},
    "class page over HTTP": {"per_second": 130.0},
}
SUBJECT = "MAT"
WARM = 5


def grid(
    pupils: Annotated[int, typer.Option(min=50, help="Pupils of the school")] = 2000,
    years: Annotated[int, typer.Option(min=1, max=30, help="School years of lessons, absences and marks")] = 10,
    rounds: Annotated[int, typer.Option(min=5, help="Requests of each kind")] = 100,
    rate: Annotated[int, typer.Option(min=1, help="Requests a second over HTTP")] = 150,
    seconds: Annotated[float, typer.Option(min=0, max=60, help="How long over HTTP; 0: not at all")] = 5.0,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Web processes")] = 2,
    dir: Annotated[  # noqa: A002 - the word that the other commands use
        Path | None, typer.Option(help="Keep the school in this folder, and take it from there the next time")
    ] = None,
    database: Annotated[str, typer.Option(help="postgresql://… instead of a file; the school stays in it")] = "",
    json: Annotated[bool, typer.Option(help="Print one JSON object")] = False,
) -> None:
    """Open classes, enter marks, take attendance: in a large school, made first or found from the last time."""
    folder = dir or Path(tempfile.mkdtemp(prefix="testamur-bench-"))
    port = free_port()
    os.environ["TESTAMUR_PUBLIC_URL"] = f"http://localhost:{port}"
    if database:
        os.environ["TESTAMUR_DATABASE_URL"] = database
    try:
        told = _run(folder, pupils, years, rounds, json)
        if seconds:
            told["runs"].append(_served(told.pop("door"), folder, port, workers, rate, seconds))
        told.pop("door", None)
    finally:
        if dir is None:
            rmtree(folder, ignore_errors=True)
    if json:
        output.emit(told)
    else:
        _tell(told)


def _run(folder: Path, pupils: int, years: int, rounds: int, quiet: bool) -> dict[str, Any]:
    from testamur.surfaces.cli import runtime

    runtime.start(data=folder / "data", mode="demo")
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator
    from testamur.surfaces.cli import bench_school, serve

    serve.collect_static()
    by, now = operator(), clock.now()
    with output.progress(quiet) as start:
        school = bench_school.find(pupils, years, now.date()) or bench_school.build(by, pupils, years, now, start)
    measured = _Measured(by, school, rounds)
    return {
        "name": "grid",
        "pupils": pupils,
        "years": years,
        "rows": _rows(),
        "runs": measured.runs(),
        "door": [(measured.page(group.id), measured.cookie(measured.teacher(group.id))) for group in school.classes],
        **machine(),
    }


def _rows() -> dict[str, int]:
    """How large the diary is: the planner's estimate would do, but the count is what is believed."""
    from django.db import connection

    found = {}
    with connection.cursor() as cursor:
        for name in ("diary_lesson", "diary_absence", "diary_task", "diary_mark"):
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 - names of our own tables
            found[name] = int(cursor.fetchone()[0])
    return found


Send = Callable[[], Any]


@dataclass(slots=True)
class _Measured:
    """Requests of the school's people, one kind after another."""

    by: Actor
    school: Large
    rounds: int

    def runs(self) -> list[dict[str, Any]]:
        works: Sequence[tuple[str, Iterator[Send]]] = (
            ("class page", self._pages()),
            ("one mark", self._marks(1)),
            ("25 marks", self._marks(25)),
            ("attendance of 25", self._attendance()),
            ("pupil's marks for the family", self._family()),
            ("principal's reports", self._reports()),
        )
        return [_measure(work, sends, self.rounds) for work, sends in works]

    def page(self, group: UUID) -> str:
        from django.urls import reverse

        return reverse("diary:grid", args=[group, SUBJECT])

    def teacher(self, group: UUID) -> UUID:
        return self.school.teachers[group, SUBJECT]

    def cookie(self, person: UUID, role: str = "teacher") -> str:
        """A session of somebody who has just logged in."""
        from django.contrib.sessions.backends.signed_cookies import SessionStore

        from testamur.access.accounts import actions, queries
        from testamur.access.accounts.rules import Level
        from testamur.kernel.base import clock
        from testamur.kernel.base.actor import Actor

        now = clock.now()
        login = actions.sign_in(by=self.by, person=person, method="simulated", level=Level.HIGH, now=now)
        hat = next(one for one in queries.hats(person=person, on=now.date()) if one.role == role)
        actions.choose_hat(by=Actor(person, "simulated"), login=login, hat=hat.key, now=now)
        session = SessionStore()
        session["login"] = str(login)
        session.save()
        return str(session.session_key)

    def _browser(self, person: UUID, role: str = "teacher") -> Client:
        from django.conf import settings
        from django.test import Client

        browser = Client(headers={"accept-language": "bg", "host": "localhost"})
        browser.cookies[settings.SESSION_COOKIE_NAME] = self.cookie(person, role)
        return browser

    def _pages(self) -> Iterator[Send]:
        browsers = [(self._browser(self.teacher(group.id)), self.page(group.id)) for group in self.school.classes]
        for browser, address in cycle(browsers):
            yield lambda browser=browser, address=address: browser.get(address)  # type: ignore[misc]  # bound now

    def _marks(self, count: int) -> Iterator[Send]:
        """Into a new column for each request, as a class writes a test."""
        from django.urls import reverse

        from testamur.kernel.base import clock
        from testamur.register.schools import queries
        from testamur.schoolday.diary import actions

        on = clock.now().date()
        pupils = {g.id: [m.person for m in queries.members(group=g.id, on=on)] for g in self.school.classes}
        browsers = {group.id: self._browser(self.teacher(group.id)) for group in self.school.classes}
        for group in cycle(self.school.classes):
            task = actions.add_task(
                by=self.by, group=group.id, subject=SUBJECT, kind="test", on=on, title="", now=clock.now()
            )
            entries = [{"pupil": str(one), "value": "5", "comment": "", "seen": None} for one in pupils[group.id]]
            body = jsons.dumps({"term": "", "entries": entries[:count]})
            browser, address = browsers[group.id], reverse("diary:enter", args=[task])
            yield lambda browser=browser, address=address, body=body: browser.post(  # type: ignore[misc]  # bound now
                address, body, content_type="application/json"
            )
            actions.retire_task(by=self.by, task=task, why="measured", now=clock.now())

    def _attendance(self) -> Iterator[Send]:
        """Lessons of the last week, none of them taken yet, each with three exceptions."""
        from django.urls import reverse

        from testamur.kernel.base import clock
        from testamur.register.schools import queries

        on = clock.now().date()
        for group, planned in self._untaken(on):
            pupils = [one.person for one in queries.members(group=group, on=on)]
            browser = self._browser(self.teacher(group))
            for slot, day in planned:
                form = {f"p-{pupil}": "absent" if n < 3 else "present" for n, pupil in enumerate(pupils)}  # noqa: PLR2004
                address = reverse("diary:save_lesson", args=[slot, day.isoformat()])
                yield lambda browser=browser, address=address, form=form: browser.post(  # type: ignore[misc]
                    address, {**form, "version": "0"}
                )

    def _untaken(self, on: date) -> Iterator[tuple[UUID, list[tuple[UUID, date]]]]:
        from testamur.register.schools import queries
        from testamur.schoolday.diary.queries import lessons

        for group in self.school.classes:
            planned = queries.planned(on=(on - timedelta(days=6), on), group=group.id)
            taught = [(one.slot.id, one.on) for one in planned if one.slot.subject == SUBJECT]
            yield group.id, [key for key in taught if not lessons.lesson(id=key[0], on=key[1]).taken_at]

    def _family(self) -> Iterator[Send]:
        from django.urls import reverse

        from testamur.kernel.base import clock
        from testamur.register.people import queries as people
        from testamur.register.schools import queries

        on = clock.now().date()
        children = [queries.members(group=group.id, on=on)[0].person for group in self.school.classes[:20]]
        guardians = people.guardians(by=self.by, children=children, on=on)
        pairs = [(child, guardians[child][0].guardian.id) for child in children]
        browsers = [(self._browser(one, "guardian"), reverse("family:marks", args=[child])) for child, one in pairs]
        for browser, address in cycle(browsers):
            yield lambda browser=browser, address=address: browser.get(address)  # type: ignore[misc]  # bound now

    def _reports(self) -> Iterator[Send]:
        from django.urls import reverse

        browser = self._browser(self.school.principal, "principal")
        address = reverse("reports:home")
        while True:
            yield lambda: browser.get(address)


def _measure(work: str, sends: Iterator[Send], rounds: int) -> dict[str, Any]:
    """Send so many times; the queries of one request are counted apart, because counting costs time."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    spent: list[float] = []
    cpu = 0.0
    errors = queries = rows = 0
    for number, send in enumerate(sends):
        if number == WARM:
            with CaptureQueriesContext(connection) as seen:
                answer = send()
            asked = [one["sql"] for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]]
            queries, rows = len(asked), _written(asked)
        else:
            began, busy = time.perf_counter(), time.process_time()
            answer = send()
            if number > WARM:
                spent.append((time.perf_counter() - began) * 1000)
                cpu += (time.process_time() - busy) * 1000
        errors += answer.status_code not in {200, 303}
        if len(spent) == rounds:
            break
    spent.sort()
    told = {
        "work": work, "requests": len(spent), "p50_ms": _at(spent, 0.5), "p95_ms": _at(spent, 0.95),
        "p99_ms": _at(spent, 0.99), "cpu_ms": round(cpu / max(1, len(spent)), 2),
        "per_second": round(1000 * len(spent) / max(sum(spent), 0.001), 1),
        "queries": queries, "rows": rows, "errors": errors,
    }  # fmt: skip
    return _judged(work, told)


def _judged(work: str, told: dict[str, Any]) -> dict[str, Any]:
    target = dict(TARGETS.get(work, {}))
    met = {
        name: told[name] >= limit
        if name == "per_second"
        else told[name] == limit
        if name == "rows"
        else told[name] <= limit
        for name, limit in target.items()
    }
    return {**told, "target": target, "met": {**met, "errors": told["errors"] == 0}}


def _written(asked: Sequence[str]) -> int:
    """Rows of marks that were written: each has its own id in the statement."""
    return sum(sql.count("(", sql.index("VALUES")) for sql in asked if sql.startswith('INSERT INTO "diary_mark"'))


def _at(spent: Sequence[float], part: float) -> float:
    return round(spent[min(len(spent) - 1, int(len(spent) * part))], 2) if spent else 0.0


def _served(
    doors: Sequence[tuple[str, str]], folder: Path, port: int, workers: int, rate: int, seconds: float
) -> dict[str, Any]:
    """The page of a class from the real server, which runs on this machine too."""
    from testamur.surfaces.cli import bench_portal

    with bench_portal._serving(folder, port, workers):  # noqa: SLF001 - the benches are one program in several files
        asyncio.run(bench_portal._ask(doors[:40], port, 20, 2.0))  # noqa: SLF001
        answers = asyncio.run(bench_portal._ask(doors, port, rate, seconds))  # noqa: SLF001
    pages = sorted(spent for spent, what in answers if what == "page")
    return _judged(
        "class page over HTTP",
        {
            "work": "class page over HTTP", "rate": rate, "workers": workers, "p50_ms": _at(pages, 0.5),
            "p95_ms": _at(pages, 0.95), "p99_ms": _at(pages, 0.99), "per_second": round(len(pages) / seconds, 1),
            "queries": 0, "queued": sum(what == "queue" for _spent, what in answers),
            "errors": sum(what not in {"page", "queue"} for _spent, what in answers),
        },
    )  # fmt: skip


def _tell(told: dict[str, Any]) -> None:
    say = output.say
    say(f"[bold]grid[/] {told['pupils']} pupils, {told['years']} years, {told['rows']}, {told['database']}")
    for run in told["runs"]:
        good = all(run["met"].values())
        say(
            f"  {'[green]met[/]    ' if good else '[red]not met[/]'} {run['work']:<28} p50 {run['p50_ms']} "
            f"p95 {run['p95_ms']} p99 {run['p99_ms']} ms (processor {run.get('cpu_ms', '-')}), "
            f"{run['per_second']}/s, {run['queries']} queries, "
            f"{run.get('queued', 0)} queued, {run['errors']} errors"
        )
