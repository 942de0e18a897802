"""Everything that the diary holds of one pupil, for the pupil's own extract; without who wrote it.

Each section needs ``keeping.extract.see`` for the person.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.schoolday.diary.models import Absence, AbsenceChange, Assessment, HealthNote, Leave, Mark, Remark, Visit
from testamur.schoolday.diary.rules.states import Circle

SEE = "keeping.extract.see"


def marks(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """Marks, those of columns that the family does not see yet left out."""
    by.must(SEE, person=person)
    rows = Mark.objects.filter(pupil=person).exclude(task__hidden=True, task__shown_at__isnull=True)
    yield _sheet("marks", rows.order_by("task__on", "made_at"), {
        "school": "task__school", "date": "task__on", "subject": "task__subject", "kind": "task__kind",
        "title": "task__title", "value": "value", "comment": "comment", "written": "made_at",
    })  # fmt: skip


def attendance(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - as above
    """Absences with their history, reports and requests for leave."""
    by.must(SEE, person=person)
    yield _sheet("attendance", Absence.objects.filter(pupil=person).order_by("on", "id"), {
        "school": "school", "date": "on", "subject": "subject", "kind": "kind", "minutes": "minutes",
        "excused": "excused", "ground": "ground", "by_mistake": "void", "written": "made_at",
    })  # fmt: skip
    changes = AbsenceChange.objects.filter(absence__pupil=person).order_by("id")
    yield _sheet("attendance_history", changes, {"date": "absence__on", "changed": "at"})
    yield _sheet("leaves", Leave.objects.filter(pupil=person).order_by("asked_at"), {
        "school": "school", "kind": "kind", "ground": "ground", "first": "first", "last": "last", "text": "text",
        "asked": "asked_at", "state": "state", "decided": "decided_at", "why": "why",
    })  # fmt: skip


def remarks(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - as above
    """Remarks and praise, those that were withdrawn too."""
    by.must(SEE, person=person)
    yield _sheet("remarks", Remark.objects.filter(pupil=person).order_by("on", "id"), {
        "school": "school", "date": "on", "subject": "subject", "kind": "kind", "praise": "positive", "text": "text",
        "written": "made_at", "withdrawn": "withdrawn_at", "why": "why",
    })  # fmt: skip


def health(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - as above
    """Health notes, those that ended too; those for the head alone are left out (`for_the_head` counts them)."""
    by.must(SEE, person=person)
    notes = HealthNote.objects.filter(pupil=person).exclude(circle=Circle.HEAD)
    yield _sheet("health", notes.order_by("starts", "id"), {
        "school": "school", "kind": "kind", "text": "text", "for": "circle", "starts": "starts", "ends": "ends",
        "written": "made_at", "ended": "ended_at",
    })  # fmt: skip


def assessments(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """Written assessments that the family sees, and up to when the person has seen the parts of diaries."""
    by.must(SEE, person=person)
    told = Assessment.objects.filter(pupil=person, published_at__isnull=False, published_at__lte=now)
    yield _sheet("assessments", told.order_by("published_at"), {
        "school": "school", "subject": "subject", "value": "value", "text": "text", "plan": "plan",
        "published": "published_at",
    })  # fmt: skip
    yield _sheet("parts_seen", Visit.objects.filter(person=person).order_by("seen_at"), {
        "part": "part", "seen": "seen_at",
    })  # fmt: skip


def for_the_head(person: UUID) -> int:
    """How many health notes about a pupil are for the head alone: an extract says that they were left out."""
    return HealthNote.objects.filter(pupil=person, circle=Circle.HEAD).count()


def _sheet(name: str, rows: QuerySet[Any], columns: dict[str, str]) -> Sheet:
    return Sheet(name, tuple(columns), rows.values_list(*columns.values()).iterator(chunk_size=2000))
