"""Asking for a correction of what is held, and deciding it (GDPR article 16)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.schoolday.keeping.models import Request
from testamur.schoolday.keeping.rules import (
    ANSWERS,
    OPEN,
    Decided,
    NoSchool,
    RequestState,
    TooManyRequests,
    Topic,
    checked,
)


@transaction.atomic
def ask_correction(*, by: Actor, person: UUID, topic: Topic, text: str, now: datetime) -> UUID:
    """Ask the person's school for a correction; returns the request's id.

    The school is where the person is a pupil today, else the place where the register keeps the person. Journal:
    ``keeping.request.asked/1``. Needs ``keeping.request.make`` for the person. Raises SayWhat, NoSchool,
    TooManyRequests.
    """
    by.must("keeping.request.make", person=person)
    told = checked(text)
    if Request.objects.filter(asked_by=by.id, state=RequestState.ASKED).count() >= OPEN:
        raise TooManyRequests("So many of your requests wait already.")
    place = schools.placement(person=person, on=now.date())
    unit = schools.unit(place.school) if place is not None else schools.unit_at(people.paths([person]).get(person, ""))
    if unit is None:
        raise NoSchool("There is no school here that could decide.")
    row = Request(
        id=new_id(), person=person, asked_by=by.id, unit_id=unit.id, path=unit.path, topic=topic, text=told,
        asked_at=now,
    )  # fmt: skip
    row.save(force_insert=True)
    refs = {"request": str(row.id), "person": str(person), "topic": topic.value}
    append(by=by, kind="keeping.request.asked/1", path=unit.path, refs=refs, now=now)
    return row.id


@transaction.atomic
def withdraw_correction(*, by: Actor, request: UUID, now: datetime) -> None:
    """Take one's own request back. Journal: ``keeping.request.withdrawn/1``. Raises NotFound, Decided.

    Needs ``keeping.request.make`` for the person.
    """
    row = Request.objects.select_for_update().filter(id=request, asked_by=by.id).first()
    if row is None:
        raise NotFound("There is no such request.", request=str(request))
    by.must("keeping.request.make", person=row.person)
    _settle(row, by, RequestState.WITHDRAWN, "", now)
    refs = {"request": str(row.id), "person": str(row.person)}
    append(by=by, kind="keeping.request.withdrawn/1", path=row.path, refs=refs, now=now)


@transaction.atomic
def decide_correction(*, by: Actor, request: UUID, answer: RequestState, why: str, now: datetime) -> None:
    """Answer a request with a reason. What is corrected is corrected in its own place, by its own verb.

    Whoever asked is told by the notices that there is an answer, and reads it on the own page.
    Journal: ``keeping.request.decided/1``. Needs ``keeping.request.decide`` at the school. Raises NotFound, Decided,
    SayWhat.
    """
    row = Request.objects.select_for_update().filter(id=request).first()
    if row is None or answer not in ANSWERS:
        raise NotFound("There is no such request.", request=str(request))
    by.must("keeping.request.decide", row.path)
    _settle(row, by, answer, checked(why), now)
    refs = {
        "request": str(row.id), "person": str(row.person), "answer": answer.value, "pupil": str(row.person),
        "only": str(row.asked_by),
    }  # fmt: skip
    append(by=by, kind="keeping.request.decided/1", path=row.path, refs=refs, now=now)


def _settle(row: Request, by: Actor, state: RequestState, why: str, now: datetime) -> None:
    if row.state != RequestState.ASKED:
        raise Decided("It has been decided or withdrawn already.")
    row.state, row.why, row.decided_by, row.decided_at = state, why, by.id, now
    row.save(update_fields=["state", "why", "decided_by", "decided_at"])
