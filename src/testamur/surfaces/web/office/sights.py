"""Who saw a person with protected identity by name: for review by the body responsible."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed
from testamur.register.people import queries as people
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import paging, words
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.trust.records import queries

DAYS = 90
LINES = 50


@door("office.protected", Area.OFFICE)
@require_GET
def sights(request: HttpRequest) -> HttpResponse:
    """The sights of the last months. Protected persons stand here by their alias: a review is no sight."""
    place, by, now = place_of(request), actor_of(request), visitor_of(request).now
    if not place.above:
        raise NotAllowed("The body responsible reviews who was seen, not the school itself.")
    found = queries.sights(by=by, path=place.unit.path, since=now - timedelta(days=DAYS), limit=2000)
    start = paging.offset(request, LINES)
    some = found[start : start + LINES]
    names = people.people(by=replace(by, grants=()), ids={x for s in some for x in (s.person, s.actor) if x != by.id})
    rows = [
        {
            "sight": s,
            "where": words.shown(s.where),
            "person": names[s.person].name if s.person in names else "",
            "actor": visitor_of(request).name if s.actor == by.id else names[s.actor].name if s.actor in names else "",
        }
        for s in some
    ]
    return page(
        request,
        "web/office/sights.html",
        rows=rows,
        total=len(found),
        days=DAYS,
        place=place,
        pages=paging.pages(request, len(found), LINES),
    )
