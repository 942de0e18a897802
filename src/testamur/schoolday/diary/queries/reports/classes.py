"""A class or teaching group pupil by pupil, and pupils who may need help."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView
from testamur.schoolday.diary.queries.reports import counting
from testamur.schoolday.diary.queries.reports.frame import CLASS, PUPILS, Choice, Frame, frame_of, material
from testamur.schoolday.diary.queries.rooms import EVERY
from testamur.schoolday.diary.rules.reports import Figures, Material, Risk, Sort, figures, risks


@dataclass(frozen=True, slots=True)
class PupilLine:
    """One pupil of a class, as the viewer may see him or her."""

    pupil: PersonView
    figures: Figures


@dataclass(frozen=True, slots=True)
class ClassReport:
    """A group: together, by subject, pupil by pupil in order of names.

    `subjects`: the report is about these alone; None is the whole class.
    """

    frame: Frame
    group: GroupView
    subjects: tuple[str, ...] | None
    total: Figures
    by_subject: tuple[tuple[str, Figures], ...]
    pupils: tuple[PupilLine, ...]
    risks: tuple[tuple[PersonView, GroupView, Risk], ...]


@dataclass(frozen=True, slots=True)
class RiskReport:
    """The pupils of a school who may need help: most signs first where the law compares pupils, else by class."""

    frame: Frame
    rows: tuple[tuple[PersonView, GroupView, Risk], ...]


def subjects_seen(*, by: Actor, group: GroupView, on: date) -> tuple[str, ...] | None:
    """The subjects of a group that the viewer is told of, None for all. Raises NotAllowed."""
    by.must(PUPILS, group.path, group=group.id)
    if by.may(EVERY, group.path) or by.may(CLASS, group.path, group=group.id):
        return None
    taught = {one.subject for one in schools.teaching(person=by.id, on=on) if one.group == group.id}
    return None if "" in taught else tuple(sorted(taught))


def class_report(*, by: Actor, group: UUID, on: date, choice: Choice) -> ClassReport:
    """A class or teaching group: together, by subject, pupil by pupil; with the pupils who may need help.

    Needs ``diary.report.pupils`` at the group; who only teaches there is told of the own subjects in this group. Of a
    whole class everything counts that its pupils got, in whatever group. Raises NotFound, NotAllowed, `NoReport`.
    """
    one = schools.group(group)
    if one is None:
        raise NotFound("There is no such group.", group=str(group))
    subjects = subjects_seen(by=by, group=one, on=on)
    frame = frame_of(by=by, school=one.school, on=on, choice=choice, group=one)
    first, last = frame.period
    pupils = list(dict.fromkeys(row.person for row in schools.stays(groups=[group], first=first, last=last)[group]))
    whole = subjects is None and one.kind is GroupKind.CLASS
    stuff = material(frame, pupils=pupils, group=None if whole else group, subjects=subjects)
    persons = people.people(by=by, ids=pupils, numbers=False)
    ordered = sorted(persons.values(), key=lambda person: (person.sort_key, person.id))
    codes = sorted({mark.subject for some in stuff.marks.values() for mark in some}, key=frame.subject)
    return ClassReport(
        frame,
        one,
        subjects,
        figures(stuff, pupils),
        tuple((code, figures(stuff, _with(stuff, pupils, code), subject=code)) for code in codes),
        tuple(PupilLine(person, figures(stuff, [person.id])) for person in ordered),
        _listed(
            frame,
            _found(frame, stuff, pupils, subjects, group if not whole else None),
            persons,
            dict.fromkeys(pupils, one),
        ),
    )


def risk_report(*, by: Actor, school: UUID, on: date, choice: Choice) -> RiskReport:
    """The pupils of a school who may need help. Needs ``diary.report.pupils`` at the school; marks of the day count."""
    frame = frame_of(by=by, school=school, on=on, choice=replace(choice, sort=Sort.DAY))
    by.must(PUPILS, frame.school.path)
    stuff = material(frame)
    at = {pupil: one for one in frame.classes for pupil in frame.members[one.id]}
    found = _found(frame, stuff, at, None, None)
    persons = people.people(by=by, ids=[one.pupil for one in found], numbers=False)
    return RiskReport(frame, _listed(frame, found, persons, at))


def _found(
    frame: Frame, stuff: Material, pupils: Collection[UUID], subjects: Collection[str] | None, group: UUID | None
) -> tuple[Risk, ...]:
    if frame.sort is not Sort.DAY:
        return ()
    rows = counting.standing().filter(task__school=frame.school.id, task__term__in=frame.terms)
    if subjects is not None:
        rows = rows.filter(task__subject__in=subjects)
    if group is not None:
        rows = rows.filter(task__group=group)
    return risks(stuff, counting.closed_failed(rows, frame.failing), pupils)


def _listed(
    frame: Frame, found: Collection[Risk], persons: dict[UUID, PersonView], at: dict[UUID, GroupView]
) -> tuple[tuple[PersonView, GroupView, Risk], ...]:
    """With names; pupils whose identity the viewer may not see are in no such list."""
    rows = [(persons[one.pupil], at[one.pupil], one) for one in found if not persons[one.pupil].masked]
    ranked = frame.pack.may_compare("mark_average")
    rows.sort(
        key=lambda row: (
            -row[2].weight if ranked else 0,
            row[1].year_level or 0,
            row[1].code,
            row[0].sort_key,
            row[0].id,
        )
    )
    return tuple(rows)


def _with(stuff: Material, pupils: Collection[UUID], subject: str) -> list[UUID]:
    return [one for one in pupils if any(mark.subject == subject for mark in stuff.marks.get(one, ()))]
