"""Documents about a person, sights of the person, and what keeping itself holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet
from testamur.register.schools import queries as schools
from testamur.schoolday.keeping.models import Extract, Request
from testamur.schoolday.keeping.queries.seen import seen
from testamur.trust.records import queries as records

YEARS = timedelta(days=5 * 365)


def documents(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """Released documents with the code by which each is checked; the originals are fetched from their own pages."""
    by.must("keeping.extract.see", person=person)
    found = records.of_subjects(by=by, subjects=[person], now=now)
    columns: tuple[str, ...] = ("title", "school", "period", "issued", "version", "state", "code")
    rows = [(r.title, r.unit_name, r.period, r.issued_on, r.version, r.state, r.code) for r in found]
    yield Sheet("documents", columns, iter(rows))
    asked = Request.objects.filter(person=person, asked_by=by.id).order_by("asked_at")
    columns = ("topic", "text", "asked_at", "state", "decided_at", "why")
    yield Sheet("correction_requests", columns, iter(list(asked.values_list(*columns))))
    made = Extract.objects.filter(person=person, asked_by=by.id).order_by("asked_at")
    columns = ("asked_at", "made_at", "fetched_at", "state")
    yield Sheet("extracts", columns, iter(list(made.values_list(*columns))))


def sights(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:
    """Who saw what, in the last five years: by place and page. Names of staff stand on the page, not in the file."""
    by.must("keeping.extract.see", person=person)
    found = seen(by=by, person=person, since=now - YEARS, now=now, limit=5000)
    names = {path: way[-1].name for path, way in schools.ways({one.path for one in found}).items() if way}
    rows = [(one.at, one.what, names.get(one.path, ""), one.where) for one in found]
    yield Sheet("sights", ("at", "what", "place", "where"), iter(rows))
