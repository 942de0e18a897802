"""Class registers as signed records: which there are, and having them made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.law.contract import Pack
from testamur.law.tables import PACKS
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView, SchoolYearView
from testamur.schoolday.results import tasks
from testamur.schoolday.results.steps.registers import subject_of
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import words
from testamur.surfaces.web.office.scope import Place, ids_of, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.reports.answering import today
from testamur.surfaces.web.requests import WebRequest
from testamur.trust.records import queries as records
from testamur.trust.records.queries import Latest
from testamur.trust.records.rules import State

READ = "diary.register.read"
_UNDER_WAY = {State.DRAFTED, State.READY}


@dataclass(frozen=True, slots=True)
class Line:
    """A class and its register. `open`: it can be made, or made again."""

    group: GroupView
    record: UUID | None
    state: str
    colour: str
    version: int
    signed: int
    signers: int
    preview: bool
    open: bool


@require_GET
@door("reports.see", Area.STAFF, Area.OFFICE)
def registers(request: WebRequest) -> HttpResponse:
    """The classes of a school year with the state of their registers."""
    place, by = place_of(request), request.visitor.actor
    path = place.one.path
    by.must(READ, path)
    by.must("records.record.read", path)
    year, pack = _year(place, request.GET.get("year", ""), today(request.visitor)), _pack(place, today(request.visitor))
    rule = pack.diary.register if pack is not None else None
    lines: list[Line] = []
    if year is not None and pack is not None and rule is not None:
        made = records.latest(by=by, path=path, unit=place.one.id, period=year.code)
        document = pack.documents[rule.document]
        lines = [
            _line(request, one, made.get((document.code, subject_of(one, rule.document).id)))
            for one in _classes(place, year)
        ]
    return page(
        request,
        "web/reports/registers.html",
        place=place,
        chosen_school=place.one.id,
        year=year,
        years=list(reversed(place.years)),
        rule=rule,
        title=pack.documents[rule.document].title if pack is not None and rule is not None else "",
        lines=lines,
        may_make=by.may("records.record.draft", path),
    )


@require_POST
@door("reports.see", Area.STAFF, Area.OFFICE)
def make(request: WebRequest) -> HttpResponse:
    """Have the registers of the chosen classes (of all, where none is chosen) made in the background."""
    place, visitor = place_of(request, request.POST.get("school", "")), request.visitor
    visitor.actor.must(READ, place.one.path)
    visitor.actor.must("records.record.draft", place.one.path)
    on = today(visitor)
    year, pack = _year(place, request.POST.get("year", ""), on), _pack(place, on)
    rule = pack.diary.register if pack is not None else None
    back = f"{reverse('reports:registers')}?school={place.one.id}"
    if year is None or rule is None:
        messages.error(request, _("There is no school year, or the law knows no class register."))
        return SeeOther(back)
    chosen = set(ids_of(request.POST.getlist("groups")))
    work = tasks.request(
        by=visitor.actor,
        school=place.one.id,
        school_year=year.code,
        term="",
        documents=[rule.document],
        groups=[one.id for one in _classes(place, year) if not chosen or one.id in chosen],
        pupils=[],
        issued_on=min(max(on, year.starts), year.ends),
        now=visitor.now,
    )
    return SeeOther(reverse("office:work", args=[work]))


def _line(request: WebRequest, group: GroupView, made: Latest | None) -> Line:
    state = "not_made" if made is None else made.state.value
    if made is not None and made.held:
        state = "held"
    elif made is not None and made.declined and made.state is State.DRAFTED:
        state = "declined"
    elif made is not None and made.released_at is not None and made.released_at <= request.visitor.now:
        state = "released"
    return Line(
        group,
        made.record if made else None,
        words.word(words.STATES, state),
        words.TAGS[state],
        made.version if made else 0,
        made.signed if made else 0,
        len(made.signers) if made else 0,
        preview=made is not None and made.state in _UNDER_WAY,
        open=made is None or made.state in {*_UNDER_WAY, State.PUBLISHED},
    )


def _classes(place: Place, year: SchoolYearView) -> Sequence[GroupView]:
    return schools.groups(school=place.one.id, school_year=year.id, kind=GroupKind.CLASS)


def _year(place: Place, code: str, on: date) -> SchoolYearView | None:
    begun = [one for one in place.years if one.starts <= on] or list(place.years[:1])
    return next((one for one in place.years if one.code == code), begun[-1] if begun else None)


def _pack(place: Place, on: date) -> Pack | None:
    return PACKS.get(schools.pack_of(place.one.id, on=on))
