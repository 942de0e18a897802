"""Reading background work: what waits, what runs, what failed and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from testamur.kernel.jobs import leases, rules
from testamur.kernel.jobs.models import Lease

_OPEN = [TaskResultStatus.READY, TaskResultStatus.RUNNING]


@dataclass(frozen=True, slots=True)
class JobView:
    """A task as the operator sees it. `reason` is a code or the name of an error; empty when nothing went wrong."""

    id: UUID
    task: str
    periodic: str
    status: str
    attempts: int
    reason: str
    trace: str
    worker: str
    run_after: datetime
    begun_at: datetime | None
    done_at: datetime | None


def open_count(*tasks: Task[..., Any]) -> int:
    """How many runs of these tasks wait or are under way."""
    return DBTaskResult.objects.filter(task_path__in=[t.module_path for t in tasks], status__in=_OPEN).count()


def counts() -> dict[str, int]:
    """Number of tasks by status (``READY``, ``RUNNING``, ``SUCCESSFUL``, ``FAILED``)."""
    rows = DBTaskResult.objects.order_by().values("status").annotate(n=Count("id"))
    return {str(row["status"]): row["n"] for row in rows}


def troubled(*, limit: int = 100) -> list[JobView]:
    """Tasks that failed for good or wait for another try, newest first."""
    known = {lease.task: lease for lease in Lease.objects.filter(Q(attempts__gt=0, worker="") | ~Q(error=""))}
    failed = DBTaskResult.objects.filter(Q(status=TaskResultStatus.FAILED) | Q(id__in=list(known)))
    return [_view(row, known.get(row.id)) for row in failed.order_by("-started_at")[:limit]]


def periodic() -> list[JobView]:
    """The periodic steps, by name: when each ran last and what hinders it."""
    known = {lease.task: lease for lease in Lease.objects.exclude(periodic="").order_by("periodic")}
    rows = {row.id: row for row in DBTaskResult.objects.filter(id__in=list(known))}
    return [_view(rows[task], lease) for task, lease in known.items() if task in rows]


def working(*, now: datetime) -> frozenset[str]:
    """Names of the workers that hold a lease now."""
    return frozenset(Lease.objects.exclude(worker="").filter(until__gte=now).values_list("worker", flat=True))


@dataclass(frozen=True, slots=True)
class Flow:
    """How work flows now. `late_seconds`: how long the oldest due task has waited for a worker or a relay.

    `with_broker` are handed over and begun by nobody yet; `relay` is the one that keeps the schedule, empty without.
    """

    waiting: int
    late_seconds: float
    with_broker: int
    running: int
    failed: int
    relay: str


def lag(*, now: datetime) -> float:
    """Seconds that the oldest due task has waited for somebody to take it."""
    moments = leases.waiting(now).aggregate(
        first=Min("enqueued_at", filter=Q(run_after=get_date_max())), then=Min("run_after")
    )
    since = min((at for at in moments.values() if at is not None and at <= now), default=now)
    return (now - since).total_seconds()


def flow(*, now: datetime) -> Flow:
    """What an operator, and a machine that watches for him, asks first."""
    held = Lease.objects.exclude(worker="")
    with_broker = held.filter(worker__startswith=rules.RELAY).exclude(task=rules.LEADER).count()
    leader = held.filter(task=rules.LEADER, until__gte=now).values_list("worker", flat=True).first()
    return Flow(
        waiting=leases.waiting(now).count(),
        late_seconds=round(lag(now=now), 1),
        with_broker=with_broker,
        running=held.exclude(worker__startswith=rules.RELAY).count(),
        failed=DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).count(),
        relay=leader or "",
    )


def _view(row: DBTaskResult[..., object], lease: Lease | None) -> JobView:
    return JobView(
        id=row.id,
        task=row.task_path,
        periodic=lease.periodic if lease else "",
        status=row.status,
        attempts=lease.attempts if lease else 0,
        reason=lease.error if lease else "",
        trace=row.traceback,
        worker=lease.worker if lease else "",
        run_after=row.run_after,
        begun_at=lease.begun_at if lease else row.started_at,
        done_at=lease.done_at if lease else row.finished_at,
    )
