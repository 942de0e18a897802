"""A class or teaching group pupil by pupil, and one pupil."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.schoolday.diary.queries import reporting as queries
from testamur.schoolday.diary.queries.reporting import ClassReport, Frame, PupilReport, SubjectLine
from testamur.surfaces.web.charts import Bar, Point, Series, bars, line
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.reports import columns
from testamur.surfaces.web.reports.answering import answer, choice_of, filters_of, lead_of, noted, today
from testamur.surfaces.web.reports.risks import table as risk_table
from testamur.surfaces.web.reports.school import notes
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.tabular import NONE, Cell, Picture, Report, Table, hundredths, whole, word


@require_GET
@door("reports.see", Area.STAFF, Area.OFFICE)
def group(request: WebRequest, group: UUID) -> HttpResponse:
    """A class, or the own subjects in it."""
    visitor = request.visitor
    found = queries.class_report(by=visitor.actor, group=group, on=today(visitor), choice=choice_of(request))
    frame = found.frame
    noted(visitor, (one.pupil for one in found.pupils), found.group.path, "reports.class")
    own = [frame.subject(code) for code in found.subjects or ()]
    names = [(frame.subject(code), of) for code, of in found.by_subject]
    report = Report(
        f"{found.group.code} {frame.year.code}",
        _("%(name)s in figures") % {"name": found.group.code},
        lead_of(frame, ", ".join(own)),
        facts=columns.facts(frame, found.total),
        pictures=(
            *columns.distribution(_("How many of each mark"), frame.scale, found.total.counts),
            *columns.averages(_("Average by subject"), frame, ((name, of.average) for name, of in names), _("Subject")),
        ),
        tables=tuple(_tables(found)) if found.pupils else (),
        notes=_notes(found),
    )
    return answer(request, report, filters_of(frame, years=False))


def _tables(found: ClassReport) -> Iterable[Table]:
    frame = found.frame
    rows = tuple(
        columns.cells(
            frame, word(one.pupil.name, reverse("reports:pupil", args=[one.pupil.id])), one.figures, pupils=False
        )
        for one in found.pupils
    )
    yield Table(_("By pupil"), columns.head(frame, _("Pupil"), pupils=False), rows)
    if found.by_subject:
        some = tuple(
            columns.cells(frame, word(frame.subject(code)), of, absences=False) for code, of in found.by_subject
        )
        yield Table(_("By subject"), columns.head(frame, _("Subject"), absences=False), some)
    if found.risks:
        yield risk_table(frame, found.risks, classes=False)


def _notes(found: ClassReport) -> tuple[str, ...]:
    if found.subjects is None:
        return notes(found.frame, small=False)
    return (_("Only the subjects that you teach in this class are counted."),)


@require_GET
@door("reports.see", Area.STAFF, Area.OFFICE)
def pupil(request: WebRequest, pupil: UUID) -> HttpResponse:
    """One pupil: marks by subject, absences, remarks."""
    visitor = request.visitor
    found = queries.pupil_report(by=visitor.actor, pupil=pupil, on=today(visitor), choice=choice_of(request))
    frame = found.frame
    noted(visitor, [found.pupil], found.group.path, "reports.pupil")
    report = Report(
        f"{found.group.code} {frame.year.code}",
        found.pupil.name,
        lead_of(frame, found.group.code, sort=False),
        facts=_facts(found),
        pictures=tuple(_pictures(found)),
        tables=(_marks(found),) if found.lines else (),
        notes=(_("Only the subjects that you teach are counted."),) if found.subjects_told is not None else (),
    )
    return answer(request, report, filters_of(frame, sorts=False))


def _facts(found: PupilReport) -> tuple[tuple[str, Cell], ...]:
    shown: list[tuple[str, Cell]] = []
    if found.success is not None:
        shown += [(_("Average success"), hundredths(found.success)), (_("In words"), word(found.word))]
    names = (_("Excused"), _("Unexcused"), _("Not decided"), _("Late"))
    shown += zip(names, columns.missed(found.frame, found.missed), strict=True)
    shown += [(_("Remarks"), whole(found.noted.remarks)), (_("Praise"), whole(found.noted.praise))]
    return tuple(shown)


def _pictures(found: PupilReport) -> Iterable[Picture]:
    frame = found.frame
    months = _months(found)
    if len(months) > 1:
        yield Picture(
            line(
                _("Mean of all marks by month"),
                [Series(_("Mean of all marks"), months)],
                steps={points: value for value, points in frame.scale.points.items()},
                head=(_("Day of the month's last mark"), _("Mean of all marks")),
                first=frame.period[0],
                last=max(frame.last, months[-1].at),
            )
        )
    told = [(frame.subject(one.subject), one.average) for one in found.lines if one.average is not None]
    if len(told) > 1:
        rows = [Bar(name, (value,), (hundredths(value).text,)) for name, value in told]
        most = max(frame.scale.points.values(), default=Decimal(0))
        yield Picture(bars(_("Average by subject"), rows, names=(_("Average"),), head=_("Subject"), most=most))


def _months(found: PupilReport) -> tuple[Point, ...]:
    """The mean of each month's marks: a day has marks of several subjects, which are no course."""
    months: dict[tuple[int, int], list[tuple[date, Decimal]]] = defaultdict(list)
    for on, value in found.course:
        months[on.year, on.month].append((on, value))
    means = ((some[-1][0], sum((value for _on, value in some), Decimal(0)) / len(some)) for some in months.values())
    return tuple(Point(on, mean, number_format(mean, decimal_pos=2)) for on, mean in means)


def _marks(found: PupilReport) -> Table:
    frame = found.frame
    averaged = any(one.average is not None for one in found.lines)
    terms = [code for code, _values in found.lines[0].days]
    head = [_("Subject"), *(_("Marks, %(term)s") % {"term": code} for code in terms)]
    head += [_("Average")] * averaged
    head += [_("Closed with"), _("Excused"), _("Unexcused"), _("Not decided"), _("Late")]
    return Table(_("By subject"), tuple(head), tuple(_line(frame, one, averaged=averaged) for one in found.lines))


def _line(frame: Frame, one: SubjectLine, *, averaged: bool) -> tuple[Cell, ...]:
    closing = "; ".join(f"{name}: {value}" for name, value in one.closing)
    days = [Cell(", ".join(values)) if values else NONE for _code, values in one.days]
    average = [hundredths(one.average)] if averaged else []
    return (word(frame.subject(one.subject)), *days, *average, word(closing), *columns.missed(frame, one.missed))
