"""One pupil: marks by subject and term, absences, remarks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.law.diary import MarkFact
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView
from testamur.schoolday.diary.models import Absence, Mark, Remark
from testamur.schoolday.diary.queries.reports import counting
from testamur.schoolday.diary.queries.reports.classes import subjects_seen
from testamur.schoolday.diary.queries.reports.frame import PUPILS, Choice, Frame, frame_of
from testamur.schoolday.diary.rules.reports import Missed, Noted


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """One subject: the marks of the day by term code, in order of day; the mean; what closed a period, by kind name."""

    subject: str
    days: tuple[tuple[str, tuple[str, ...]], ...]
    average: Decimal | None
    closing: tuple[tuple[str, str], ...]
    missed: Missed


@dataclass(frozen=True, slots=True)
class PupilReport:
    """A pupil's year (or term). `subjects_told`: the viewer is told of these subjects alone; None is all."""

    frame: Frame
    pupil: PersonView
    group: GroupView
    subjects_told: tuple[str, ...] | None
    success: Decimal | None
    word: str
    lines: tuple[SubjectLine, ...]
    course: tuple[tuple[date, Decimal], ...]
    """The marks that count, in order of day: value by points; empty where the law knows no average."""
    missed: Missed
    noted: Noted


def pupil_report(*, by: Actor, pupil: UUID, on: date, choice: Choice) -> PupilReport:
    """A pupil's marks, absences and remarks of a school year or term, as the school's own people see them.

    Needs ``diary.report.pupils`` at a group of the pupil; who only teaches there is told of the own subjects. Raises
    NotFound, NotAllowed, `NoReport`.
    """
    group, subjects = _reached(by, pupil, on)
    frame = frame_of(by=by, school=group.school, on=on, choice=choice)
    person = people.people(by=by, ids=[pupil], numbers=False)[pupil]
    first, last = frame.period
    marks = counting.standing().filter(pupil=pupil, task__school=frame.school.id, task__term__in=frame.terms)
    missed = Absence.objects.filter(pupil=pupil, school=frame.school.id, on__range=(first, last))
    noted = Remark.objects.filter(pupil=pupil, school=frame.school.id, on__range=(first, last))
    if subjects is not None:
        marks, missed = marks.filter(task__subject__in=subjects), missed.filter(subject__in=subjects)
        noted = noted.filter(subject__in=subjects)
    rows = list(marks.select_related("task__term").order_by("task__on", "task_id"))
    facts = [_fact(row) for row in rows]
    diary = frame.pack.diary
    success = diary.success(facts)
    absences = counting.missed_by_subject(missed)
    codes = sorted({fact.subject for fact in facts} | set(absences), key=frame.subject)
    names = {kind.code: kind.name for kind in frame.kinds if kind.closes}
    return PupilReport(
        frame,
        person,
        group,
        subjects,
        success,
        diary.word(success) if success is not None else "",
        tuple(_line(frame, code, facts, names, absences.get(code, Missed())) for code in codes),
        tuple(
            (fact.on, frame.scale.points[fact.value])
            for fact in facts
            if fact.kind not in names and fact.weight > 0 and fact.value in frame.scale.points
        ),
        sum(absences.values(), Missed()),
        counting.noted_by_pupil(noted).get(pupil, Noted()),
    )


def _reached(by: Actor, pupil: UUID, on: date) -> tuple[GroupView, tuple[str, ...] | None]:
    """A group of the pupil in which the viewer is told most, and the subjects told of. Raises NotFound, NotAllowed."""
    groups = schools.groups_of(persons=[pupil], on=on).get(pupil, ())
    if not groups:
        raise NotFound("There is no such pupil.", pupil=str(pupil))
    allowed = [one for one in groups if by.may(PUPILS, one.path, group=one.id)]
    if not allowed:
        raise NotAllowed("You may not see this pupil's reports.", verb=PUPILS)
    home = next((one for one in groups if one.kind is GroupKind.CLASS), groups[0])
    told: set[str] = set()
    for one in sorted(allowed, key=lambda one: one.kind is not GroupKind.CLASS):
        some = subjects_seen(by=by, group=one, on=on)
        if some is None and one.kind is GroupKind.CLASS:
            return home, None
        told |= set(some if some is not None else [one.subject])
    return home, tuple(sorted(told))


def _fact(row: Mark) -> MarkFact:
    task = row.task
    return MarkFact(task.subject, task.kind, row.value, task.term.code, task.on, task.weight)


def _line(frame: Frame, code: str, facts: Collection[MarkFact], closing: dict[str, str], missed: Missed) -> SubjectLine:
    mine = [fact for fact in facts if fact.subject == code]
    terms = [frame.term] if frame.term else frame.year.terms
    return SubjectLine(
        code,
        tuple(
            (term.code, tuple(f.value for f in mine if f.term == term.code and f.kind not in closing)) for term in terms
        ),
        frame.pack.diary.average(mine),
        tuple((f"{closing[fact.kind]} {fact.term}".strip(), fact.value) for fact in mine if fact.kind in closing),
        missed,
    )
