"""Students come into a list and are graded."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal import actions as journal
from testamur.law.results import Results
from testamur.register.people.actions import bulk
from testamur.register.studies import queries as studies
from testamur.schoolday.reporting.actions.incoming import bring
from testamur.schoolday.reporting.actions.lists import check_exam, follows, hides, of_exam
from testamur.schoolday.reporting.models import ListRow, ResultList
from testamur.schoolday.reporting.queries import final
from testamur.schoolday.reporting.queries.law import results_of
from testamur.schoolday.reporting.queries.reach import WRITE, draft
from testamur.schoolday.reporting.queries.versions import cells
from testamur.schoolday.reporting.rules.cells import RowChanged, RowGone, accepted, parse_date, parse_points
from testamur.schoolday.reporting.rules.lists import AT_ONCE, Anonymous, TooMany, WrongExam
from testamur.schoolday.reporting.rules.states import ListKind, Source
from testamur.schoolday.reporting.rules.views import Entry, Faulty, Fetched, Incoming, Saved

_WRITTEN = ("value", "examined_on", "points", "automatic", "graded_by", "graded_at", "revision")
_FIELDS = ("value", "examined_on", "points")


@transaction.atomic
def add_students(*, by: Actor, list: UUID, incoming: Sequence[Incoming], source: Source, now: datetime) -> Fetched:
    """Bring students into a draft from any source; sources combine, and a student twice is there once (row B23).

    A grade, date or points that come along fill empty cells only: what stands is counted as `kept`. A student whom the
    university does not know is told in `unknown`. In a whole-course list a grade that follows by rule is filled in
    (B17). Needs ``reporting.list.write`` at the list, or to be a grader of it. Raises NotFound, `ListFrozen`,
    `TooMany`, `Anonymous`, `CorrectionsAlone`. Journal: ``reporting.list.students_added/1``, none when
    nothing changed.
    """
    row = draft(by, WRITE, list)
    return _bring(by, row, incoming, source, now)


@transaction.atomic
def add_student(*, by: Actor, list: UUID, person: UUID, now: datetime) -> Fetched:
    """Bring one student into a draft. Needs, raises and journals as `add_students`."""
    row = draft(by, WRITE, list)
    return _bring(by, row, [Incoming(person)], Source.SINGLE, now)


@transaction.atomic
def fetch_registered(*, by: Actor, list: UUID, occasion: UUID | None = None, term: str = "", now: datetime) -> Fetched:
    """Bring who is registered for an occasion of the course, or for any of a term; without both for the list's own.

    Needs, raises and journals as `add_students`; `WrongExam` for an occasion of another course.
    """
    row = draft(by, WRITE, list)
    if term:
        students: Sequence[UUID] = studies.registered_in(course=row.course, term=term)
    else:
        wanted = occasion or row.occasion
        found = studies.occasion(wanted) if wanted is not None else None
        if found is None or found.course != row.course:
            raise WrongExam("The course has no such occasion.", field="occasion")
        students = studies.registered(occasion=found.id)
    return _bring(by, row, [Incoming(one) for one in students], Source.REGISTERED, now)


@transaction.atomic
def fetch_exam(*, by: Actor, list: UUID, exam: UUID, now: datetime) -> Fetched:
    """Bring who signed up for an exam, with its date where none stands (row B18), but for those known to be away.

    An anonymous exam fills an empty list, which is anonymous from then on. Needs, raises and journals as
    `add_students`; NotFound, `WrongExam` for another course's or module's exam.
    """
    row = draft(by, WRITE, list)
    found = check_exam(exam, course=row.course, module=row.module)
    if row.anonymous and row.exam != exam:
        raise Anonymous("The list is anonymous: it holds one exam alone.", field="exam")
    if hides(found) and not row.anonymous:
        if ListRow.objects.filter(list=row).exists():
            raise Anonymous("Students of an anonymous exam come into an empty list alone.", field="exam")
        row.anonymous, row.exam = True, exam
        row.save(update_fields=["anonymous", "exam"])
    return _bring(by, row, of_exam(found), Source.EXAM, now)


@transaction.atomic
def save_rows(*, by: Actor, list: UUID, entries: Sequence[Entry], revision: int, now: datetime) -> Saved:
    """Save what was typed; each cell that cannot be saved is told and keeps what it held, all others are saved.

    `revision` is that of the list as it was seen: a row that somebody else wrote in since is not written over
    (``reporting.row.changed``, with who and what). Rows marked to leave go (row B40). Dates are ISO dates that are not
    ahead, points numbers, grades what the pack reads (``accepted`` says what). Needs ``reporting.list.write`` at the
    list, or to be a grader of it. Raises NotFound, `ListFrozen`, `TooMany`. Journal: one ``reporting.list.saved/1``
    with each changed row's grade, date and points, none when nothing changed.
    """
    if len(entries) > AT_ONCE:
        raise TooMany(f"At most {AT_ONCE} rows at a time.", field="entries")
    row = draft(by, WRITE, list)
    saving = _Saving(by, row, revision, now)
    for entry in entries:
        saving.take(entry)
    if not saving.changed and not saving.left:
        return Saved(row.revision, 0, 0, tuple(saving.faulty))
    saving.write()
    journal.append(
        by=by,
        kind="reporting.list.saved/1",
        path=row.path,
        refs={
            "list": str(row.id),
            "number": row.number,
            "revision": row.revision,
            "cells": [[str(key), *cells(one)] for key, one in saving.changed.items()],
            "left": [[str(key), str(one.person)] for key, one in saving.left.items()],
        },
        now=now,
    )
    return Saved(row.revision, len(saving.changed), len(saving.left), tuple(saving.faulty))


def _bring(by: Actor, row: ResultList, incoming: Sequence[Incoming], source: Source, now: datetime) -> Fetched:
    finals = _finals(row, incoming)
    some = [finals.get(one.person, one) for one in incoming]
    came = bring(by, row, some, source, now, automatic=finals.keys())
    if came.rows or came.cells:
        journal.append(
            by=by,
            kind="reporting.list.students_added/1",
            path=row.path,
            refs={
                "list": str(row.id),
                "number": row.number,
                "source": source.value,
                "revision": row.revision,
                **came.refs(),
            },
            now=now,
        )
    return came.told()


def _finals(row: ResultList, incoming: Sequence[Incoming]) -> dict[UUID, Incoming]:
    """Of a whole-course list: those who come without a grade and whose final grade follows by rule (row B17)."""
    bare = [one.person for one in incoming if not one.value]
    if row.kind != ListKind.COURSE or not bare:
        return {}
    told = final.ready(course=row.course, path=row.path, students=bare)
    return {student: follows(student, grade) for student, (grade, _modules) in told.items() if grade.value}


class _Saving:
    """One save of one draft: takes entries, remembers what changed, writes it with one statement."""

    def __init__(self, by: Actor, row: ResultList, revision: int, now: datetime) -> None:
        self._by, self._row, self._seen, self._now = by, row, revision, now
        self._law: Results = results_of(row.pack)
        self._rows = {one.id: one for one in ListRow.objects.filter(list=row)}
        self.changed: dict[UUID, ListRow] = {}
        self.left: dict[UUID, ListRow] = {}
        self.faulty: list[Faulty] = []

    def take(self, entry: Entry) -> None:
        """Weigh one entry."""
        row = self._rows.get(entry.row)
        if row is None or row.id in self.left:
            self._refuse(entry.row, "row", RowGone("This student left the list.", field="row"))
            return
        typed = self._typed(entry)
        wanted = {name: value for name, value in typed.items() if getattr(row, name) != value}
        if not wanted and not entry.leaves:
            return
        if row.revision > self._seen and row.graded_by not in {None, self._by.id}:
            self._stale(row, wanted or {"leaves": True})
        elif entry.leaves:
            self.changed.pop(row.id, None)
            self.left[row.id] = row
        else:
            if "value" in wanted:
                row.automatic = False
            for name, value in wanted.items():
                setattr(row, name, value)
            self.changed[row.id] = row

    def write(self) -> None:
        """Write all that changed, and move the list's revision on."""
        self._row.revision += 1
        self._row.save(update_fields=["revision"])
        for row in self.changed.values():
            row.graded_by, row.graded_at, row.revision = self._by.id, self._now, self._row.revision
        names = (*_WRITTEN, "id")
        bulk.update(ListRow, _WRITTEN, [tuple(getattr(one, n) for n in names) for one in self.changed.values()])
        if self.left:
            ListRow.objects.filter(list=self._row, id__in=[*self.left]).delete()

    def _typed(self, entry: Entry) -> dict[str, Any]:
        """The cells that were typed and can be read, in normal form."""
        found: dict[str, Any] = {}
        for name in _FIELDS:
            text = getattr(entry, name)
            if text is None:
                continue
            try:
                found[name] = self._read(name, text)
            except Refused as refused:
                self._refuse(entry.row, name, refused)
        return found

    def _read(self, name: str, text: str) -> str | date | None:
        if name == "examined_on":
            return parse_date(text, self._now.date())
        if name == "points":
            return parse_points(text)
        return self._law.normalise(self._row.scale, text) if text.strip() else ""

    def _refuse(self, row: UUID, name: str, refused: Refused) -> None:
        self.faulty.append(Faulty(row, name, refused.code, str(refused), accepted(refused.found)))

    def _stale(self, row: ListRow, wanted: dict[str, Any]) -> None:
        """A colleague was faster: what stands is shown beside what was typed."""
        message = "A colleague wrote in this row since you opened the list. Look at it, and write again if need be."
        for name in wanted:
            self.faulty.append(
                Faulty(row.id, name, RowChanged.code, message, by=row.graded_by, stands=cells(row), at=row.graded_at)
            )
