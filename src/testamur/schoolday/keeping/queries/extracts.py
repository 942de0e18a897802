"""Extracts that were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.keeping.models import Extract
from testamur.schoolday.keeping.rules import ExtractState


@dataclass(frozen=True, slots=True)
class ExtractView:
    """One extract. `person` is whom it is about; `size` is in bytes, zero until it is made."""

    id: UUID
    person: UUID
    asked_by: UUID
    identified_by: str
    locale: str
    state: ExtractState
    asked_at: datetime
    made_at: datetime | None
    expires_at: datetime
    sha256: str
    size: int
    error: str


def extracts(*, by: Actor, now: datetime) -> tuple[ExtractView, ...]:
    """Those that the actor asked for and that are not gone, the newest first."""
    rows = Extract.objects.filter(asked_by=by.id, expires_at__gt=now).exclude(state=ExtractState.GONE)
    return tuple(map(view, rows.order_by("-asked_at", "id")))


def extract(*, by: Actor, id: UUID, now: datetime) -> ExtractView:  # noqa: A002 - the name that every query uses
    """One of them, while the actor still reaches the person. Raises NotFound for every other."""
    found = next((one for one in extracts(by=by, now=now) if one.id == id), None)
    if found is None or not by.may("keeping.extract.see", person=found.person):
        raise NotFound("There is no such extract.", extract=str(id))
    return found


def view(row: Extract) -> ExtractView:
    """The row as a value; for this package's own steps."""
    return ExtractView(
        row.id, row.person, row.asked_by, row.identified_by, row.locale, ExtractState(row.state), row.asked_at,
        row.made_at, row.expires_at, row.sha256, row.size, row.error,
    )  # fmt: skip
