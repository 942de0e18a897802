"""Background work of the results: documents that somebody asked for."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.jobs import running
from testamur.kernel.jobs.rules import STEP
from testamur.register.schools import queries as schools
from testamur.schoolday.results import steps
from testamur.trust.records import actions, queries
from testamur.trust.records.render import Renderer

MAKE = "results.make"
_VERBS = (
    "results.decision.read",
    "diary.register.read",
    "people.legal_name.read",
    "records.record.read",
    "records.record.draft",
    "records.record.ready",
    "records.work.do",
)
_renderers: list[Renderer] = []


def request(
    *,
    by: Actor,
    school: UUID,
    school_year: str,
    term: str,
    documents: list[str],
    groups: list[UUID],
    pupils: list[UUID],
    issued_on: date,
    now: datetime,
) -> UUID:
    """Ask for documents to be made in the background; returns the id of the work (`records.queries.work`).

    Needs ``records.record.draft`` at the school. Raises NotFound.
    """
    unit = schools.unit(school)
    if unit is None:
        raise NotFound("There is no such school.", field="school")
    by.must("records.record.draft", unit.path)
    asked = {
        "school_year": school_year,
        "term": term,
        "documents": documents,
        "groups": [str(group) for group in groups],
        "pupils": [str(pupil) for pupil in pupils],
        "issued_on": issued_on.isoformat(),
    }
    with transaction.atomic():
        work = actions.start_work(by=by, kind=MAKE, unit=unit.id, path=unit.path, asked=asked, now=now)
        make.enqueue(str(work))
    return work


@task
def make(work: str) -> int:
    """Make what a work asks for; returns how many documents were made. A second run takes up where one stopped."""
    view = queries.work(by=_step(None), work=UUID(work))
    if view.ended is not None:
        return 0
    by, asked = _step(view.person), view.asked
    try:
        made = steps.make(
            by=by,
            school=view.unit,
            school_year=asked["school_year"],
            term=asked["term"],
            documents=asked["documents"],
            groups=[UUID(group) for group in asked["groups"]],
            pupils=[UUID(pupil) for pupil in asked["pupils"]],
            issued_on=date.fromisoformat(asked["issued_on"]),
            renderer=_renderer(),
            public_url=settings.PUBLIC_URL,
            test=settings.MODE == "demo",
            clock=clock.now,
            work=view.id,
        )
    except Refused as refusal:  # no other try would end differently: whoever asked is told why
        actions.finish_work(by=by, work=view.id, error=refusal.code, now=clock.now())
        return 0
    except Exception as error:
        if running.last_try():  # else the engine tries again, and the work goes on
            actions.finish_work(by=by, work=view.id, error=type(error).__name__, now=clock.now())
        raise
    actions.finish_work(by=by, work=view.id, now=clock.now())
    return len(made.made)


def _step(person: UUID | None) -> Actor:
    """The background step, on behalf of whoever asked; what that person may do was looked at when it was asked."""
    return Actor(id=STEP, identified_by="step", grants=(Grant("making", "/", _VERBS),), on_behalf_of=person)


def _renderer() -> Renderer:
    """One for the process: loading fonts takes longer than a document."""
    if not _renderers:
        _renderers.append(Renderer())
    return _renderers[0]
