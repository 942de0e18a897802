"""Handing tasks to a broker and beginning them elsewhere; which of several relays keeps the schedule.

Like `leases`, steps of the machinery: each function is one transaction, `now` is passed in, no journal. A task that is
handed over is RUNNING with a lease in the relay's name; it becomes a try when a worker begins it, once, however often
its message comes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from testamur.kernel.jobs import leases, rules
from testamur.kernel.jobs.leases import Claimed
from testamur.kernel.jobs.models import Lease


def hand(*, relay: str, most: int, now: datetime) -> list[UUID]:
    """Take up to `most` due tasks in the relay's name, so that their messages can be sent; ids in order.

    Two relays, or a relay and a worker without a broker, never take the same.
    """
    rows = leases.waiting(now)
    if most <= 0 or not rows.exists():  # outside a transaction: an idle relay must not hold up writers
        return []
    with transaction.atomic():
        free = rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        tasks = [row.id for row in free[:most]]
        periodic = leases.table()
        Lease.objects.bulk_create(
            [
                Lease(
                    task=task,
                    periodic=periodic[task].name if task in periodic else "",
                    worker=relay,
                    until=now + rules.LEASE,
                    deadline=now + rules.LEASE,
                )
                for task in tasks
            ],
            update_conflicts=True,
            update_fields=["worker", "until", "deadline"],
            unique_fields=["task"],
        )
        DBTaskResult.objects.filter(id__in=tasks).update(status=TaskResultStatus.RUNNING)
        return tasks


def handed(*, relay: str) -> int:
    """How many tasks lie with the broker in this relay's name, begun by nobody yet."""
    return Lease.objects.filter(worker=relay).exclude(task=rules.LEADER).count()


def take_back(*, relay: str, tasks: Sequence[UUID]) -> None:
    """The messages of these could not be sent: they wait again. What somebody has begun meanwhile stays his."""
    with transaction.atomic():
        for lease in Lease.objects.select_for_update().filter(worker=relay, task__in=tasks):
            row = DBTaskResult.objects.select_for_update().filter(id=lease.task, status=TaskResultStatus.RUNNING)
            if (held := row.first()) is not None:
                leases.unsent(held, lease, reason=rules.UNREACHABLE)


def begin(*, task: UUID, worker: str, now: datetime) -> Claimed | None:
    """A message has come: the task is this worker's, with all that its row says.

    None when it is no longer with the broker: begun already, done, or given back since.
    """
    with transaction.atomic():
        lease = Lease.objects.select_for_update().filter(task=task, worker__startswith=rules.RELAY).first()
        row = DBTaskResult.objects.select_for_update().filter(id=task, status=TaskResultStatus.RUNNING).first()
        if lease is None or row is None:
            return None
        return leases.begun(row, lease, worker, now)


def lead(*, relay: str, now: datetime) -> bool:
    """Become or stay the relay that keeps the schedule; False while another holds that post."""
    mine = {"worker": relay, "until": now + rules.LEASE, "deadline": now + rules.LEASE}
    # a post that lies further ahead than any can was taken before the clock went back
    free = Q(worker=relay) | Q(worker="") | Q(until__lt=now) | Q(until__gt=now + 2 * rules.LEASE)
    if Lease.objects.filter(free, task=rules.LEADER).update(**mine):
        return True
    _lease, made = Lease.objects.get_or_create(task=rules.LEADER, defaults=mine)
    return made


def resign(*, relays: Collection[str]) -> None:
    """Give up the post, so that another relay takes it at once."""
    Lease.objects.filter(task=rules.LEADER, worker__in=relays).delete()
