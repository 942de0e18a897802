"""Reading background work: what waits, what runs, what failed and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django_tasks.base import Task, TaskResultStatus
from django_tasks_db.models import DBTaskResult

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
    leases = {lease.task: lease for lease in Lease.objects.filter(Q(attempts__gt=0, worker="") | ~Q(error=""))}
    failed = DBTaskResult.objects.filter(Q(status=TaskResultStatus.FAILED) | Q(id__in=list(leases)))
    return [_view(row, leases.get(row.id)) for row in failed.order_by("-started_at")[:limit]]


def periodic() -> list[JobView]:
    """The periodic steps, by name: when each ran last and what hinders it."""
    leases = {lease.task: lease for lease in Lease.objects.exclude(periodic="").order_by("periodic")}
    rows = {row.id: row for row in DBTaskResult.objects.filter(id__in=list(leases))}
    return [_view(rows[task], lease) for task, lease in leases.items() if task in rows]


def working(*, now: datetime) -> frozenset[str]:
    """Names of the workers that hold a lease now."""
    return frozenset(Lease.objects.exclude(worker="").filter(until__gte=now).values_list("worker", flat=True))


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
