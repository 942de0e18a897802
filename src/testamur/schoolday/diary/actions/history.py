"""Taking over years of diary at once: for schools that come with a history, and for measuring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions import bulk
from testamur.register.people.rules import common_path, ids_digest
from testamur.schoolday.diary.models import Absence, Lesson, Mark, Task
from testamur.schoolday.diary.rules.history import Loaded, PastClass
from testamur.schoolday.diary.rules.states import AbsenceKind, LessonState

IMPORT = "diary.import.load"
_LESSON = (
    "id", "school", "path", "group", "subject", "slot", "teacher", "on", "number", "starts", "ends", "topic",
    "homework", "due", "note", "state", "taken_at", "taken_by", "version",
    "room",
)  # fmt: skip
_ABSENCE = (
    "id", "lesson", "pupil", "school", "group", "subject", "on", "kind", "minutes", "weight", "excused", "ground",
    "leave", "void", "made_at", "made_by", "changed_at",
)  # fmt: skip
_TASK = (
    "id", "school", "path", "group", "subject", "term", "kind", "closes", "title", "on", "weight", "hidden", "shown_at",
    "retired", "made_by", "made_at",
)  # fmt: skip
_MARK = ("id", "task", "pupil", "value", "comment", "made_by", "made_at", "replaces")
Row = tuple[Any, ...]


@transaction.atomic
def load_history(*, by: Actor, history: Iterable[PastClass], now: datetime) -> Loaded:
    """Write what classes wrote in times past, all or nothing; values and pupils are the caller's to have checked.

    Nobody is told of it. Needs ``diary.import.load`` at every class. A class at a time is held in memory. Journal: one
    ``diary.history.loaded/1`` with the counts and a digest of the columns' ids.
    """
    paths: set[str] = set()
    columns: list[UUID] = []
    counts = Loaded()
    for one in history:
        by.must(IMPORT, one.path)
        paths.add(one.path)
        columns += [column.id for column in one.columns]
        counts = _added(counts, _write(one))
    journal.append(
        by=by, kind="diary.history.loaded/1", path=common_path(paths), now=now,
        refs={"sha256": ids_digest(columns), **asdict(counts)},
    )  # fmt: skip
    return counts


def _write(one: PastClass) -> Loaded:
    absences, marks = list(_absences(one)), list(_marks(one))
    bulk.insert(Lesson, _LESSON, _lessons(one))
    bulk.insert(Absence, _ABSENCE, absences)
    bulk.insert(Task, _TASK, _tasks(one))
    bulk.insert(Mark, _MARK, marks)
    return Loaded(len(one.lessons), len(absences), len(one.columns), len(marks))


def _lessons(one: PastClass) -> Iterator[Row]:
    for row in one.lessons:
        yield (
            row.id, one.school, one.path, one.group, row.subject, None, row.teacher, row.on, row.number, row.starts,
            row.ends, row.topic, "", None, "", LessonState.TAKEN.value, _at(row.on), row.teacher, 1, "",
        )  # fmt: skip


def _absences(one: PastClass) -> Iterator[Row]:
    for row in one.lessons:
        at = _at(row.on)
        for pupil, excused in row.absent:
            yield (
                new_id(), row.id, pupil, one.school, one.group, row.subject, row.on, AbsenceKind.ABSENT.value, None,
                one.weight, excused, "", None, False, at, row.teacher, at,
            )  # fmt: skip


def _tasks(one: PastClass) -> Iterator[Row]:
    for row in one.columns:
        yield (
            row.id, one.school, one.path, one.group, row.subject, row.term, row.kind, row.closes, row.title, row.on,
            Decimal(1), False, None, False, row.teacher, _at(row.on),
        )  # fmt: skip


def _marks(one: PastClass) -> Iterator[Row]:
    for row in one.columns:
        at = _at(row.on)
        yield from ((new_id(), row.id, pupil, value, "", row.teacher, at, None) for pupil, value in row.marks)


def _at(on: date) -> datetime:
    """Noon of a day: of the past, no more is known."""
    return datetime.combine(on, time(12), tzinfo=UTC)


def _added(one: Loaded, other: Loaded) -> Loaded:
    pairs: Sequence[tuple[str, int]] = list(asdict(one).items())
    return Loaded(**{name: count + getattr(other, name) for name, count in pairs})
