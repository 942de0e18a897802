"""One pupil on one page, for those who teach: marks, absences, remarks, health by need to know, assessments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from testamur.access.accounts.rules import Area
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import absences as absence_queries
from testamur.schoolday.diary.queries import assessments as assessment_queries
from testamur.schoolday.diary.queries import marks as mark_queries
from testamur.schoolday.diary.queries import remarks as remark_queries
from testamur.schoolday.diary.rules.marks import MarkView
from testamur.surfaces.web.diary import health, remarks
from testamur.surfaces.web.diary.about import Class, class_of, reaches_families, where
from testamur.surfaces.web.diary.grid_shape import figure
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

LATEST = 20
"""Remarks on the page; the list of the class has all."""


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one subject in the order of days, with what the law reckons from them."""

    subject: str
    marks: tuple[MarkView, ...]
    average: str
    word: str
    grid: str


@dataclass(frozen=True, slots=True)
class Absences:
    """The absences of the school year as the law counts and writes them."""

    excused: str
    unexcused: str
    undecided: str
    late: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """A published assessment."""

    subject: str
    value: str
    text: str
    plan: str


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_safe
def pupil(request: WebRequest, group: UUID, pupil: UUID) -> HttpResponse:
    """Everything that the visitor needs to know about a pupil of a class, and nothing else."""
    of = class_of(request.visitor, group, "diary.pupil", "diary.remark.see")
    person = of.pupil(pupil)
    rows = remark_queries.remarks_of(by=of.by, room=of.room, pupils=[pupil], limit=LATEST)
    notes = (
        actions.read_health(by=of.by, room=of.room, pupils=[pupil], now=request.visitor.now, on=of.on)
        if of.may("diary.health.see")
        else ()
    )
    order = list(of.pupils)
    at = order.index(pupil)
    return page(
        request,
        "web/diary/pupil.html",
        of=of,
        tabs=of.tabs(),
        pupil=person,
        before=of.pupils[order[at - 1]] if at else None,
        after=of.pupils[order[at + 1]] if at + 1 < len(order) else None,
        marks=_marks(of, pupil),
        absences=_absences(of, pupil),
        remarks=remarks.lines(of, rows),
        health=health.lines(of, notes),
        assessments=_judgements(of, pupil),
        may_write=of.may("diary.remark.write"),
        reaches=reaches_families(request.visitor, of.room.group),
    )


def _marks(of: Class, pupil: UUID) -> Sequence[Marks]:
    """Of the subjects that the visitor teaches here; all of them for the head and the class teacher."""
    if not of.may("diary.mark.see"):
        return ()
    every = of.may("diary.class.see_marks")
    terms = [term.id for term in of.room.year.terms]
    found: dict[str, list[MarkView]] = defaultdict(list)
    for one in mark_queries.standing_marks(pupils=[pupil], school=of.room.school.id, terms=terms):
        if every or (one.task.group == of.id and one.task.subject in of.subjects):
            found[one.task.subject].append(one)
    law = of.room.pack.diary
    lines = []
    for subject, some in sorted(found.items()):
        average = law.average([one.fact for one in some])
        lines.append(
            Marks(
                subject=of.subject_name(subject),
                marks=tuple(some),
                average=figure(average),
                word="" if average is None else law.word(average),
                grid=where("diary:grid", group=of.id, subject=subject) if subject in of.subjects else "",
            )
        )
    return lines


def _absences(of: Class, pupil: UUID) -> Absences | None:
    """Sums of the school year; for who may see absences of the class, and whoever takes attendance there."""
    if not (of.may("diary.absence.see") or of.may("diary.attendance.take")):
        return None
    year, law = of.room.year, of.room.pack.diary
    sums = absence_queries.sums(pack=of.room.pack, pupils=[pupil], first=year.starts, last=year.ends)[pupil]
    shown = (law.show_count(sums.excused), law.show_count(sums.unexcused), law.show_count(sums.undecided))
    return Absences(*shown, sums.late)


def _judgements(of: Class, pupil: UUID) -> Sequence[Judgement]:
    """What stands published about the pupil this school year."""
    if not of.may("diary.assessment.see"):
        return ()
    names = {}
    form = of.room.pack.diary.assessment(of.room.level, of.on)
    if form is not None and form.scale is not None:
        names = {step.value: step.name for step in form.scale.values}
    return [
        Judgement(
            of.subject_name(one.subject),
            names.get(one.written.value, one.written.value),
            one.written.text,
            one.written.plan,
        )
        for one in assessment_queries.published(by=of.by, room=of.room, pupils=[pupil])
    ]
