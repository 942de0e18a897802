"""Giving out everything that a school owns: asked for here, gathered in the background, fetched once."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.diary import exporting
from testamur.exchange.connectors.diary.giving.writing import pieces
from testamur.schoolday.diary.queries import export as diary
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.trust.records import queries

LISTED = 20


@door("office.export", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponse:
    """What is in an export, the latest ones, and the button."""
    place, by, visitor = place_of(request, request.POST.get("school", "")), actor_of(request), visitor_of(request)
    by.must(diary.ALL, place.one.path)
    if request.method == "POST":
        work = exporting.request(by=by, school=place.one, hat=place.hat.key, now=visitor.now)
        return redirect("office:work", work)
    found = [w for w in queries.works(by=by, path=place.one.path, limit=200) if w.kind == exporting.EXPORT][:LISTED]
    works = [{"work": w, "waits": w.person == by.id and exporting.waits(w.id)} for w in found]
    health = by.may(diary.HEALTH, place.one.path)
    return page(request, "web/office/export.html", place=place, works=works, health=health)


@door("office.export", Area.OFFICE)
@require_GET
def fetch(request: HttpRequest, work: UUID) -> HttpResponse:
    """The file, once, for whoever asked for it."""
    stream = exporting.fetch(by=actor_of(request), work=work, now=visitor_of(request).now)
    named = f'attachment; filename="school-{work}.zip"'
    headers = {"Content-Disposition": named, "Cache-Control": "no-store"}
    answer = StreamingHttpResponse(pieces(stream), content_type="application/zip", headers=headers)
    return cast("HttpResponse", answer)  # Django treats both alike
