"""Everything that the diary holds of one school, row by row, for giving it out. Memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.diary.models import (
    Absence,
    AbsenceChange,
    Assessment,
    HealthNote,
    Leave,
    Lesson,
    Mark,
    Remark,
    Task,
)

ALL = "diary.export.all"
HEALTH = "diary.health.see"
_CHUNK = 2000


def sheets(*, by: Actor, school: UUID, path: str) -> Iterator[Sheet]:
    """The tables of a school, history and what was taken back too. Health only for whoever sees all of it there.

    Needs ``diary.export.all`` at the school. Persons and groups stand as ids: names are the caller's to add, and what
    is about somebody whom `by` may not see is the caller's to leave out.
    """
    by.must(ALL, path)
    yield _sheet("lessons", Lesson.objects.filter(school=school).order_by("on", "starts", "id"), {
        "lesson": "id", "group_id": "group_id", "date": "on", "number": "number", "starts": "starts", "ends": "ends",
        "subject": "subject", "teacher": "teacher", "state": "state", "topic": "topic", "homework": "homework",
        "due": "due", "note": "note", "taken_at": "taken_at", "taken_by": "taken_by",
    })  # fmt: skip
    yield _sheet("tasks", Task.objects.filter(school=school).order_by("on", "made_at", "id"), {
        "task": "id", "group_id": "group_id", "subject": "subject", "term": "term__code", "kind": "kind",
        "closes": "closes", "title": "title", "date": "on", "weight": "weight", "hidden": "hidden",
        "shown_at": "shown_at", "retired": "retired", "made_by": "made_by", "made_at": "made_at",
    })  # fmt: skip
    yield from _marks(school)
    yield from _absences(school)
    yield from _notes(school)
    if by.may(HEALTH, path):
        yield _sheet("health", HealthNote.objects.filter(school=school).order_by("starts", "id"), {
            "note": "id", "pupil": "pupil_id", "kind": "kind", "text": "text", "circle": "circle", "starts": "starts",
            "ends": "ends", "made_by": "made_by", "made_at": "made_at", "ended_by": "ended_by", "ended_at": "ended_at",
        })  # fmt: skip


def _marks(school: UUID) -> Iterator[Sheet]:
    rows = Mark.objects.filter(task__school=school)
    standing = rows.filter(replaced_by__isnull=True, task__retired=False).exclude(value="")
    yield _sheet("marks", standing.order_by("task__on", "task__made_at", "task_id", "id"), {
        "mark": "id", "task": "task_id", "pupil": "pupil_id", "group_id": "task__group_id",
        "subject": "task__subject", "kind": "task__kind", "date": "task__on", "term": "task__term__code",
        "value": "value", "title": "task__title", "comment": "comment", "weight": "task__weight",
        "hidden": "task__hidden", "made_by": "made_by", "made_at": "made_at",
    })  # fmt: skip
    yield _sheet("mark_history", rows.order_by("made_at", "id"), {
        "mark": "id", "task": "task_id", "pupil": "pupil_id", "value": "value", "comment": "comment",
        "made_by": "made_by", "made_at": "made_at", "replaces": "replaces_id",
    })  # fmt: skip


def _absences(school: UUID) -> Iterator[Sheet]:
    columns = {
        "absence": "id", "pupil": "pupil_id", "group_id": "group_id", "date": "on", "lesson": "lesson__number",
        "lesson_id": "lesson_id", "subject": "subject", "kind": "kind", "minutes": "minutes", "weight": "weight",
        "excused": "excused", "ground": "ground", "leave": "leave_id", "made_by": "made_by", "made_at": "made_at",
        "changed_at": "changed_at",
    }  # fmt: skip
    rows = Absence.objects.filter(school=school).order_by("on", "lesson__starts", "lesson_id", "id")
    yield _sheet("absences", rows.filter(void=False), columns)
    yield _sheet("absences_void", rows.filter(void=True), columns)
    changes = AbsenceChange.objects.filter(absence__school=school).order_by("id")
    yield _sheet("absence_history", changes, {
        "absence": "absence_id", "pupil": "absence__pupil_id", "at": "at", "by": "by", "before": "before",
    })  # fmt: skip
    yield _sheet("leaves", Leave.objects.filter(school=school).order_by("asked_at", "id"), {
        "leave": "id", "pupil": "pupil_id", "kind": "kind", "ground": "ground", "first": "first", "last": "last",
        "from_time": "from_time", "to_time": "to_time", "text": "text", "days": "days", "asked_by": "asked_by",
        "asked_at": "asked_at", "consents": "consents", "approver": "approver", "state": "state",
        "decided_by": "decided_by", "decided_at": "decided_at", "why": "why",
    })  # fmt: skip


def _notes(school: UUID) -> Iterator[Sheet]:
    columns = {
        "remark": "id", "pupil": "pupil_id", "group_id": "group_id", "date": "on", "subject": "subject",
        "kind": "kind", "positive": "positive", "text": "text", "lesson_id": "lesson_id", "made_by": "made_by",
        "made_at": "made_at", "withdrawn_at": "withdrawn_at", "withdrawn_by": "withdrawn_by", "why": "why",
    }  # fmt: skip
    rows = Remark.objects.filter(school=school).order_by("on", "made_at", "id")
    yield _sheet("remarks", rows.filter(withdrawn_at__isnull=True), columns)
    yield _sheet("remarks_withdrawn", rows.filter(withdrawn_at__isnull=False), columns)
    yield _sheet("assessments", Assessment.objects.filter(school=school).order_by("made_at", "id"), {
        "assessment": "id", "pupil": "pupil_id", "group_id": "group_id", "subject": "subject", "term": "term__code",
        "value": "value", "text": "text", "plan": "plan", "version": "version", "made_by": "made_by",
        "made_at": "made_at", "changed_at": "changed_at", "published_at": "published_at", "replaces": "replaces_id",
    })  # fmt: skip


def _sheet(name: str, rows: QuerySet[Any], columns: dict[str, str]) -> Sheet:
    """A table of those columns; whoever stands in ``pupil`` is whom its rows are about."""
    found = rows.values_list(*columns.values()).iterator(chunk_size=_CHUNK)
    return Sheet(name, tuple(columns), found, about=("pupil",) if "pupil" in columns else ())
