"""What goes on at the demo's university: a term with exams, and result lists that wait for somebody to go on with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from testamur.access.accounts.queries.hats import actor as actor_of
from testamur.access.accounts.queries.hats import hats
from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor
from testamur.register.people import actions as people
from testamur.register.people.rules import Protection
from testamur.register.studies import actions as studies
from testamur.register.studies.rules import NewExam, NewOccasion, NewRegistration, NewSignUp
from testamur.schoolday.reporting import actions as reporting
from testamur.schoolday.reporting import steps
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import Desk, How, Source
from testamur.schoolday.reporting.rules.views import Entry, Incoming, NewList
from testamur.surfaces.cli import demo_university as university
from testamur.surfaces.cli import trial
from testamur.surfaces.cli.demo_university import Campus, Outcome
from testamur.trust.records import queries as kept
from testamur.trust.records.rules import State

if TYPE_CHECKING:
    from testamur.trust.records.render import Renderer

EARLIER = 12
"""Students of last term: both modules passed, and no final grade yet."""
UNREGISTERED = 2
GRADES = ("A", "B", "B", "C", "C", "C", "D", "D", "E", "E", "Fx", "F")


@dataclass(frozen=True, slots=True)
class Term:
    """A university in the middle of a term.

    Attributes:
        students: all, those of last term last.
        exam, maths: the exams of DV1574 (module 1405) and MA1441 (anonymous).
        records: documents of the list that waits for its signature; empty where none were made.
    """

    campus: Campus
    students: tuple[UUID, ...]
    exam: UUID
    maths: UUID
    records: tuple[UUID, ...] = ()


def build(
    by: Actor, *, count: int, data: Path, public_url: str, now: datetime, told: Callable[[str, int], None]
) -> Term:
    """The university with `count` students, its seal and log, and a term of studies."""
    campus = university.found(by, now, departments=("data",))
    trial.equip(by, campus.authority, data=data, public_url=public_url, now=now)
    source = university.invented_students(2034)
    new = [university.student(next(source)) for _ in range(count)]
    new[2] = replace(new[2], protection=Protection.PROTECTED_REGISTRATION)
    students = tuple(people.register_persons(by=by, path=campus.authority.path, persons=new, now=now))
    exam, maths = _studies(by, campus, students, now)
    _earlier(by, campus, students, now.date(), now)
    for desk in Desk:
        address = f"{desk.value}@provhogskolan.example.org"
        reporting.set_desk(by=by, path=campus.authority.path, desk=desk, email=address, now=now)
    told("students", count)
    return Term(campus, students, exam, maths)


def _studies(by: Actor, campus: Campus, students: Sequence[UUID], now: datetime) -> tuple[UUID, UUID]:
    """Occasions, registrations and exams of the term; two of those who sat the exam are registered for nothing."""
    data, today = campus.departments["data"].id, now.date()
    begins = today - timedelta(days=80)
    now_on, before = (begins, begins + timedelta(days=139)), (begins - timedelta(days=200), begins - timedelta(days=60))
    rows = [("DV1574", now_on), ("MA1441", now_on), ("PA2534", now_on), ("DV1574", before)]
    new = [
        NewOccasion(data, campus.courses[code].id, f"{_term(first)[-2]}45{n:02}", _term(first), first, last, pace=50)
        for n, (code, (first, last)) in enumerate(rows, start=1)
    ]
    database, maths, project, former = studies.add_occasions(by=by, occasions=new, now=now)
    here, earlier = students[:-EARLIER], students[-EARLIER:]
    registrations = [NewRegistration(one, database, begins) for one in here[:-UNREGISTERED]]
    registrations += [NewRegistration(one, maths, begins) for one in here[: len(here) // 3]]
    registrations += [NewRegistration(one, project, begins) for one in here[3:7]]
    registrations += [NewRegistration(one, former, before[0]) for one in earlier]
    studies.register_students(by=by, registrations=registrations, now=now)
    course, other = campus.courses["DV1574"].id, campus.courses["MA1441"].id
    written, calculus = campus.module("DV1574", "1405"), campus.module("MA1441", "2205")
    exam, hidden = studies.add_exams(
        by=by,
        exams=[
            NewExam(data, course, written, "T1405", "Salstentamen i databasteknik", today - timedelta(days=12)),
            NewExam(data, other, calculus, "T2205", "Salstentamen", today - timedelta(days=5), anonymous=True),
        ],
        now=now,
    )
    signups = [NewSignUp(exam, one) for one in here]
    signups += [NewSignUp(hidden, one, f"MA-{n:03}") for n, one in enumerate(here[: len(here) // 3], start=101)]
    studies.sign_up(by=by, signups=signups, now=now)
    return exam, hidden


def _term(day: date) -> str:
    told = university.period(day)
    return f"{day.year} {told.term}"


def _earlier(by: Actor, campus: Campus, students: Sequence[UUID], today: date, now: datetime) -> None:
    """What was decided before: the lab of most of this term's students, everything of those of last term."""
    here, earlier = students[:-EARLIER], students[-EARLIER:]
    rows = [Outcome(one, "DV1574", "1415", "G", today - timedelta(days=30)) for one in here[: len(here) * 7 // 10]]
    for place, one in enumerate(earlier):
        day = today - timedelta(days=150)
        rows.append(Outcome(one, "DV1574", "1405", GRADES[place % 10], day))
        rows.append(Outcome(one, "DV1574", "1415", "G", day - timedelta(days=20)))
    university.decided(by, campus, rows, unit="data", examiner="examiner", now=now)


def report(by: Actor, term: Term, *, renderer: Callable[[], Renderer], public_url: str, now: datetime) -> Term:
    """Lists at every stage: half graded, anonymous, a degree project, and one that waits for its signature."""
    teacher, examiner = _as(term, "teacher", now), _as(term, "examiner", now)
    _half_graded(teacher, term, now)
    _open(teacher, term, "MA1441", "2205", now, exam=term.maths)
    _project(teacher, term, now)
    ends = now.date() + timedelta(days=365)
    path = term.campus.departments["data"].path
    reporting.subscribe(by=examiner, course_code="DV1574", path=path, ends=ends, how=How.DAILY, now=now)
    sent = _sent(teacher, term, now)
    steps.prepare(by=by, list=sent, renderer=renderer(), public_url=public_url, test=True, clock=clock.now)
    ready = kept.records(by=by, path=path, state=State.READY)
    return replace(term, records=tuple(one.id for one in ready))


def _as(term: Term, name: str, now: datetime) -> Actor:
    """Somebody of the staff with what the post allows, and nothing else."""
    person = term.campus.staff[name]
    worn = next(iter(hats(person=person, on=now.date())))
    return actor_of(worn, person=person, identified_by="simulated")


def _open(
    by: Actor, term: Term, course: str, module: str, now: datetime, *, exam: UUID | None = None,
    titles: tuple[str, str] = ("", ""),
) -> UUID:  # fmt: skip
    campus = term.campus
    new = NewList(
        unit=campus.departments["data"].id,
        course=campus.courses[course].id,
        module=campus.module(course, module),
        exam=exam,
        title=titles[0],
        title_en=titles[1],
    )
    return reporting.open_list(by=by, new=new, now=now)


def _half_graded(by: Actor, term: Term, now: datetime) -> None:
    """The exam of DV1574 on its way: two thirds have a grade, and somebody who sat it is not registered."""
    random = Random(1405)  # noqa: S311 - invented grades, the same each time
    made = _open(by, term, "DV1574", "1405", now, exam=term.exam)
    seen = lists.view(by=by, list=made, now=now)
    chosen = seen.rows[: len(seen.rows) * 2 // 3]
    entries = [Entry(row.id, value=random.choice(GRADES), points=str(random.randint(8, 40))) for row in chosen]
    reporting.save_rows(by=by, list=made, entries=entries, revision=seen.head.revision, now=now)


def _project(by: Actor, term: Term, now: datetime) -> None:
    """A degree project of two authors, graded and not yet sent."""
    titles = ("Påhittade register som går att lita på", "Invented Registers That Can Be Trusted")
    made = _open(by, term, "PA2534", "4001", now, titles=titles)
    day = now.date() - timedelta(days=4)
    authors = [Incoming(one, value="G", examined_on=day) for one in term.students[3:5]]
    reporting.add_students(by=by, list=made, incoming=authors, source=Source.SINGLE, now=now)


def _sent(by: Actor, term: Term, now: datetime) -> UUID:
    """The lab of those who were late with it, graded and sent to the examiner."""
    made = _open(by, term, "DV1574", "1415", now)
    day = now.date() - timedelta(days=3)
    incoming = [Incoming(one, value="G", examined_on=day) for one in _late(term)]
    reporting.add_students(by=by, list=made, incoming=incoming, source=Source.REGISTERED, now=now)
    revision = lists.head(by=by, list=made).revision
    reporting.send(by=by, list=made, examiner=term.campus.staff["examiner"], revision=revision, now=now)
    return made


def _late(term: Term) -> Sequence[UUID]:
    """Those whose lab was not decided before."""
    here = term.students[:-EARLIER]
    return here[len(here) * 7 // 10 : -UNREGISTERED]


def who(term: Term) -> list[tuple[str, UUID, str]]:
    """Whom to log in as: (role, person, place)."""
    place, whole = term.campus.departments["data"].name, term.campus.authority.name
    names = (
        ("teacher", "teacher", place), ("examiner", "examiner", place), ("programme office", "administrator", place),
        ("registrar", "registrar", whole), ("rector", "rector", whole),
    )  # fmt: skip
    found = [(role, term.campus.staff[name], where) for role, name, where in names]
    return [*found, ("student", _late(term)[0], whole)]
