"""Long work: how far it has come, and what failed. The page can be left; the work goes on."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.diary import exporting
from testamur.register.schools import queries as schools
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import importing, paging, persons, words
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import fragment, page
from testamur.trust.records import queries
from testamur.trust.records.queries import WorkView
from testamur.trust.records.rules import WorkState

KINDS: words.Words = {
    "results.make": _("Documents are made"),
    "transcripts.make": _("Documents of verified classes are made"),
    importing.TRY: _("An import is tried"),
    importing.LOAD: _("An import is loaded"),
    exporting.EXPORT: _("Everything that the school owns is gathered"),
}
STATES: words.Words = {
    "waiting": _("Waiting to begin"),
    "running": _("Under way"),
    "done": _("Finished"),
    "failed": _("Broken off"),
}
LISTED = 50


@door("office.home", Area.OFFICE)
@require_GET
def work(request: HttpRequest, work: UUID) -> HttpResponse:
    """One long work; while it goes on the part with its progress is fetched again and again."""
    by = actor_of(request)
    view = queries.work(by=by, work=work)
    unit = schools.unit(view.unit)
    subjects = [UUID(str(e["subject"])) for e in view.errors if e.get("subject")]
    names = persons.shown(request, subjects, "office.work")
    errors = [
        {
            "who": names[UUID(str(e["subject"]))].name if e.get("subject") and UUID(str(e["subject"])) in names else "",
            "document": str(e.get("document", "")).rpartition(".")[2].replace("_", " "),
            "why": words.reason(str(e.get("code", ""))),
        }
        for e in view.errors
    ]
    return fragment(
        request,
        "web/office/work.html",
        "progress",
        work=view,
        unit=unit,
        kind=words.word(KINDS, view.kind),
        state=words.word(STATES, view.state.value),
        over=view.state in {WorkState.DONE, WorkState.FAILED},
        errors=errors,
        left=left(view, visitor_of(request).now),
        tried=importing.result(view) if _may_read_rows(request, view) else None,
        is_import=view.kind in {importing.TRY, importing.LOAD},
        is_export=view.kind == exporting.EXPORT,
        waits=view.kind == exporting.EXPORT and view.person == by.id and exporting.waits(view.id),
    )


@door("office.home", Area.OFFICE)
@require_GET
def works(request: HttpRequest) -> HttpResponse:
    """The latest long work of the place."""
    place, by = place_of(request), actor_of(request)
    found = queries.works(by=by, path=place.unit.path, limit=LISTED)
    units = schools.units({w.unit for w in found})
    rows = [
        {
            "work": w,
            "kind": words.word(KINDS, w.kind),
            "state": words.word(STATES, w.state.value),
            "unit": units[w.unit].name if w.unit in units else "",
        }
        for w in found
    ]
    return page(request, "web/office/works.html", rows=rows, pages=paging.pages(request, len(rows), LISTED))


def _may_read_rows(request: HttpRequest, view: WorkView) -> bool:
    """What an import found quotes its rows: for whoever sent them, and those who import there."""
    by = actor_of(request)
    return view.person == by.id or by.may("connectors.import.see", view.path)


def left(view: WorkView, now: datetime) -> timedelta | None:
    """How long it will take still, by the pace so far; None when nobody can say."""
    gone = view.done + view.failed
    if view.started is None or view.ended is not None or not gone or view.total <= gone:
        return None
    spent = (now - view.started) / gone * (view.total - gone)
    return timedelta(seconds=round(spent.total_seconds()))
