"""Background work of the result lists."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import Refused
from testamur.kernel.jobs.rules import STEP, step_actor
from testamur.schoolday.reporting import steps
from testamur.schoolday.reporting.models import ResultList
from testamur.schoolday.reporting.rules.states import ListState, Way
from testamur.trust.records.render import Renderer

PREPARE_VERBS = (
    "reporting.list.prepare", "people.legal_name.read", "records.record.read", "records.record.draft",
    "records.record.ready",
)  # fmt: skip
SETTLE_STEP = step_actor(
    "settling", "reporting.list.decide", "reporting.list.prepare", "records.record.read", "signing.ceremony.see"
)
FIND_STEP = step_actor("finding", "reporting.subscription.find")
FORCE_STEP = step_actor("rules", "reporting.rule.put_in_force", "records.record.read")
VOID_STEP = step_actor("voiding", "records.record.read", "records.record.annul")
FORGOTTEN = timedelta(minutes=20)
"""A list that was sent so long ago and has no documents was lost on the way: nobody is making them any more."""
_renderers: list[Renderer] = []


def enqueue_documents(*, list: UUID, by: UUID, now: datetime) -> None:  # noqa: A002, ARG001 - as the verbs call it
    """Have the documents of a list made; part of the verb that sends it."""
    prepare.enqueue(str(list), str(by))


def enqueue_process(*, rule: UUID, by: UUID) -> None:
    """Have the document of a proposed decision made; part of the verb that proposes it."""
    prepare_process.enqueue(str(rule), str(by))


@task
def prepare(list: str, by: str) -> int:  # noqa: A002 - a list is what all this is about
    """Make the documents of a sent list; returns how many. A refusal is noted on the list and shown there."""
    try:
        return steps.prepare(
            by=_step(UUID(by)),
            list=UUID(list),
            renderer=_renderer(),
            public_url=settings.PUBLIC_URL,
            test=settings.MODE == "demo",
            clock=clock.now,
        )
    except Refused:  # no other try at once would end differently; `sweep` tries again later
        return 0


@task
def prepare_process(rule: str, by: str) -> str:
    """Make the document of a proposed decision; returns its record's id."""
    press = steps.Press(_renderer(), settings.PUBLIC_URL, settings.MODE == "demo", clock.now)
    return str(steps.prepare_process(by=_step(UUID(by)), rule=UUID(rule), made=press))


@task
def settle() -> int:
    """Decide the lists that are signed, and look at once who can get a final grade by it; returns how many lists."""
    now = clock.now()
    done = _settle(now, again=False)
    steps.put_in_force(by=FORCE_STEP, now=now)
    return done


@task
def find() -> int:
    """Look for students who can get a final grade, for all who subscribe; returns how many were found."""
    return steps.find_announced(by=FIND_STEP, now=clock.now())


@task
def sweep() -> int:
    """Try again what got stuck: signatures that were not taken in, documents that could not be made or were lost.

    Certificates whose result the law refused are declared void. What stood in the way may have passed. Returns how
    many lists without documents were tried.
    """
    now = clock.now()
    _settle(now, again=True)
    steps.void_refused(by=VOID_STEP, now=now)
    waiting = ResultList.objects.filter(
        Q(trouble__isnull=False) | Q(sent_at__lt=now - FORGOTTEN),
        state=ListState.SENT,
        way=Way.ELECTRONIC,
        prepared_at__isnull=True,
    )
    lists = [*waiting.order_by("sent_at", "id").values_list("id", "sent_by")]
    for one, by in lists:
        prepare.call(str(one), str(by))
    return len(lists)


def _settle(now: datetime, *, again: bool) -> int:
    done = steps.settle(by=SETTLE_STEP, now=now, again=again)
    if done:
        courses = {*ResultList.objects.filter(id__in=done).values_list("course", flat=True)}
        steps.find_announced(by=FIND_STEP, now=now, courses=courses)
    return len(done)


def _step(person: UUID) -> Actor:
    """The background step, on behalf of whoever sent the list: that it may be made was looked at then."""
    return Actor(id=STEP, identified_by="step", grants=(Grant("making", "/", PREPARE_VERBS),), on_behalf_of=person)


def _renderer() -> Renderer:
    """One for the process: loading fonts takes longer than a document."""
    if not _renderers:
        _renderers.append(Renderer())
    return _renderers[0]
