"""Whether what happened still stands when it is told, and what may be said of it.

For messages to those who may read a pupil's diary: who that is, is the caller's to know. A thing that was taken back,
hidden, withdrawn or replaced is left out. A constant number of queries for each part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from uuid import UUID

from django.utils import timezone

from testamur.register.people.queries import chunks
from testamur.schoolday.diary.models import Absence, Assessment, HealthNote, Leave, Lesson, Mark, Remark
from testamur.schoolday.diary.rules.notices import Happened
from testamur.schoolday.diary.rules.states import Circle, LessonState, Part

Told = dict[tuple[UUID, UUID], tuple[Happened, ...]]


def standing(*, part: Part, refs: Collection[tuple[UUID, UUID]]) -> Told:
    """(thing, pupil) → what stands of it; what no longer does is left out.

    A mark is named by its own id or, when a whole column was shown at once, by the column's. Homework is named by its
    lesson, which is of no pupil alone. Events are not of the diary.
    """
    read = _READ.get(part)
    return read(refs) if read is not None else {}


def _marks(refs: Collection[tuple[UUID, UUID]]) -> Told:
    found: dict[tuple[UUID, UUID], list[Happened]] = {}
    ids = {ref for ref, _pupil in refs}
    pupils = {pupil for _ref, pupil in refs}
    seen = Mark.objects.exclude(value="").filter(replaced_by__isnull=True, task__hidden=False, task__retired=False)
    fields = ("id", "task_id", "pupil_id", "value", "replaces_id", "task__subject", "task__on")
    rows = [row for chunk in chunks(ids) for row in seen.filter(id__in=chunk).values_list(*fields)]
    columns = [row for chunk in chunks(ids) for row in seen.filter(task__in=chunk).values_list(*fields)]
    for mark, _task, pupil, value, replaces, subject, on in rows:
        found.setdefault((mark, pupil), []).append(Happened(Part.MARKS, on, subject, value, again=replaces is not None))
    for _mark, task, pupil, value, replaces, subject, on in columns:
        if pupil in pupils:
            found.setdefault((task, pupil), []).append(
                Happened(Part.MARKS, on, subject, value, again=replaces is not None)
            )
    return {key: tuple(some) for key, some in found.items()}


def _absences(refs: Collection[tuple[UUID, UUID]]) -> Told:
    rows = [row for chunk in _chunks(refs) for row in Absence.objects.filter(id__in=chunk, void=False)]
    return {
        (row.id, row.pupil_id): (
            Happened(Part.ABSENCES, row.on, row.subject, row.kind, row.minutes, again=row.excused is not None),
        )
        for row in rows
    }


def _remarks(refs: Collection[tuple[UUID, UUID]]) -> Told:
    rows = [row for chunk in _chunks(refs) for row in Remark.objects.filter(id__in=chunk, withdrawn_at__isnull=True)]
    return {
        (row.id, row.pupil_id): (Happened(Part.REMARKS, row.on, row.subject, row.text, positive=row.positive),)
        for row in rows
    }


def _health(refs: Collection[tuple[UUID, UUID]]) -> Told:
    # what the head alone needs to know may be about those who would read the message
    open_ = HealthNote.objects.filter(ended_at__isnull=True).exclude(circle=Circle.HEAD)
    rows = [row for chunk in _chunks(refs) for row in open_.filter(id__in=chunk)]
    return {(row.id, row.pupil_id): (Happened(Part.HEALTH, row.starts),) for row in rows}


def _assessments(refs: Collection[tuple[UUID, UUID]]) -> Told:
    standing_ = Assessment.objects.filter(published_at__isnull=False)
    rows = [row for chunk in _chunks(refs) for row in standing_.filter(id__in=chunk).select_related("replaced_by")]
    return {
        (row.id, row.pupil_id): (
            Happened(
                Part.ASSESSMENTS,
                timezone.localdate(row.published_at),
                row.subject,
                row.value,
                again=row.replaces_id is not None,
            ),
        )
        for row in rows
        if row.published_at is not None and not _published_after(row)
    }


def _published_after(row: Assessment) -> bool:
    later = getattr(row, "replaced_by", None)
    return later is not None and later.published_at is not None


def _leaves(refs: Collection[tuple[UUID, UUID]]) -> Told:
    rows = [row for chunk in _chunks(refs) for row in Leave.objects.filter(id__in=chunk)]
    return {(row.id, row.pupil_id): (Happened(Part.LEAVE, row.first, value=row.state),) for row in rows}


def _homework(refs: Collection[tuple[UUID, UUID]]) -> Told:
    set_ = Lesson.objects.exclude(homework="").exclude(state=LessonState.CANCELLED)
    rows = {row.id: row for chunk in _chunks(refs) for row in set_.filter(id__in=chunk)}
    return {
        (ref, pupil): (Happened(Part.HOMEWORK, rows[ref].due or rows[ref].on, rows[ref].subject, rows[ref].homework),)
        for ref, pupil in refs
        if ref in rows
    }


def _chunks(refs: Collection[tuple[UUID, UUID]]) -> list[list[UUID]]:
    return list(chunks({ref for ref, _pupil in refs}))


_READ: Mapping[Part, Callable[[Collection[tuple[UUID, UUID]]], Told]] = {
    Part.MARKS: _marks,
    Part.ABSENCES: _absences,
    Part.REMARKS: _remarks,
    Part.HEALTH: _health,
    Part.ASSESSMENTS: _assessments,
    Part.HOMEWORK: _homework,
    Part.LEAVE: _leaves,
}
