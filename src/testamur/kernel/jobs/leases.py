"""Taking tasks and giving them back. Every function is one transaction; `now` is passed in.

These are steps of the machinery, not acts of a person: they write no journal (which stands above), the tasks' own verbs
do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from testamur.kernel.jobs import rules
from testamur.kernel.jobs.models import Lease

BACKEND = "default"
DIED = "worker.died"
TIMEOUT = "task.timeout"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A task that this worker, and no other, may run now; `attempt` counts from 1."""

    task: UUID
    worker: str
    path: str
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    attempt: int


def table() -> dict[UUID, rules.Periodic]:
    """The periodic steps of this installation."""
    return rules.schedule(settings.SCHEDULE)


def waiting(now: datetime) -> QuerySet[DBTaskResult[..., Any]]:
    """Rows that are due, in the order in which they are taken: priority, then how long they have waited."""
    # the engine writes the end of time for "at once"
    due = Q(run_after__lte=now) | Q(run_after=get_date_max())
    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, backend_name=BACKEND)
    return ready.filter(due).order_by("-priority", "enqueued_at", "id")


def claim(*, worker: str, now: datetime) -> Claimed | None:
    """Take the task that has waited longest (highest priority first), or None. Two workers never take the same."""
    rows = waiting(now)
    if not rows.exists():  # outside a transaction: an idle worker must not hold up writers
        return None
    with transaction.atomic():
        row = rows.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked).first()
        if row is None:
            return None
        periodic = table().get(row.id)
        lease, _made = Lease.objects.get_or_create(
            task=row.id, defaults={"periodic": periodic.name if periodic else ""}
        )
        return begun(row, lease, worker, now)


def begun(row: DBTaskResult[..., Any], lease: Lease, worker: str, now: datetime) -> Claimed:
    """Note, on locked rows, that `worker` runs the task from now on: one more try."""
    periodic = table().get(row.id)
    lease.worker, lease.until, lease.begun_at = worker, now + rules.LEASE, now
    lease.deadline = now + (periodic.limit if periodic else rules.LIMIT)
    lease.attempts += 1
    lease.save()
    row.status, row.started_at = TaskResultStatus.RUNNING, now
    row.worker_ids = [worker] if periodic else [*row.worker_ids, worker]
    row.save(update_fields=["status", "started_at", "worker_ids"])
    return Claimed(
        row.id, worker, row.task_path, tuple(row.args_kwargs["args"]), row.args_kwargs["kwargs"], lease.attempts
    )


def finish(*, claimed: Claimed, value: Any, now: datetime) -> bool:
    """The task ended well with the JSON `value`; False (and nothing is written) when the lease was lost meanwhile."""
    with transaction.atomic():
        held = _held(claimed)
        if held is None:
            return False
        row, lease = held
        periodic = table().get(row.id)
        row.status = TaskResultStatus.READY if periodic else TaskResultStatus.SUCCESSFUL
        row.finished_at, row.return_value, row.exception_class_path, row.traceback = now, value, "", ""
        if periodic:
            row.run_after = now + periodic.every
            _let_go(lease)
            lease.attempts, lease.error, lease.done_at = 0, "", now
            lease.save()
        else:
            lease.delete()
        row.save()
        return True


def fail(*, claimed: Claimed, reason: str, exception: str = "", trace: str = "", now: datetime) -> bool:
    """The try failed: the task waits for its next, or has failed for good. False when the lease was lost meanwhile.

    `reason` is a code or the name of an error, `trace` where it happened; neither may name a person.
    """
    with transaction.atomic():
        held = _held(claimed)
        if held is None:
            return False
        _failed(*held, reason=reason, exception=exception, trace=trace, now=now)
        return True


def give_back(*, worker: str, reason: str, now: datetime) -> int:
    """Give back whatever `worker`, which is known to be dead, was running; returns how many tasks."""
    return _give_back(Q(worker=worker), reason, now)


def reap(*, now: datetime) -> int:
    """Give back the tasks of workers that were not heard of in time; returns how many.

    A lease that lies further ahead than any can was written before the clock went back: it is cut to one lease from
    now, and so are the pauses of tasks that wait for another try.
    """
    ahead = Lease.objects.exclude(worker="").filter(until__gt=now + 2 * rules.LEASE)
    if ahead.exists():  # read before writing, here and below: this runs every few seconds for ever
        ahead.update(until=now + rules.LEASE)
    tried = Lease.objects.filter(worker="", periodic="", attempts__gt=0).values("task")
    late = DBTaskResult.objects.filter(id__in=tried, status=TaskResultStatus.READY)
    late = late.filter(run_after__gt=now + 2 * rules.LONGEST_PAUSE).exclude(run_after=get_date_max())
    if late.exists():
        late.update(run_after=now + rules.LONGEST_PAUSE)
    return _give_back(Q(until__lt=now) & ~Q(worker=""), DIED, now)


def extend(*, workers: Collection[str], now: datetime) -> int:
    """Renew the leases of workers that are alive; returns how many of them are running a task."""
    return Lease.objects.filter(worker__in=workers).update(until=now + rules.LEASE)


def hanging(*, workers: Collection[str], now: datetime) -> list[str]:
    """Those of `workers` whose task runs longer than it may."""
    return list(Lease.objects.filter(worker__in=workers, deadline__lt=now).values_list("worker", flat=True))


def arm(*, now: datetime) -> None:
    """Bring the rows of periodic steps in line with `settings.SCHEDULE`: new ones are due at once, old ones go."""
    wanted = table()
    known = set(Lease.objects.exclude(periodic="").values_list("task", flat=True))
    rows = {row.id: row for row in DBTaskResult.objects.filter(id__in=known | set(wanted))}
    for one in wanted.values():
        row = rows.get(one.id)
        if row is None or one.id not in known:
            _arm(one, now)
        elif row.status == TaskResultStatus.READY:
            # after the clock went back a step must not wait for the time that was
            late = row.run_after > now + max(one.every, rules.LONGEST_PAUSE)
            if late or row.task_path != one.task:
                mine = DBTaskResult.objects.filter(id=one.id, status=TaskResultStatus.READY)
                mine.update(task_path=one.task, run_after=now)
    for gone in known - set(wanted):
        with transaction.atomic():
            if DBTaskResult.objects.filter(id=gone).exclude(status=TaskResultStatus.RUNNING).delete()[0]:
                Lease.objects.filter(task=gone, worker="").delete()


@transaction.atomic
def _arm(one: rules.Periodic, now: datetime) -> None:
    DBTaskResult.objects.get_or_create(
        id=one.id,
        defaults={
            "args_kwargs": {"args": [], "kwargs": {}},
            "task_path": one.task,
            "backend_name": BACKEND,
            "run_after": now,
            "exception_class_path": "",
            "traceback": "",
        },
    )
    Lease.objects.get_or_create(task=one.id, defaults={"periodic": one.name})


def again(*, task: UUID, now: datetime) -> bool:
    """Let a task that has failed for good be tried anew; False when there is none. The caller journals who asked."""
    with transaction.atomic():
        moved = DBTaskResult.objects.filter(id=task, status=TaskResultStatus.FAILED).update(
            status=TaskResultStatus.READY, run_after=now, finished_at=None
        )
        Lease.objects.filter(task=task).update(attempts=0)
        return bool(moved)


def tidy(*, now: datetime) -> int:
    """Remove tasks that ended long ago: after a week the good ones, after a year the failed; returns how many."""
    done = Q(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - rules.KEEP_DONE)
    failed = Q(status=TaskResultStatus.FAILED, finished_at__lt=now - rules.KEEP_FAILED)
    removed = 0
    while ids := list(DBTaskResult.objects.filter(done | failed).values_list("id", flat=True)[:500]):
        with transaction.atomic():
            Lease.objects.filter(task__in=ids).delete()
            removed += DBTaskResult.objects.filter(id__in=ids).delete()[0]
    return removed


def _held(claimed: Claimed) -> tuple[DBTaskResult[..., Any], Lease] | None:
    """The rows, locked, if the claim still holds: same worker, same try."""
    lease = (
        Lease.objects.select_for_update()
        .filter(task=claimed.task, worker=claimed.worker, attempts=claimed.attempt)
        .first()
    )
    row = DBTaskResult.objects.select_for_update().filter(id=claimed.task, status=TaskResultStatus.RUNNING).first()
    return None if lease is None or row is None else (row, lease)


def _give_back(which: Q, reason: str, now: datetime) -> int:
    if not Lease.objects.filter(which).exists():
        return 0
    count = 0
    with transaction.atomic():
        locked = Lease.objects.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
        for lease in locked.filter(which):
            row = DBTaskResult.objects.select_for_update().filter(id=lease.task, status=TaskResultStatus.RUNNING)
            held = row.first()
            if held is None:  # the engine's row was settled or removed by hand
                lease.delete()
                continue
            if rules.is_relay(lease.worker):
                unsent(held, lease, reason=rules.UNANSWERED)
            else:
                _failed(held, lease, reason=reason, exception="", trace="", now=now)
            count += 1
    return count


def unsent(row: DBTaskResult[..., Any], lease: Lease, *, reason: str) -> None:
    """Note, on locked rows, that no worker has begun what was handed to the broker: it waits again, no try is lost."""
    row.status = TaskResultStatus.READY
    row.save(update_fields=["status"])
    _let_go(lease)
    lease.error = reason
    lease.save()


def _failed(
    row: DBTaskResult[..., Any], lease: Lease, *, reason: str, exception: str, trace: str, now: datetime
) -> None:
    last = lease.attempts >= rules.ATTEMPTS and not lease.periodic
    row.status = TaskResultStatus.FAILED if last else TaskResultStatus.READY
    row.exception_class_path, row.traceback = exception, trace
    if last:
        row.finished_at = now
    else:
        row.run_after = now + rules.pause(lease.attempts)
    row.save()
    _let_go(lease)
    lease.error = reason[:400]
    lease.save()


def _let_go(lease: Lease) -> None:
    lease.worker, lease.until, lease.deadline = "", None, None
