"""A school by class and by subject, and by teacher."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView
from testamur.schoolday.diary.queries.reports import counting
from testamur.schoolday.diary.queries.reports.frame import PUPILS, SEE, Choice, Frame, frame_of, material
from testamur.schoolday.diary.rules.reports import (
    Figures,
    Marks,
    Material,
    counted,
    failures,
    figures,
    rounded,
    veil,
)


@dataclass(frozen=True, slots=True)
class SchoolReport:
    """A school, in all subjects or one. `by_subject` is empty for one; absences are counted in all lessons then too."""

    frame: Frame
    subject: str
    total: Figures
    by_class: tuple[tuple[GroupView, Figures], ...]
    by_subject: tuple[tuple[str, Figures], ...]
    by_level: tuple[tuple[int, Figures], ...]
    """By year level; empty where that would tell what is hidden of a class."""


@dataclass(frozen=True, slots=True)
class TeacherLine:
    """The marks in one subject of one group, by who teaches it (nobody known: None). The mean is that of all marks."""

    teacher: PersonView | None
    group: GroupView
    subject: str
    marks: int
    counts: tuple[int, ...]
    mean: Decimal | None
    failing: int


@dataclass(frozen=True, slots=True)
class TeachersReport:
    """A school by teacher, group and subject, in order of the teachers' names."""

    frame: Frame
    lines: tuple[TeacherLine, ...]


def school_report(*, by: Actor, school: UUID, on: date, choice: Choice, subject: str = "") -> SchoolReport:
    """A school's figures: together, by class, and by subject (or of one subject by class).

    Needs ``diary.report.see`` at the school. Without ``diary.report.pupils`` there it is always a whole year and all
    subjects, and small groups are hidden: what is told must not give away one pupil. Raises NotFound, `NoReport`.
    """
    frame = frame_of(by=by, school=school, on=on, choice=choice)
    by.must(SEE, frame.school.path)
    if subject:
        by.must(PUPILS, frame.school.path)
    stuff = material(frame, subjects=[subject] if subject else None)
    everybody = [pupil for pupils in frame.members.values() for pupil in pupils]
    by_class = {one.id: figures(stuff, frame.members[one.id]) for one in frame.classes}
    of_subject = _by_subject(stuff, everybody)
    by_subject = {code: figures(some, list(some.marks)) for code, some in of_subject.items()}
    classes, subjects = veil(by_class, sees=frame.sees), veil(by_subject, sees=frame.sees)
    levels = sorted({one.year_level or 0 for one in frame.classes})
    whole = not any(one.hidden for one in classes.values())  # else a level less its classes would tell the hidden one
    total = veil({"": figures(stuff, everybody)}, sees=frame.sees)[""]
    return SchoolReport(
        frame,
        subject,
        total,
        tuple((one, classes[one.id]) for one in frame.classes),
        () if subject else tuple(sorted(subjects.items(), key=lambda row: frame.subject(row[0]))),
        tuple((level, figures(stuff, _of_level(frame, level))) for level in levels) if whole else (),
    )


def teachers_report(*, by: Actor, school: UUID, on: date, choice: Choice) -> TeachersReport:
    """A school's marks by who teaches the group in the subject; needs ``diary.report.pupils`` at the school."""
    frame = frame_of(by=by, school=school, on=on, choice=choice)
    by.must(PUPILS, frame.school.path)
    rows = counting.standing().filter(task__school=frame.school.id, task__term__in=frame.terms)
    found = counting.marks_by(rows, "task__group_id", scale=frame.scale, sort=frame.sort, last=frame.last)
    groups = schools.groups_by_id(found)
    taught: dict[UUID, list[tuple[str, UUID]]] = defaultdict(list)
    for one in schools.teachers_of(groups=list(found), on=frame.last):
        taught[one.group].append((one.subject, one.person))
    persons = people.people(by=by, ids={who for some in taught.values() for _code, who in some}, numbers=False)
    lines = [
        _line(frame, persons.get(who) if who else None, groups[one.key], one)
        for some in found.values()
        for one in some
        for who in _teachers(taught[one.key], one.subject)
    ]
    lines.sort(key=lambda line: (_name(line.teacher), line.group.code, line.subject))
    return TeachersReport(frame, tuple(lines))


def _by_subject(stuff: Material, pupils: Collection[UUID]) -> dict[str, Material]:
    """The marks of each subject by themselves, without absences and remarks."""
    found: dict[str, dict[UUID, list[Marks]]] = defaultdict(dict)
    for pupil in pupils:
        for one in stuff.marks.get(pupil, ()):
            found[one.subject][pupil] = [one]
    return {code: Material(stuff.scale, stuff.diary, some, {}, {}) for code, some in found.items()}


def _of_level(frame: Frame, level: int) -> list[UUID]:
    return [pupil for one in frame.classes if (one.year_level or 0) == level for pupil in frame.members[one.id]]


def _teachers(taught: Sequence[tuple[str, UUID]], subject: str) -> list[UUID | None]:
    """Who teaches the subject, as posts and timetable name it."""
    named = dict.fromkeys(who for code, who in taught if code == subject)
    return list(named) or [None]


def _name(person: PersonView | None) -> tuple[bool, object]:
    return (person is None, person.sort_key if person else ())


def _line(frame: Frame, teacher: PersonView | None, group: GroupView, one: Marks) -> TeacherLine:
    counts = counted(frame.scale, [one])
    return TeacherLine(
        teacher, group, one.subject, sum(counts), counts, rounded(one.mean), failures(frame.scale, counts)
    )
