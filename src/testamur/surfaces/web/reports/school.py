"""A school: by class and subject, one subject by class, its teachers, and pupils who may need help."""

from __future__ import annotations

from collections import defaultdict

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.register.schools.rules import GroupView
from testamur.schoolday.diary.queries import reporting as queries
from testamur.schoolday.diary.queries.reporting import Frame, SchoolReport, TeacherLine
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import Place, place_of
from testamur.surfaces.web.reports import columns
from testamur.surfaces.web.reports.answering import answer, choice_of, filters_of, lead_of, noted, today
from testamur.surfaces.web.reports.risks import table as risk_table
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.tabular import Cell, Report, Table, hundredths, whole, word

CHARTED = 16
"""More classes than that are charted by year level."""
LISTED = 200
"""How many pupils who may need help are shown."""


@require_GET
@door("reports.see", Area.STAFF, Area.OFFICE)
def school(request: WebRequest) -> HttpResponse:
    """A school by class and by subject."""
    return _school(request, "")


@require_GET
@door("reports.see", Area.STAFF, Area.OFFICE)
def subject(request: WebRequest, subject: str) -> HttpResponse:
    """One subject by class."""
    return _school(request, subject)


def _school(request: WebRequest, code: str) -> HttpResponse:
    place = place_of(request)
    found = queries.school_report(
        by=request.visitor.actor,
        school=place.one.id,
        on=today(request.visitor),
        choice=choice_of(request),
        subject=code,
    )
    frame = found.frame
    tables = [_classes(found)]
    if found.by_subject:
        tables.append(_subjects(found, place))
    total = found.total
    many = len(found.by_class) > CHARTED and bool(found.by_level)
    told = (
        [(str(level), of) for level, of in found.by_level] if many else [(one.code, of) for one, of in found.by_class]
    )
    beside = _("Year level") if many else _("Class")
    pictures = (
        *columns.distribution(_("How many of each mark"), frame.scale, total.counts),
        *columns.averages(_("Average success"), frame, ((n, of.average) for n, of in told), beside),
        *columns.absences(_("Absences for each pupil"), told, beside),
    )
    report = Report(
        name=f"{frame.school.name} {code} {frame.year.code}",
        title=frame.subject(code) if code else _("The school in figures"),
        lead=lead_of(frame),
        facts=columns.facts(frame, total),
        pictures=pictures,
        tables=tuple(tables) if total.pupils or total.marks or total.hidden else (),
        notes=notes(frame),
    )
    return answer(request, report, filters_of(frame, schools_of(place), terms=frame.sees))


def notes(frame: Frame, *, small: bool = True) -> tuple[str, ...]:
    """What a reader has to know about the figures."""
    found = []
    if frame.scale.averages:
        found.append(
            _("Average success is the mean over pupils; for each pupil it is the mean of the averages of the subjects.")
        )
    if small and not frame.sees:
        found.append(_("Figures of fewer than five pupils are not told, nor what they could be reckoned from."))
    return tuple(found)


def _classes(found: SchoolReport) -> Table:
    frame = found.frame
    rows = tuple(columns.cells(frame, _class(frame, one), of) for one, of in found.by_class)
    note = _("Absences and remarks are those of this subject.") if found.subject else ""
    return Table(_("By class"), columns.head(frame, _("Class")), rows, note)


def _class(frame: Frame, one: GroupView) -> Cell:
    return word(one.code, reverse("reports:class", args=[one.id]) if frame.sees else "")


def _subjects(found: SchoolReport, place: Place) -> Table:
    frame = found.frame
    rows = tuple(
        columns.cells(frame, _subject(frame, place, code), of, absences=False) for code, of in found.by_subject
    )
    return Table(_("By subject"), columns.head(frame, _("Subject"), absences=False), rows)


def _subject(frame: Frame, place: Place, code: str) -> Cell:
    if not frame.sees:
        return word(frame.subject(code))
    return word(frame.subject(code), f"{reverse('reports:subject', args=[code])}?school={place.one.id}")


@require_GET
@door("reports.see", Area.STAFF, Area.OFFICE)
def teachers(request: WebRequest) -> HttpResponse:
    """A school by teacher."""
    place, visitor = place_of(request), request.visitor
    found = queries.teachers_report(by=visitor.actor, school=place.one.id, on=today(visitor), choice=choice_of(request))
    frame = found.frame
    heads = [_("Teacher"), _("Class"), _("Subject"), _("Marks"), *frame.scale.values]
    heads += [_("Mean of all marks")] * frame.scale.averages + [_("Failing marks")] * bool(frame.scale.failing)
    totals: dict[str, list[TeacherLine]] = defaultdict(list)
    for line in found.lines:
        totals[_teacher(line)].append(line)
    summed = tuple(
        (word(name), whole(len(some)), whole(sum(one.marks for one in some)), whole(sum(one.failing for one in some)))
        for name, some in totals.items()
    )
    tables = (
        Table(_("By teacher"), (_("Teacher"), _("Classes and subjects"), _("Marks"), _("Failing marks")), summed),
        Table(_("By teacher, class and subject"), tuple(heads), tuple(_line(frame, one) for one in found.lines)),
    )
    report = Report(
        f"{frame.school.name} {frame.year.code}",
        _("Teachers"),
        lead_of(frame),
        tables=tables if found.lines else (),
        notes=(_("The teacher is the one whom posts and timetable name on the last day of the period."),),
    )
    return answer(request, report, filters_of(frame, schools_of(place)))


def _teacher(line: TeacherLine) -> str:
    return line.teacher.name if line.teacher is not None else _("Nobody is named")


def _line(frame: Frame, line: TeacherLine) -> tuple[Cell, ...]:
    row = [word(_teacher(line)), word(line.group.code), word(frame.subject(line.subject)), whole(line.marks)]
    row += map(whole, line.counts)
    if frame.scale.averages:
        row.append(hundredths(line.mean))
    if frame.scale.failing:
        row.append(whole(line.failing))
    return tuple(row)


@require_GET
@door("reports.see", Area.STAFF, Area.OFFICE)
def risk(request: WebRequest) -> HttpResponse:
    """The pupils of a school who may need help."""
    place, visitor = place_of(request), request.visitor
    found = queries.risk_report(by=visitor.actor, school=place.one.id, on=today(visitor), choice=choice_of(request))
    frame = found.frame
    shown = found.rows[:LISTED]
    noted(visitor, (person for person, _group, _risk in shown), frame.school.path, "reports.risk")
    tables = (risk_table(frame, shown, classes=True),) if shown else ()
    report = Report(
        f"{frame.school.name} {frame.year.code}", _("Who may need help"), lead_of(frame), tables=tables,
        facts=((_("Pupils with a sign"), whole(len(found.rows))), (_("Shown here"), whole(len(shown)))),
        notes=(_("A sign is a reason to look, not a judgement. Pupils whose identity you may not see are left out."),),
    )  # fmt: skip
    return answer(request, report, filters_of(frame, schools_of(place), sorts=False))


def schools_of(place: Place) -> list[tuple[str, str]]:
    """The schools to choose from: id and name."""
    return [(str(one.id), one.name) for one in place.schools]
