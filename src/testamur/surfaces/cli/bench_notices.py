"""`testamur bench notices`: one event for a city's families, and a morning of marks: chosen, rendered, queued.

What is timed is what the background does between an act and the outbox, all of it in one process; sending is the
carriers' pace. That everybody is told exactly once is counted, and the whole is run again to see that nothing follows.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from shutil import rmtree
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from testamur.surfaces.cli import output
from testamur.surfaces.cli.bench_machine import machine, peak_rss

if TYPE_CHECKING:
    from testamur.kernel.base.actor import Actor

TARGET = {"per_second": 2000.0, "errors": 0.0}
SCHOOL, CLASS = 500, 25
Start = Callable[[str, int], Callable[[int], None]]


def notices(
    recipients: Annotated[int, typer.Option(min=10, help="Guardians, each of one pupil")] = 100_000,
    marked: Annotated[int, typer.Option(min=0, help="So many of the pupils get a mark")] = 20_000,
    json: Annotated[bool, typer.Option(help="Print one JSON object")] = False,
) -> None:
    """Plan an event of a whole city and enter marks of many classes, and put what follows into the outbox."""
    folder = Path(tempfile.mkdtemp(prefix="testamur-bench-"))
    try:
        told = _run(folder, recipients, min(marked, recipients), json)
    finally:
        rmtree(folder, ignore_errors=True)
    if json:
        output.emit(told)
    else:
        _tell(told)


def _run(folder: Path, recipients: int, marked: int, quiet: bool) -> dict[str, Any]:
    from testamur.surfaces.cli import runtime

    runtime.start(data=folder / "data", mode="demo")
    from testamur.kernel.base import clock
    from testamur.kernel.base.actor import operator

    by, now = operator(), clock.now()
    with output.progress(quiet) as start:
        authority, classes = _city(by, recipients, marked, now, start)
    runs = [_measured("one event for everybody", recipients, now, lambda: _event(by, authority, now))]
    if classes:
        runs.append(_measured("a mark for many", marked, now, lambda: _marks(by, classes, now)))
    return {"name": "notices", "recipients": recipients, "marked": marked, **machine(), "runs": runs}


def _city(
    by: Actor, recipients: int, marked: int, now: datetime, start: Start
) -> tuple[UUID, list[tuple[UUID, list[UUID]]]]:
    """An authority with as many schools as the pupils need; the first ones have classes, for the marks."""
    from testamur.register.schools import actions as schools
    from testamur.register.schools.rules import NewSchoolYear, NewTerm, NewUnit, UnitKind

    (authority,) = schools.add_units(
        by=by, units=[NewUnit(UnitKind.AUTHORITY, "bench", "Измислен град", country="BG")], now=now
    )
    on = now.date()
    first, last = on - timedelta(days=100), on + timedelta(days=200)
    (year,) = schools.add_school_years(by=by, school_years=[NewSchoolYear(authority, "bench", first, last)], now=now)
    schools.add_terms(by=by, terms=[NewTerm(year, "I", first, last)], now=now)
    units = [
        NewUnit(UnitKind.SCHOOL, str(n), f"Измислено училище {n}", parent=authority, pack="bg.school")
        for n in range(-(-recipients // SCHOOL))
    ]
    advance = start("families", recipients)
    classes: list[tuple[UUID, list[UUID]]] = []
    for n, school in enumerate(schools.add_units(by=by, units=units, now=now)):
        count = min(SCHOOL, recipients - n * SCHOOL)
        pupils = _families(by, school, n * SCHOOL, count, first, now)
        classes += _classes(by, school, year, pupils[: max(0, marked - n * SCHOOL)], now)
        advance(count)
    return authority, classes


def _families(by: Actor, school: UUID, serial: int, count: int, since: date, now: datetime) -> list[UUID]:
    from testamur.register.people import actions as people
    from testamur.register.people.rules import ContactKind, NewContact, NewGuardianship, NewPerson, Relation
    from testamur.register.schools import actions as schools
    from testamur.register.schools import queries
    from testamur.register.schools.rules import NewEnrolment
    from testamur.surfaces.cli import demo_data

    path, random = queries.units([school])[school].path, Random(serial)  # noqa: S311 - invented people
    names = [(random.choice(demo_data.SE_GIVEN), random.choice(demo_data.SE_FAMILY)) for _ in range(count)]
    born = [NewPerson(given=given, family=family, birth_date=date(now.year - 12, 1, 1)) for given, family in names]
    grown = [
        NewPerson(
            given=given, family=family, birth_date=date(1985, 1, 1),
            contacts=(NewContact(ContactKind.EMAIL, f"parent{serial + n}@doma.example"),),
        )
        for n, (given, family) in enumerate(names)
    ]  # fmt: skip
    pupils = people.register_persons(by=by, path=path, persons=born, now=now)
    guardians = people.register_persons(by=by, path=path, persons=grown, now=now)
    pairs = zip(pupils, guardians, strict=True)
    new = [NewGuardianship(child, one, Relation.PARENT, date(now.year - 12, 1, 1)) for child, one in pairs]
    people.add_guardianships(by=by, guardianships=new, now=now)
    schools.add_enrolments(by=by, enrolments=[NewEnrolment(one, school, since) for one in pupils], now=now)
    return pupils


def _classes(by: Actor, school: UUID, year: UUID, pupils: list[UUID], now: datetime) -> list[tuple[UUID, list[UUID]]]:
    from testamur.register.schools import actions as schools
    from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup

    parts = [pupils[at : at + CLASS] for at in range(0, len(pupils), CLASS)]
    new = [NewGroup(school, year, GroupKind.CLASS, f"6-{n}", year_level=6) for n in range(len(parts))]
    rooms = list(zip(schools.add_groups(by=by, groups=new, now=now), parts, strict=True))
    since = now.date() - timedelta(days=100)
    enrolments = [NewEnrolment(one, school, since, group=group, year_level=6) for group, some in rooms for one in some]
    schools.add_enrolments(by=by, enrolments=enrolments, now=now)
    return rooms


def _event(by: Actor, authority: UUID, now: datetime) -> None:
    from testamur.schoolday.noticeboard import actions
    from testamur.schoolday.noticeboard.rules.events import EventKind, NewEvent

    starts = now + timedelta(days=14)
    event = NewEvent(authority, EventKind.EVENT, "Празник на града", starts, starts + timedelta(hours=2))
    actions.plan_event(by=by, event=event, now=now)


def _marks(by: Actor, classes: list[tuple[UUID, list[UUID]]], now: datetime) -> None:
    from testamur.schoolday.diary import actions
    from testamur.schoolday.diary.rules.marks import Entry

    for group, pupils in classes:
        task = actions.add_task(by=by, group=group, subject="MAT", kind="test", on=now.date(), title="", now=now)
        actions.enter_marks(by=by, task=task, entries=[Entry(one, "5") for one in pupils], now=now)


def _measured(work: str, expected: int, now: datetime, act: Callable[[], None]) -> dict[str, Any]:
    """Do it, then have everything chosen, rendered and queued, as it is a day later: whoever is told daily is due."""
    from testamur.exchange.notifications import steps, tasks

    steps.follow(now=now, limit=1_000_000)  # making the city wrote a journal too; what is timed is the act alone
    act()
    later, before, memory = now + timedelta(hours=26), _queued(), peak_rss()
    seconds: dict[str, float] = {}
    processor: dict[str, float] = {}

    def timed(stage: str, step: Callable[[], int]) -> int:
        began, busy = time.perf_counter(), time.process_time()
        count = done = step()
        while stage == "follow" and done:
            done = step()
        seconds[stage] = round(time.perf_counter() - began, 2)
        processor[stage] = round(time.process_time() - busy, 2)
        return count

    timed("follow", lambda: steps.follow(now=now))
    chosen = timed("chosen", lambda: steps.spread(by=tasks.STEP, now=now))
    queued = timed("rendered and queued", lambda: steps.tell_readers(by=tasks.STEP, now=later))
    grown = peak_rss() - memory
    again = steps.follow(now=now) + steps.spread(by=tasks.STEP, now=now) + steps.tell_readers(by=tasks.STEP, now=later)
    messages, addresses = (after - earlier for after, earlier in zip(_queued(), before, strict=True))
    wrong = abs(queued - expected) + abs(messages - expected) + again
    if before[0] == 0:
        wrong += abs(addresses - expected)
    told: dict[str, Any] = {
        "work": work, "chosen": chosen, "queued": queued, "seconds": seconds, "processor_seconds": processor,
        "errors": wrong,
        "per_second": round(queued / max(sum(seconds.values()), 0.001)), "memory_mb": round(peak_rss() / 1024),
        "memory_grown_mb": round(grown / 1024),
    }  # fmt: skip
    met = {"per_second": told["per_second"] >= TARGET["per_second"], "errors": wrong == 0}
    return {**told, "target": TARGET, "met": met}


def _queued() -> tuple[int, int]:
    """Messages in the outbox, and to how many addresses."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute('SELECT count(*), count(DISTINCT "to") FROM delivery_message')
        messages, addresses = cursor.fetchone()
    return int(messages), int(addresses)


def _tell(told: dict[str, Any]) -> None:
    say = output.say
    say(f"[bold]notices[/] {told['recipients']} recipients, {told['database']}")
    for run in told["runs"]:
        good = all(run["met"].values())
        say(
            f"  {'[green]met[/]    ' if good else '[red]not met[/]'} {run['work']:<24} {run['queued']} queued, "
            f"{run['per_second']}/s {run['seconds']}, {run['memory_mb']} MB (+{run['memory_grown_mb']}), "
            f"{run['errors']} errors"
        )
