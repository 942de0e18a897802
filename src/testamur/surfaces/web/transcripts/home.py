"""A school: its classes and how far each has come; for a class teacher the own classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, SchoolYearView
from testamur.schoolday.transcripts import queries, tasks
from testamur.schoolday.transcripts.looking import verified_document
from testamur.schoolday.transcripts.rules import STEPS, Standing, Step
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import persons
from testamur.surfaces.web.office.scope import Place, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.transcripts import chain, words
from testamur.trust.records.queries import waiting

SEE = "transcripts.standing.see"


@require_GET
@door("transcripts.see", Area.STAFF, Area.OFFICE)
def home(request: WebRequest) -> HttpResponse:
    """The classes that the visitor answers for."""
    place, visitor = place_of(request), request.visitor
    year = _year(place, request.GET.get("year", ""), request)
    found = _standings(request, place, year)
    teachers = persons.shown(request, {one.class_teacher for one in found if one.class_teacher}, "transcripts.home")
    total = _total(found)
    path = place.one.path if place.school else "/"
    kind = _kind(place, request)
    mine = _mine(place, kind, visitor.actor)
    query = urlencode({"all": "1", "school": place.one.id.hex, "type": kind}) if place.school else ""
    return page(
        request,
        "web/transcripts/home.html",
        place=place,
        year=year,
        years=list(reversed(place.years)),
        chosen_school=place.school.id if place.school else None,
        known=bool(kind),
        steps=[words.step(step) for step in STEPS],
        rows=[
            (one, chain.links(one), teachers.get(one.class_teacher) if one.class_teacher else None, _next(one))
            for one in found
        ],
        total=total,
        links=chain.links(total) if total else (),
        missing=[(words.missing(code), n) for code, n in sorted(total.missing.items())] if total else (),
        makeable=[one for one in found if one.next is Step.MADE],
        may_make=visitor.actor.may("transcripts.document.make", path),
        mine=mine,
        sign=f"{reverse('staff:review')}?{query}",
    )


def _next(one: Standing) -> str:
    return words.step(one.next) if one.next is not None else ""


def _mine(place: Place, kind: str, by: Actor) -> int:
    """How many of the school's transcripts wait for the signature of whoever looks."""
    if place.school is None or not kind or not by.may("records.record.sign", place.school.path):
        return 0
    return len(waiting(by=by, person=by.id, document_type=kind, unit=place.school.id))


def _kind(place: Place, request: WebRequest) -> str:
    if place.school is None:
        return ""
    document = verified_document(schools.pack_of(place.school.id, on=request.visitor.now.date()))
    return document.code if document is not None else ""


def _year(place: Place, code: str, request: WebRequest) -> SchoolYearView | None:
    on = request.visitor.now.date()
    begun = [one for one in place.years if one.starts <= on] or list(place.years[:1])
    return next((one for one in place.years if one.code == code), begun[-1] if begun else None)


def _standings(request: WebRequest, place: Place, year: SchoolYearView | None) -> list[Standing]:
    """Of the whole school as it was counted last; of own classes, and of a school never counted, as it is now."""
    by, now = request.visitor.actor, request.visitor.now
    if place.school is None or year is None:
        return []
    if by.may(SEE, place.one.path):
        found = queries.standings(by=by, path=place.one.path, school_year=year.code)
        groups = schools.groups(school=place.one.id, school_year=year.id, kind=GroupKind.CLASS)
        if found and len(found) >= len(groups):
            return sorted(found, key=lambda one: (one.year_level, one.code))
        wanted: list[UUID] = [one.id for one in groups]
    else:
        own = schools.groups_by_id({*place.hat.groups, *place.hat.taught}).values()
        wanted = [one.id for one in own if one.school_year == year.id and by.may(SEE, place.one.path, group=one.id)]
    looks = (queries.look(by=by, group=group, now=now) for group in wanted)
    return sorted((one.standing for one in looks if one is not None), key=lambda one: (one.year_level, one.code))


def _total(found: Sequence[Standing]) -> Standing | None:
    """All classes together."""
    if not found:
        return None
    reached, missing = Counter[Step](), Counter[str]()
    for one in found:
        reached.update(one.reached)
        missing.update(one.missing)
    return replace(
        found[0],
        pupils=sum(one.pupils for one in found),
        rejected=sum(one.rejected for one in found),
        reached={step: reached[step] for step in STEPS},
        missing=dict(missing),
    )


@require_POST
@door("transcripts.see", Area.STAFF, Area.OFFICE)
def act(request: WebRequest) -> HttpResponse:
    """Have the documents of every verified class of the school made."""
    place, visitor = place_of(request, request.POST.get("school", "")), request.visitor
    year = _year(place, request.POST.get("year", ""), request)
    visitor.actor.must("transcripts.document.make", place.one.path)
    back = (
        f"{reverse('transcripts:home')}?{urlencode({'school': str(place.one.id), 'year': year.code if year else ''})}"
    )
    verified = [one.group for one in _standings(request, place, year) if one.next is Step.MADE]
    if not verified:
        messages.info(request, _("No class is verified and waits for its documents."))
        return SeeOther(back)
    try:
        tasks.request(by=visitor.actor, groups=verified, now=visitor.now)
    except Refused as refused:
        messages.error(request, refusals.sentence(refused))
    else:
        said = ngettext(
            "Documents of %(n)s class are being made.", "Documents of %(n)s classes are being made.", len(verified)
        )
        messages.success(request, said % {"n": len(verified)})
    return SeeOther(back)
