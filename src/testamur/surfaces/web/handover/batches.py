"""One batch with its records, and the store's signed receipt as a file."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.ministry import queries
from testamur.register.schools import queries as schools
from testamur.register.schools.queries.units import units_on
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.handover import words
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


@require_GET
@door("handover.home", Area.OFFICE)
def batch(request: WebRequest, batch: UUID) -> HttpResponse:
    """What went, what the store said: by record and school, without names."""
    by = request.visitor.actor
    found, rows = queries.batch(by=by, batch=batch)
    units = units_on({one.path for one in rows})
    word, colour = words.BATCHES[found.state]
    unit = schools.unit(found.organisation)
    return page(
        request,
        "web/handover/batch.html",
        batch=found,
        word=word,
        colour=colour,
        body=unit,
        rows=[
            (one, units[one.path].name if one.path in units else "", *words.TRIES[one.state],
             words.meaning(one.code) if one.code else None)
            for one in sorted(rows, key=lambda one: one.state != "rejected")
        ],
        steers=unit is not None and by.may("connectors.delivery.steer", unit.path),
    )  # fmt: skip


@require_GET
@door("handover.home", Area.OFFICE)
def receipt(request: WebRequest, batch: UUID) -> HttpResponse:
    """The receipt as the store signed it."""
    found, _rows = queries.batch(by=request.visitor.actor, batch=batch)
    data = queries.receipt(by=request.visitor.actor, batch=batch)
    name = f"receipt-{found.number:06d}.json"
    return HttpResponse(
        data, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
