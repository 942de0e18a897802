"""Background work of the records: what is signed becomes a published record, whoever dies on the way."""

from __future__ import annotations

from datetime import datetime
from math import ceil

from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.jobs import queries as jobs
from testamur.kernel.jobs import running
from testamur.kernel.jobs.rules import step_actor
from testamur.trust.records import actions, steps
from testamur.trust.records.models import IssueBatch, Record
from testamur.trust.records.rules import State

MOST_OPEN = 16
"""Enough to keep every worker of a machine busy; the rest follows as these end."""

STEP = step_actor("issuing", "records.batch.issue", "archive.object.store", "transparency.entry.append")
STATUS_STEP = step_actor("status", "records.status.publish", "transparency.entry.append", "transparency.note.sign")
SETTLE_STEP = step_actor("settling", "records.record.sign", "signing.ceremony.see")
RELEASE_STEP = step_actor("release", "records.release.announce")
OUR_WORKERS = "job:"


@task
def issue() -> int:
    """Seal, log, archive and publish one batch; returns how many records it published.

    One batch and not all, so that other work is not kept waiting and a stop signal is heeded between two. Running it
    again, or twice at once, publishes nothing twice.
    """
    _release_orphans(clock.now())
    published = steps.issue_next(by=STEP, worker=running.worker() or "task", clock=clock.now)
    if published is not None:
        enqueue_waiting(now=clock.now())
    return published or 0


@task
def wake() -> int:
    """See to it that nothing signed is forgotten; returns how many runs of `issue` it added."""
    return enqueue_waiting(now=clock.now())


@task
def settle() -> int:
    """Note the ceremonies that are over, so that nobody's page needs to stay open; returns how many."""
    return steps.settle(by=SETTLE_STEP, now=clock.now())


@task
def announce_released() -> int:
    """Tell of the records whose minute of release has passed, once; returns how many."""
    return steps.announce(by=RELEASE_STEP, now=clock.now())


@task
def tidy() -> int:
    """Remove draft packs that no record needs any more."""
    return steps.tidy()


@task
def status() -> int:
    """Publish each organisation's status list: daily, and sooner when a record was replaced or annulled.

    Returns how many were published. The first refusal is raised when all organisations have had their turn.
    """
    outcomes = steps.publish_all_status(by=STATUS_STEP, clock=clock.now)
    for outcome in outcomes:
        if outcome.refused is not None:
            raise outcome.refused
    return sum(outcome.published for outcome in outcomes)


def enqueue_waiting(*, now: datetime) -> int:
    """Enqueue as many runs of `issue` as there are batches waiting; returns how many were added.

    Called in the transaction that makes records signed, and every few seconds by `wake`.
    """
    signed = Record.objects.filter(state=State.SIGNED, batch__isnull=True, held="").count()
    stopped = IssueBatch.objects.exclude(stage=IssueBatch.Stage.DONE).filter(lease_until__lt=now, error="").count()
    orphans = len(_orphans(now))
    needed = min(ceil(signed / steps.BATCH) + stopped + orphans, MOST_OPEN)
    missing = max(0, needed - jobs.open_count(issue))
    for _ in range(missing):
        issue.enqueue()
    return missing


def _orphans(now: datetime) -> list[IssueBatch]:
    """Batches whose lease holds although the worker process is known to be dead."""
    held = IssueBatch.objects.exclude(stage=IssueBatch.Stage.DONE).filter(lease_until__gte=now)
    mine = list(held.filter(worker__startswith=OUR_WORKERS))
    alive = jobs.working(now=now) if mine else frozenset()
    return [batch for batch in mine if batch.worker not in alive]


def _release_orphans(now: datetime) -> None:
    for batch in _orphans(now):
        actions.release_batch(by=STEP, batch=batch.id, worker=batch.worker, error="worker.died", now=now)
