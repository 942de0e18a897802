"""Background work of the transcripts: class years are counted anew, documents of verified classes are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.jobs import running
from testamur.kernel.jobs.rules import STEP
from testamur.law.contract import DocumentType
from testamur.law.tables import pack
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.results import steps as results
from testamur.schoolday.transcripts import steps
from testamur.schoolday.transcripts.looking import frame, look
from testamur.schoolday.transcripts.rules import NoTranscripts, NotVerified
from testamur.schoolday.transcripts.steps.making import MAKE, ready
from testamur.trust.records import actions, queries
from testamur.trust.records.render import Renderer

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


@task
def follow() -> int:
    """Follow the journal; returns how many class years were counted anew."""
    return steps.follow(now=clock.now())


def request(*, by: Actor, groups: Sequence[UUID], documents: Sequence[str] = (), now: datetime) -> UUID:
    """Have the documents of verified classes of one school made and marked ready to sign; returns the id of the work.

    `documents` are short names of the pack; empty means those of the year. Needs ``transcripts.document.make`` at the
    school and for each class. Raises NotFound for no class or classes of several schools, NoTranscripts, NotVerified.
    """
    frames = [frame(group) for group in dict.fromkeys(groups)]
    told = [one for one in frames if one is not None]
    if len(told) != len(frames):
        raise NoTranscripts("The class has no transcripts that are verified.", field="groups")
    if len({one.school.id for one in told}) != 1 or len({one.year.id for one in told}) != 1:
        raise NotFound("Name classes of one school and year.", field="groups")
    school = told[0].school
    for one in told:
        by.must("transcripts.document.make", school.path, group=one.group.id)
        if not look(one, today=now.date()).is_verified:
            raise NotVerified("The class is not verified, or has changed since.", field="groups", group=one.group.code)
    asked = {
        "groups": [str(one.group.id) for one in told],
        "school_year": told[0].year.code,
        "term": told[0].term,
        "documents": list(documents) or [_short(school, told[0].document, now)],
    }
    with transaction.atomic():
        # whoever may ask for documents of a verified class needs no right to draft: the step does that
        asks = Actor(
            by.id, by.identified_by, (Grant("asking", school.path, ("records.record.draft",)),), by.on_behalf_of
        )
        work = actions.start_work(by=asks, kind=MAKE, unit=school.id, path=school.path, asked=asked, now=now)
        make.enqueue(str(work))
    return work


def _short(school: UnitView, document: DocumentType, now: datetime) -> str:
    known = pack(schools.pack_of(school.id, on=now.date())).documents
    return next(short for short, one in known.items() if one.code == document.code)


@task
def make(work: str) -> int:
    """Make what a work asks for and mark it ready; returns how many are. A second run takes up where one stopped."""
    view = queries.work(by=_step(None), work=UUID(work))
    if view.ended is not None:
        return 0
    by, asked = _step(view.person), view.asked
    groups = [UUID(group) for group in asked["groups"]]
    try:
        told = [one for one in map(frame, groups) if one is not None]
        results.make(
            by=by, school=view.unit, school_year=asked["school_year"], term=asked["term"],
            documents=asked["documents"], groups=groups, issued_on=min(one.day(clock.now().date()) for one in told),
            renderer=_renderer(), public_url=settings.PUBLIC_URL, test=settings.MODE == "demo", clock=clock.now,
            work=view.id,
        )  # fmt: skip
        known = pack(schools.pack_of(view.unit, on=clock.now().date())).documents
        wanted = [known[short] for short in asked["documents"] if short in known]
        done = sum(ready(by=by, group=group, documents=wanted, now=clock.now()) for group in groups)
    except Refused as refusal:  # no other try would end differently: whoever asked is told why
        actions.finish_work(by=by, work=view.id, error=refusal.code, now=clock.now())
        return 0
    except Exception as error:
        if running.last_try():  # else the engine tries again, and the work goes on
            actions.finish_work(by=by, work=view.id, error=type(error).__name__, now=clock.now())
        raise
    actions.finish_work(by=by, work=view.id, now=clock.now())
    for group in groups:
        steps.refresh(group, now=clock.now())
    return done


def _step(person: UUID | None) -> Actor:
    """The background step, on behalf of whoever asked; what that person may do was looked at when it was asked."""
    return Actor(id=STEP, identified_by="step", grants=(Grant("making", "/", _VERBS),), on_behalf_of=person)


def _renderer() -> Renderer:
    """One for the process: loading fonts takes longer than a document."""
    if not _renderers:
        _renderers.append(Renderer())
    return _renderers[0]
