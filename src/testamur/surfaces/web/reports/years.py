"""A school over terms and years, the schools of a body side by side, and how complete the diary is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed
from testamur.law.tables import PACKS
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.queries import completeness as filling
from testamur.schoolday.diary.queries import reporting as queries
from testamur.schoolday.diary.queries.reporting import SEE, Frame, SchoolLine, TermLine
from testamur.schoolday.diary.rules.completeness import LONGEST, Filled
from testamur.surfaces.web.charts import Bar, bars
from testamur.surfaces.web.diary.moments import a_day
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import place_of
from testamur.surfaces.web.reports import columns
from testamur.surfaces.web.reports.answering import Filter, answer, choice_of, filters_of, lead_of, today
from testamur.surfaces.web.reports.school import schools_of
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.tabular import (
    HIDDEN,
    NONE,
    Cell,
    Picture,
    Report,
    Table,
    hundredths,
    joined,
    whole,
    word,
)

PERIOD = timedelta(days=27)


@require_GET
@door("reports.see", Area.STAFF, Area.OFFICE)
def years(request: WebRequest) -> HttpResponse:
    """A school's last years, term by term."""
    place, visitor = place_of(request), request.visitor
    frame, lines = queries.years_report(
        by=visitor.actor, school=place.one.id, on=today(visitor), choice=choice_of(request)
    )
    head = [_("Term"), _("Marks"), *frame.scale.values]
    head += [_("Mean of all marks")] * frame.scale.averages + [_("Failing marks")] * bool(frame.scale.failing)
    head += [_("Excused"), _("Unexcused"), _("Not decided"), _("Late")]
    rows = tuple(_term(frame, one, len(head)) for one in lines)
    report = Report(
        f"{frame.school.name} {frame.year.code}",
        _("Terms and years"),
        lead_of(frame),
        pictures=tuple(_pictures(frame, lines)),
        tables=(Table(_("Term by term"), tuple(head), rows),) if rows else (),
        notes=() if frame.sees else (_("Terms in which fewer than five pupils have marks are not told."),),
    )
    return answer(request, report, filters_of(frame, schools_of(place), terms=False))


def _term(frame: Frame, one: TermLine, width: int) -> tuple[Cell, ...]:
    if one.hidden:
        return (word(one.term.label), *[HIDDEN] * (width - 1))
    row = [word(one.term.label), whole(one.marks), *map(whole, one.counts)]
    row += [hundredths(one.mean)] * frame.scale.averages + [whole(one.failing)] * bool(frame.scale.failing)
    return (*row, *columns.missed(frame, one.missed))


def _pictures(frame: Frame, lines: Sequence[TermLine]) -> list[Picture]:
    told = [one for one in lines if one.mean is not None]
    if not told or not frame.scale.averages:
        return []
    rows = [Bar(one.term.label, (one.mean,), (hundredths(one.mean).text,)) for one in told]
    most, names = max(frame.scale.points.values()), (_("Mean of all marks"),)
    return [Picture(bars(_("Mean of all marks by term"), rows, names=names, head=_("Term"), most=most))]


@require_GET
@door("reports.see", Area.OFFICE)
def over_schools(request: WebRequest) -> HttpResponse:
    """The schools of a body side by side: totals alone."""
    place, visitor = place_of(request), request.visitor
    if not any(visitor.actor.may(SEE, one.path) for one in place.schools):
        raise NotAllowed("You may not see reports here.", verb=SEE)
    choice = choice_of(request)
    lines = queries.schools_report(
        by=visitor.actor, path=place.unit.path, on=today(visitor), year=choice.year, sort=choice.sort
    )
    tables: dict[tuple[str, ...], list[SchoolLine]] = {}
    for one in lines:
        tables.setdefault(one.scale.values, []).append(one)
    codes = [year.code for year in reversed(place.years)]
    begun = [year.code for year in place.years if year.starts <= today(visitor)]
    chosen = choice.year if choice.year in codes else (begun or codes or [""])[-1 if begun else 0]
    report = Report(
        f"{place.unit.name} {chosen}",
        _("Schools"),
        joined((place.unit.name, chosen)),
        facts=(
            (_("Schools"), whole(len(lines))),
            (_("Pupils"), whole(sum(one.pupils for one in lines))),
            (_("Marks"), whole(sum(one.marks for one in lines))),
        ),
        tables=tuple(_schools(some) for some in tables.values()),
        notes=(_("Figures of schools with fewer than five pupils are not told."),),
    )
    filters = (
        [Filter("year", chosen, _("School year"), tuple((code, code) for code in codes))] if len(codes) > 1 else []
    )
    return answer(request, report, filters)


def _schools(some: Sequence[SchoolLine]) -> Table:
    scale = some[0].scale
    head = [_("School"), _("Pupils"), _("Marks"), *scale.values]
    head += [_("Mean of all marks")] * scale.averages + [_("Failing marks")] * bool(scale.failing)
    head += [_("Excused, for each pupil"), _("Unexcused, for each pupil")]
    rows = []
    for one in some:
        name = word(one.school.name, f"{reverse('reports:school')}?school={one.school.id}")
        if one.hidden:
            rows.append((name, *[HIDDEN] * (len(head) - 1)))
            continue
        row = [name, whole(one.pupils), whole(one.marks), *map(whole, one.counts)]
        row += [hundredths(one.mean)] * scale.averages + [whole(one.failing)] * bool(scale.failing)
        rows.append((*row, _each(one.missed.excused, one.pupils), _each(one.missed.unexcused, one.pupils)))
    return Table(_("School by school"), tuple(head), tuple(rows))


def _each(total: Decimal, pupils: int) -> Cell:
    return hundredths((total / pupils).quantize(Decimal("0.01"))) if pupils else NONE


@require_GET
@door("reports.see", Area.STAFF, Area.OFFICE)
def completeness(request: WebRequest) -> HttpResponse:
    """What of the timetable is registered, in the last four weeks or a period that is asked for."""
    place, visitor = place_of(request), request.visitor
    last = a_day(request.GET.get("last", "")) or today(visitor) - timedelta(days=1)
    first = min(max(a_day(request.GET.get("first", "")) or last - PERIOD, last - LONGEST), last)
    found = filling.completeness(
        by=visitor.actor, school=place.one.id, first=first, last=last, zone=timezone.get_current_timezone()
    )
    pack = PACKS.get(schools.pack_of(place.one.id, on=last))
    subjects = {one.code: one.name for one in pack.subjects} if pack is not None else {}
    names = people.people(
        by=visitor.actor, ids={row.teacher for row in found.rows if row.teacher is not None}, numbers=False
    )
    told = {key: one.name for key, one in names.items()}
    rows = [row for row in found.rows if row.planned or row.taken]
    lessons = (_("Lessons due"), _("Registered"), _("Not registered"), _("In time"), _("On a later day"))
    rest = (_("Without a topic"), _("Marks"), _("Pupils with a mark"), _("Pupils"))
    head = (_("Class"), _("Subject"), _("Teacher"), *lessons, *rest)
    lines = tuple(_filled(row, found.groups[row.group].code, subjects, told) for row in rows)
    report = Report(
        f"{place.one.name} {first} {last}",
        _("How complete the diary is"),
        joined(
            (place.one.name, f"{date_format(first, 'SHORT_DATE_FORMAT')} – {date_format(last, 'SHORT_DATE_FORMAT')}")
        ),
        facts=(
            (_("Lessons due"), whole(sum(row.due for row in rows))),
            (_("Registered"), whole(sum(row.taken for row in rows))),
            (_("Not registered"), whole(sum(row.behind for row in rows))),
        ),
        tables=(Table(_("Each class and subject"), head, lines),) if lines else (),
    )
    return answer(request, report, [Filter("school", str(place.one.id), _("School"), tuple(schools_of(place)))])


def _filled(row: Filled, code: str, subjects: dict[str, str], names: dict[UUID, str]) -> tuple[Cell, ...]:
    teacher = names.get(row.teacher, "") if row.teacher is not None else ""
    numbers = (
        row.due,
        row.taken,
        row.behind,
        row.in_time,
        row.other_day,
        row.topics,
        row.marks,
        row.marked,
        row.pupils,
    )
    return (word(code), word(subjects.get(row.subject, row.subject)), word(teacher), *map(whole, numbers))
