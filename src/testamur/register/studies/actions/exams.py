"""Adding exams, signing up for them, noting who came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions import bulk
from testamur.register.people.actions.checks import unless_conflict
from testamur.register.people.queries import chunks
from testamur.register.people.rules import common_path, ids_digest
from testamur.register.studies.actions.checks import Values, fresh, known_courses, known_persons, places
from testamur.register.studies.models import Exam, SignUp
from testamur.register.studies.rules import NewExam, NewSignUp

_FIELDS = ("id", "exam", "person", "anonymous_code", "attended")


class ExamDiffers(Refused):
    """The course has an exam of that code on that day already, of another module, name or kind; or it has no name."""

    code = "studies.exam.differs"


class SignUpDiffers(Refused):
    """The student is signed up already, with another anonymous code."""

    code = "studies.signup.differs"


class CodeTaken(Refused):
    """Two scripts of an exam would bear the same anonymous code."""

    code = "studies.signup.code_taken"


@transaction.atomic
def add_exams(*, by: Actor, exams: Sequence[NewExam], now: datetime) -> list[UUID]:
    """Add exams and return their ids in order; one that stands there already keeps its id.

    Needs ``studies.exam.add`` at each unit's path. Raises ``not_found`` and ``studies.exam.differs``. Journal:
    ``studies.exams.added/1``, unless all stood there.
    """
    paths = places(by, "studies.exam.add", [new.unit for new in exams])
    known_courses([(new.course, new.module) for new in exams])
    ids: dict[Values, UUID] = {}
    kept: dict[Values, Values] = {}
    for row in Exam.objects.filter(course__in={new.course for new in exams}):
        key = (row.course_id, row.code, row.held_on)
        ids[key], kept[key] = row.id, (row.unit_id, row.module_id, row.name, row.anonymous)
    asked: list[tuple[Values, Values]] = [(_key(new), (new.unit, new.module, new.name, new.anonymous)) for new in exams]
    for index, new in enumerate(exams):
        if not (new.code.strip() and new.name.strip()):
            raise ExamDiffers("An exam has a code and a name.", field="name", index=index)
    rows = []
    for index in fresh(asked, kept, _other_exam):
        new = exams[index]
        rows.append(_row(new, paths[new.unit]))
        ids[_key(new)] = rows[-1].id
    if rows:
        with unless_conflict(_other_exam()):
            Exam.objects.bulk_create(rows)
        journal.append(
            by=by,
            kind="studies.exams.added/1",
            path=common_path({row.path for row in rows}),
            now=now,
            refs={"count": len(rows), "digest": ids_digest(row.id for row in rows)},
        )
    return [ids[_key(new)] for new in exams]


@transaction.atomic
def sign_up(*, by: Actor, signups: Sequence[NewSignUp], now: datetime) -> int:
    """Sign students up for exams; returns how many rows are new or got the code that they lacked. All or none.

    Needs ``studies.signup.add`` at each exam's path. Raises ``not_found``, ``studies.signup.differs`` (another code)
    and ``studies.signup.code_taken``. Journal: ``studies.signups.added/1``, unless all stood there.
    """
    paths = _places(by, "studies.signup.add", [new.exam for new in signups])
    known_persons([new.person for new in signups])
    rows = _rows(set(paths))
    # a code that comes later fills the empty place; a call that says no code leaves the one that is there
    wanted = {(new.exam, new.person): new.anonymous_code for new in signups if new.anonymous_code}
    kept: dict[tuple[UUID, UUID], Values] = {
        key: (row.anonymous_code or wanted.get(key, ""),) for key, row in rows.items()
    }
    asked: list[tuple[tuple[UUID, UUID], Values]] = []
    for new in signups:
        key = (new.exam, new.person)
        here = rows[key].anonymous_code if key in rows else ""
        asked.append((key, (new.anonymous_code or here or wanted.get(key, ""),)))
    _check_codes(asked, rows)
    added = [asked[index] for index in fresh(asked, kept, _other_code)]
    filled = [(wanted[key], row.id) for key, row in rows.items() if not row.anonymous_code and key in wanted]
    new_rows = [(new_id(), exam, person, code, None) for (exam, person), (code,) in added]
    if not (new_rows or filled):
        return 0
    with unless_conflict(CodeTaken("Two scripts would bear the same code.", field="anonymous_code")):
        bulk.insert(SignUp, _FIELDS, new_rows)
        bulk.update(SignUp, ("anonymous_code",), filled)
    ids = [row[0] for row in new_rows] + [row[1] for row in filled]
    journal.append(
        by=by,
        kind="studies.signups.added/1",
        path=common_path(set(paths.values())),
        now=now,
        refs={"count": len(ids), "digest": ids_digest(ids)},
    )
    return len(ids)


@transaction.atomic
def note_attendance(*, by: Actor, exam: UUID, attended: Mapping[UUID, bool], now: datetime) -> int:
    """Note who came to an exam (by person); returns how many differ from before.

    Needs ``studies.signup.note`` at the exam's path. Raises ``not_found`` for an exam, or for somebody who was not
    signed up. Journal: ``studies.attendance.noted/1``, unless nothing differs.
    """
    paths = _places(by, "studies.signup.note", [exam])
    rows = _rows({exam})
    changed = []
    for person, came in attended.items():
        row = rows.get((exam, person))
        if row is None:
            raise NotFound("The student is not signed up for the exam.", field="person")
        if row.attended is not came:
            changed.append((came, row.id))
    if changed:
        bulk.update(SignUp, ("attended",), changed)
        journal.append(
            by=by,
            kind="studies.attendance.noted/1",
            path=paths[exam],
            now=now,
            refs={"exam": str(exam), "count": len(changed), "digest": ids_digest(row[1] for row in changed)},
        )
    return len(changed)


def _key(new: NewExam) -> Values:
    return (new.course, new.code, new.held_on)


def _row(new: NewExam, path: str) -> Exam:
    return Exam(
        id=new.id or new_id(),
        unit_id=new.unit,
        path=path,
        course_id=new.course,
        module_id=new.module,
        code=new.code,
        name=new.name,
        held_on=new.held_on,
        anonymous=new.anonymous,
    )


def _places(by: Actor, verb: str, exams: Sequence[UUID]) -> dict[UUID, str]:
    wanted = list(dict.fromkeys(exams))
    paths = dict(Exam.objects.filter(id__in=wanted).values_list("id", "path"))
    for index, exam in enumerate(exams):
        if exam not in paths:
            raise NotFound("There is no such exam.", field="exam", index=index)
    for path in set(paths.values()):
        by.must(verb, path)
    return paths


def _rows(exams: set[UUID]) -> dict[tuple[UUID, UUID], SignUp]:
    rows = (SignUp.objects.select_for_update().filter(exam__in=part) for part in chunks(sorted(exams)))
    return {(row.exam_id, row.person_id): row for some in rows for row in some}


def _check_codes(asked: Sequence[tuple[tuple[UUID, UUID], Values]], rows: Mapping[tuple[UUID, UUID], SignUp]) -> None:
    """Raise `CodeTaken` for the first whose code somebody else's script of that exam bears."""
    bears = {(row.exam_id, row.anonymous_code): row.person_id for row in rows.values() if row.anonymous_code}
    for index, ((exam, person), (code,)) in enumerate(asked):
        if code != "" and bears.setdefault((exam, str(code)), person) != person:
            raise CodeTaken("Two scripts would bear the same code.", field="anonymous_code", index=index)


def _other_exam() -> ExamDiffers:
    return ExamDiffers("The course has such an exam on that day already, told otherwise.", field="code")


def _other_code() -> SignUpDiffers:
    return SignUpDiffers("The student is signed up already, with another code.", field="anonymous_code")
