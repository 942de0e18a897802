"""Who saw a person's documents and protected name: for that person and for whoever has the person in care."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.trust.records.models import Record, Retrieval, Sight


@dataclass(frozen=True, slots=True)
class SeenView:
    """One sight. `what`: ``name`` (of a protected person, on the page `where`) or ``document`` (its original)."""

    what: str
    actor: UUID
    at: datetime
    path: str
    where: str


def seen(*, by: Actor, person: UUID, since: datetime, limit: int = 500) -> tuple[SeenView, ...]:
    """The sights of a person and the fetches of the person's documents, newest first.

    Needs ``keeping.extract.see`` for the person.
    """
    by.must("keeping.extract.see", person=person)
    sights = Sight.objects.filter(person=person, at__gte=since).order_by("-at")[:limit]
    records = Record.objects.filter(subject=person, subject_kind="pupil").values("id")
    fetched = Retrieval.objects.filter(record__in=records, at__gte=since).select_related("record").order_by("-at")
    found = [SeenView("name", r.actor, r.at, r.path, r.where) for r in sights]
    found += [SeenView("document", r.person, r.at, r.record.path, r.record.document_type) for r in fetched[:limit]]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:limit])
