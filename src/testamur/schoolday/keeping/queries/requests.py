"""Requests for correction: one's own, and those that an office has to answer."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.prepared import prepared
from testamur.schoolday.keeping.models import Request
from testamur.schoolday.keeping.rules import ANSWERS, RequestState, Topic


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request. `person` is whom it is about; `why` the office's reason."""

    id: UUID
    person: UUID
    asked_by: UUID
    unit: UUID
    path: str
    topic: Topic
    text: str
    asked_at: datetime
    state: RequestState
    decided_at: datetime | None
    why: str


def requests_of(*, by: Actor, persons: Collection[UUID]) -> tuple[RequestView, ...]:
    """The requests that the actor made about these persons, the newest first."""
    return tuple(map(view, _made(persons=persons, me=by.id)))


@prepared
def _made(persons: Collection[UUID], me: UUID) -> QuerySet[Request]:
    return Request.objects.filter(person__in=persons, asked_by=me).order_by("-asked_at", "id")


def requests_at(*, by: Actor, path: str, limit: int = 200) -> tuple[RequestView, ...]:
    """Those at or below a place: the open ones first, oldest first. Needs ``keeping.request.decide`` there."""
    by.must("keeping.request.decide", path)
    rows = Request.objects.filter(path__startswith=path)
    waiting = rows.filter(state=RequestState.ASKED).order_by("asked_at", "id")
    over = rows.exclude(state=RequestState.ASKED).order_by("-decided_at", "id")
    return tuple(map(view, [*waiting[:limit], *over[:limit]]))


def request(*, by: Actor, id: UUID) -> RequestView:  # noqa: A002 - the name that every query uses
    """One that the actor may decide. Raises NotFound for every other."""
    row = Request.objects.filter(id=id).first()
    if row is None or not by.may("keeping.request.decide", row.path):
        raise NotFound("There is no such request.", request=str(id))
    return view(row)


def answered(ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When each of those requests was answered by its school; one query. For notices: shows nobody."""
    rows = Request.objects.filter(id__in=list(ids), state__in=[state.value for state in ANSWERS])
    return {key: at for key, at in rows.values_list("id", "decided_at") if at is not None}


def view(row: Request) -> RequestView:
    """The row as a value."""
    return RequestView(
        row.id, row.person, row.asked_by, row.unit_id, row.path, Topic(row.topic), row.text, row.asked_at,
        RequestState(row.state), row.decided_at, row.why,
    )  # fmt: skip
