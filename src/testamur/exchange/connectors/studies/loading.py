"""Rows into the register by its own verbs, table after table. A row that a verb refuses is told and left out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from testamur.exchange.connectors.studies.columns import ENDED, RULES, SCALES, YES_NO
from testamur.exchange.connectors.studies.finding import UNKNOWN, Finder
from testamur.exchange.connectors.studies.reader import Line
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.law.results import Results
from testamur.register.curriculum import actions as curriculum
from testamur.register.curriculum.rules import CourseView, FinalRule, NewCourse, NewModule
from testamur.register.studies import actions as studies
from testamur.register.studies import queries as studies_read
from testamur.register.studies.rules import (
    Ended,
    NewCredit,
    NewExam,
    NewOccasion,
    NewRegistration,
    NewSignUp,
    RegistrationEnd,
)

DIFFERS = "import.studies.differs"
New = TypeVar("New")
Lines = Mapping[str, Sequence[Line]]


@dataclass(slots=True)
class Job:
    """An import under way. `counts`: table → ``new``, ``changed``, ``unchanged``, ``ended`` → rows."""

    by: Actor
    finder: Finder
    law: Results
    now: datetime
    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, table: str, what: str, rows: int, of: int) -> None:
        """`rows` of a table's `of` accepted ones did something; the others stood there."""
        self.counts[table].update({what: rows, "unchanged": of - rows})


def load(job: Job, lines: Lines) -> None:
    """All tables, each after those that it speaks of."""
    _courses(job, lines.get("courses", ()), lines.get("modules", ()))
    _occasions(job, lines.get("occasions", ()))
    _exams(job, lines.get("exams", ()))
    _registrations(job, lines.get("registrations", ()))
    _signups(job, lines.get("signups", ()))
    _credits(job, lines.get("credits", ()))


def _push(lines: list[Line], items: list[New], call: Callable[[list[New]], int]) -> int:
    """What the bulk verb says of the items; one that it refuses by number is told at its line and left out."""
    while items:
        try:
            return call(items)
        except Refused as no:
            index = no.found.get("index")
            if not isinstance(index, int):
                raise
            lines.pop(index).refuse(no.field, str(no), no.code)
            items.pop(index)
    return 0


# --- courses -----------------------------------------------------------------------------------


def _courses(job: Job, rows: Sequence[Line], module_rows: Sequence[Line]) -> None:
    modules: dict[str, list[NewModule]] = defaultdict(list)
    broken: set[str] = set()
    codes = {row.cells["code"] for row in rows}
    for row in module_rows:
        if row.cells["course"] not in codes:
            row.refuse("course", "the table of courses has no such course", UNKNOWN)
            continue
        part = _module(job, row)
        if part is None:
            broken.add(row.cells["course"])
        else:
            modules[row.cells["course"]].append(part)
    lines, new = [], []
    for row in rows:
        if row.cells["code"] in broken:
            row.refuse("code", "one of its modules cannot be read", "import.studies.module")
            continue
        made = _course(job, row, tuple(modules[row.cells["code"]]))
        if made is not None:
            lines.append(row)
            new.append(made)
    _add_courses(job, lines, new)


def _add_courses(job: Job, lines: list[Line], new: list[NewCourse]) -> None:
    fresh_lines, fresh, changed, same = [], [], 0, 0
    for line, one in zip(lines, new, strict=True):
        there = job.finder.courses.get(one.code)
        if there is None:
            fresh_lines.append(line)
            fresh.append(one)
        elif _meaning(one) != _kept(there):
            line.refuse("code", "there is such a course already, with other facts or modules", DIFFERS)
        elif one.discontinued_on != there.discontinued_on:
            curriculum.discontinue_course(by=job.by, course=there.id, on=one.discontinued_on, now=job.now)
            changed += 1
        else:
            same += 1
    added = _push(fresh_lines, fresh, lambda some: len(curriculum.add_courses(by=job.by, courses=some, now=job.now)))
    if lines:
        job.counts["courses"].update({"new": added, "changed": changed, "unchanged": same})
    if added or changed:
        job.finder.again()


def _meaning(new: NewCourse) -> tuple[object, ...]:
    parts = tuple((p.code, p.name, p.name_en, p.credits, p.scale, p.deciding, p.titled) for p in new.modules)
    return (new.name, new.name_en, new.credits, new.scale, new.final_rule, new.degree_project, parts)


def _kept(view: CourseView) -> tuple[object, ...]:
    parts = tuple((p.code, p.name, p.name_en, p.credits, p.scale, p.deciding, p.titled) for p in view.modules)
    return (view.name, view.name_en, view.credits, view.scale, view.final_rule, view.degree_project, parts)


def _module(job: Job, row: Line) -> NewModule | None:
    size, scale = row.amount("credits"), _scale(job, row)
    if size is None or not scale:
        return None
    cells = row.cells
    return NewModule(
        code=cells["code"],
        name=cells["name"],
        credits=size,
        scale=scale,
        deciding=bool(row.word("deciding", YES_NO)),
        name_en=cells["name_en"],
        titled=bool(row.word("titled", YES_NO)),
    )


def _course(job: Job, row: Line, modules: tuple[NewModule, ...]) -> NewCourse | None:
    size, scale, cells = row.amount("credits"), _scale(job, row), row.cells
    ended = row.day("discontinued_on") if cells["discontinued_on"] else None
    if size is None or not scale or (cells["discontinued_on"] and ended is None):
        return None
    rule = RULES.get(cells["final_rule"].casefold(), "") if cells["final_rule"] else "manual"
    if not rule:
        row.refuse("final_rule", f"no rule; accepted: {', '.join(RULES)}", "import.word.unknown")
        return None
    return NewCourse(
        code=cells["code"],
        name=cells["name"],
        credits=size,
        path=job.finder.university.path,
        name_en=cells["name_en"],
        scale=scale,
        final_rule=FinalRule(rule),
        degree_project=bool(row.word("degree_project", YES_NO)),
        discontinued_on=ended,
        modules=modules,
    )


def _scale(job: Job, row: Line) -> str:
    written = row.cells["scale"].strip()
    found = SCALES.get(written.upper(), written.upper())
    if found in job.law.scales:
        return found
    row.refuse("scale", f"no scale; accepted: {', '.join(job.law.scales)}", "import.word.unknown")
    return ""


# --- occasions and exams -----------------------------------------------------------------------


def _occasions(job: Job, rows: Sequence[Line]) -> None:
    lines, new, default = [], [], 100
    for row in rows:
        course, unit, term = job.finder.course(row), job.finder.unit(row), row.term()
        starts, ends = row.day("start_date"), row.day("end_date")
        if course is None or unit is None or not term or starts is None or ends is None:
            continue
        pace = row.table.whole(row.number, "pace", row.cells["pace"].removesuffix("%").strip())
        lines.append(row)
        new.append(
            NewOccasion(unit, course.id, row.cells["code"], term, starts, ends, default if pace is None else pace)
        )
    before = {one.id for one in job.finder.occasions}
    added = _push(
        lines, new, lambda some: _fresh(before, studies.add_occasions(by=job.by, occasions=some, now=job.now))
    )
    if rows:
        job.count("occasions", "new", added, len(lines))
        job.finder.again()


def _exams(job: Job, rows: Sequence[Line]) -> None:
    lines, new = [], []
    for row in rows:
        course, unit, day = job.finder.course(row), job.finder.unit(row), row.day("held_on")
        if course is None or unit is None or day is None:
            continue
        known, module = job.finder.module(row, course)
        if not known:
            continue
        anonymous = bool(row.word("anonymous", YES_NO))
        lines.append(row)
        new.append(NewExam(unit, course.id, module, row.cells["code"], row.cells["name"], day, anonymous))
    before = set(job.finder.exam_ids())
    added = _push(lines, new, lambda some: _fresh(before, studies.add_exams(by=job.by, exams=some, now=job.now)))
    if rows:
        job.count("exams", "new", added, len(lines))
        job.finder.again()


def _fresh(before: set[UUID], ids: Sequence[UUID]) -> int:
    return len(set(ids) - before)


# --- students ----------------------------------------------------------------------------------


def _students(job: Job, rows: Sequence[Line]) -> Iterator[tuple[Line, UUID, CourseView]]:
    """Rows whose student and course are known, with both."""
    numbers = job.finder.numbers(rows)
    for place, row in enumerate(rows):
        number = numbers.get(place)
        student = None if number is None else job.finder.student(row, number)
        course = None if student is None else job.finder.course(row)
        if student is not None and course is not None:
            yield row, student, course


def _registrations(job: Job, rows: Sequence[Line]) -> None:
    lines: list[Line] = []
    new: list[NewRegistration] = []
    for row, student, course in _students(job, rows):
        occasion = job.finder.occasion(row, course)
        day = None if occasion is None else row.day("registered_on")
        if occasion is not None and day is not None:
            lines.append(row)
            new.append(NewRegistration(student, occasion, day))
    ending = [
        (line, one) for line, one in zip(lines, new, strict=True) if line.cells["ended_on"] or line.cells["ended"]
    ]
    added = _push(lines, new, lambda some: studies.register_students(by=job.by, registrations=some, now=job.now))
    if rows:
        job.count("registrations", "new", added, len(lines))
    accepted = {id(line) for line in lines}
    _ends(job, [(line, one) for line, one in ending if id(line) in accepted])


def _ends(job: Job, some: Sequence[tuple[Line, NewRegistration]]) -> None:
    lines, ends = [], []
    for line, one in some:
        day, why = line.day("ended_on"), line.word("ended", ENDED)
        if day is None:
            continue
        if not why:
            line.refuse("ended", f"why did it end? accepted: {', '.join(ENDED)}", "import.word.unknown")
            continue
        lines.append(line)
        ends.append(RegistrationEnd(one.person, one.occasion, day, Ended(why)))
    ended = _push(lines, ends, lambda few: studies.end_registration(by=job.by, ends=few, now=job.now))
    if ended:
        job.counts["registrations"].update({"ended": ended})


def _signups(job: Job, rows: Sequence[Line]) -> None:
    lines, new = [], []
    came: dict[UUID, dict[UUID, bool]] = defaultdict(dict)
    for row, student, course in _students(job, rows):
        day = row.day("held_on")
        exam = None if day is None else job.finder.exam(row, course, day)
        if exam is None:
            continue
        lines.append(row)
        new.append(NewSignUp(exam, student, row.cells["anonymous_code"]))
        if row.cells["attended"]:
            came[exam][student] = bool(row.word("attended", YES_NO))
    added = _push(lines, new, lambda some: studies.sign_up(by=job.by, signups=some, now=job.now))
    noted = 0
    for exam, attended in came.items():
        signed_up = {one.person for one in studies_read.signups(exam=exam)}
        fitting = {person: did for person, did in attended.items() if person in signed_up}
        noted += studies.note_attendance(by=job.by, exam=exam, attended=fitting, now=job.now)
    if rows:
        job.count("signups", "new", added, len(lines))
    if noted:
        job.counts["signups"].update({"attendance": noted})


def _credits(job: Job, rows: Sequence[Line]) -> None:
    lines, new = [], []
    for row, student, course in _students(job, rows):
        known, module = job.finder.module(row, course)
        size = row.amount("credits") if known else None
        day: date | None = None if size is None else row.day("decided_on")
        if size is not None and day is not None:
            lines.append(row)
            new.append(NewCredit(student, course.id, module, size, day))
    added = _push(lines, new, lambda some: studies.note_credits(by=job.by, credits=some, now=job.now))
    if rows:
        job.count("credits", "new", added, len(lines))
