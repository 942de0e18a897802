"""Opening lists, titles, the end of anonymity, discarding."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal import actions as journal
from testamur.law.results import FinalGrade, Results
from testamur.law.tables import PACKS
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView, ModuleView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.register.studies import queries as studies
from testamur.register.studies.rules import ExamView
from testamur.schoolday.reporting.actions.incoming import bring
from testamur.schoolday.reporting.models import ListNumber, ListRow, ResultList
from testamur.schoolday.reporting.queries import final
from testamur.schoolday.reporting.queries.reach import WRITE, draft
from testamur.schoolday.reporting.rules.lists import (
    Anonymous,
    NoResults,
    NotGraded,
    TitleInvalid,
    WrongExam,
    check_titles,
)
from testamur.schoolday.reporting.rules.states import ListKind, ListState, Source
from testamur.schoolday.reporting.rules.views import Incoming, NewList

OPEN = "reporting.list.open"


@transaction.atomic
def open_list(*, by: Actor, new: NewList, now: datetime) -> UUID:
    """Open a list for a module, or for the final grades of a whole course, and return its id.

    With an exam everybody who signed up comes along with its date (row B18; under the code on the script where it is
    anonymous), but for those known to have been away. A whole-course list without one brings everybody who can get a
    final grade, filled in where the rule says which (rows B17, B38). A course that is no longer given is no obstacle
    (B6). Needs ``reporting.list.open`` at the department. Raises NotFound, `NoResults`, `WrongExam`, `TitleInvalid`.
    Journal: ``reporting.list.opened/1``.
    """
    place = _placed(by, new, now)
    title, title_en = check_titles(new.title, new.title_en)
    if title and not place.degree_project:
        raise TitleInvalid("Only the list of a degree project has a title.", field="title")
    row = ResultList(
        id=new_id(),
        number=ListNumber.objects.create().id,
        kind=ListKind.MODULE if place.module else ListKind.COURSE,
        unit=place.unit.id,
        path=place.unit.path,
        pack=place.pack,
        course=place.course.id,
        course_code=place.course.code,
        module=place.module.id if place.module else None,
        module_code=place.module.code if place.module else "",
        occasion=new.occasion,
        exam=new.exam,
        scale=place.scale,
        degree_project=place.degree_project,
        title=title,
        title_en=title_en,
        anonymous=place.exam is not None and hides(place.exam),
        made_by=by.id,
        made_at=now,
    )
    row.save(force_insert=True)
    incoming, source = _students(place, row)
    by_rule = {one.person for one in incoming} if source is Source.FINAL else ()
    came = bring(by, row, incoming, source, now, automatic=by_rule)
    journal.append(
        by=by,
        kind="reporting.list.opened/1",
        path=row.path,
        refs={
            "list": str(row.id),
            "number": row.number,
            "kind": row.kind,
            "course": row.course_code,
            "module": row.module_code,
            "exam": str(new.exam) if new.exam else None,
            **came.refs(),
        },
        now=now,
    )
    return row.id


@transaction.atomic
def set_title(*, by: Actor, list: UUID, title: str, title_en: str, now: datetime) -> None:
    """Say what the degree project is called, in its own language and in English: one title for all its authors (B5).

    Needs ``reporting.list.write`` at the list, or to be a grader of it. Raises NotFound, `ListFrozen`, `TitleInvalid`.
    Journal: ``reporting.list.titled/1``.
    """
    row = draft(by, WRITE, list)
    if not row.degree_project:
        raise TitleInvalid("Only the list of a degree project has a title.", field="title")
    row.title, row.title_en = check_titles(title, title_en)
    row.revision += 1
    row.save(update_fields=["title", "title_en", "revision"])
    journal.append(
        by=by,
        kind="reporting.list.titled/1",
        path=row.path,
        refs={"list": str(row.id), "number": row.number, "revision": row.revision},
        now=now,
    )


@transaction.atomic
def reveal(*, by: Actor, list: UUID, now: datetime) -> None:
    """Show who is behind the codes of an anonymous list; only when everybody in it has a grade, and for good.

    The codes are those of the exam: while another list of it hides names and somebody there has no grade, none are
    shown; and lists of it that are opened later hide nothing.

    Needs ``reporting.list.write`` at the list, or to be a grader of it. Raises NotFound, `ListFrozen`, `NotGraded`.
    Journal: ``reporting.list.revealed/1``; nothing happens to a list that is not anonymous.
    """
    row = draft(by, WRITE, list)
    if not row.anonymous:
        return
    others = ResultList.objects.filter(exam=row.exam, anonymous=True).exclude(state=ListState.DISCARDED)
    ungraded = ListRow.objects.filter(list__in=others, value="").count()
    if ungraded:
        raise NotGraded("Names are shown when everybody has a grade.", field="list", count=ungraded)
    row.anonymous = False
    row.revision += 1
    row.save(update_fields=["anonymous", "revision"])
    journal.append(
        by=by,
        kind="reporting.list.revealed/1",
        path=row.path,
        refs={"list": str(row.id), "number": row.number},
        now=now,
    )


@transaction.atomic
def discard(*, by: Actor, list: UUID, now: datetime) -> None:
    """Give a draft up: it is kept as it is, opens by its number, and stands in no queue.

    Needs ``reporting.list.write`` at the list's own place. Raises NotFound, `ListFrozen`. Journal:
    ``reporting.list.discarded/1``.
    """
    row = draft(by, WRITE, list)
    by.must(WRITE, row.path)
    row.state = ListState.DISCARDED
    row.save(update_fields=["state"])
    journal.append(
        by=by,
        kind="reporting.list.discarded/1",
        path=row.path,
        refs={"list": str(row.id), "number": row.number},
        now=now,
    )


def hides(exam: ExamView) -> bool:
    """Whether a list of that exam opens without names: it is anonymous, and no list of it has shown them yet."""
    return exam.anonymous and not ResultList.objects.filter(exam=exam.id, anonymous=False).exists()


def of_exam(exam: ExamView) -> tuple[Incoming, ...]:
    """Those who signed up for an exam, but for those known to have been away, with its date."""
    return tuple(
        Incoming(one.person, examined_on=exam.held_on, anonymous_code=one.anonymous_code if exam.anonymous else "")
        for one in studies.signups(exam=exam.id)
        if one.attended is not False
    )


def check_exam(exam: UUID, *, course: UUID, module: UUID | None) -> ExamView:
    """The exam of that course, of that module or of no single one; raises NotFound, `WrongExam`, `Anonymous`."""
    found = studies.exam(exam)
    if found is None:
        raise NotFound("There is no such exam.", field="exam")
    if found.course != course or found.module not in {None, module}:
        raise WrongExam("The exam is one of another course or module.", field="exam")
    if found.anonymous and any(not one.anonymous_code for one in studies.signups(exam=exam)):
        raise Anonymous("Somebody who signed up for the anonymous exam has no code yet.", field="exam")
    return found


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and about what a list is opened."""

    unit: UnitView
    pack: str
    course: CourseView
    module: ModuleView | None
    scale: str
    exam: ExamView | None

    @property
    def degree_project(self) -> bool:
        """A degree project has a title: its module says so, or for a whole course the course."""
        return self.module.titled if self.module else self.course.degree_project


def _placed(by: Actor, new: NewList, now: datetime) -> _Place:
    """Unit, course and module as they are; raises for what does not belong together."""
    unit = schools.unit(new.unit)
    if unit is None:
        raise NotFound("There is no such department.", field="unit")
    by.must(OPEN, unit.path)
    course = curriculum.courses([new.course]).get(new.course)
    if course is None or not unit.path.startswith(course.path):
        raise NotFound("There is no such course at this university.", field="course")
    module = next((one for one in course.modules if one.id == new.module), None)
    if new.module is not None and module is None:
        raise NotFound("The course has no such module.", field="module")
    name = schools.pack_of(unit.id, on=now.date())
    law = PACKS[name].results if name in PACKS else None
    scale = (module.scale if module else "") or course.scale
    _check_scale(law, scale)
    if new.occasion is not None:
        occasion = studies.occasion(new.occasion)
        if occasion is None or occasion.course != course.id:
            raise WrongExam("The course has no such occasion.", field="occasion")
    exam = check_exam(new.exam, course=course.id, module=new.module) if new.exam is not None else None
    return _Place(unit, name, course, module, scale, exam)


def _check_scale(law: Results | None, scale: str) -> None:
    if law is None or scale not in law.scales:
        raise NoResults("The rules of this unit know no results on that scale.", field="course", scale=scale)


def _students(place: _Place, row: ResultList) -> tuple[Sequence[Incoming], Source]:
    """Whom a new list brings along by itself."""
    if place.exam is not None:
        return of_exam(place.exam), Source.EXAM
    if place.module is not None:
        return (), Source.SINGLE
    some = studies.registered(occasion=row.occasion) if row.occasion is not None else None
    told = final.ready(course=row.course, path=row.path, students=some)
    return [follows(student, grade) for student, (grade, _modules) in sorted(told.items())], Source.FINAL


def follows(student: UUID, grade: FinalGrade) -> Incoming:
    """A student with the final grade that follows by rule, and its day; without both where the examiner sets it."""
    return Incoming(student, value=grade.value, examined_on=grade.examined_on if grade.value else None)
