"""Running one task: claim, call, settle."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.module_loading import import_string
from django_tasks.base import Task
from django_tasks.utils import normalize_json

from testamur.kernel.base.refused import Refused
from testamur.kernel.jobs import leases
from testamur.kernel.jobs.rules import ATTEMPTS

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class NotATask(Refused):
    """The row names something that is not a task of this installation."""

    code = "jobs.not_a_task"


@dataclass(frozen=True, slots=True)
class Ran:
    """One try of one task. `reason` is empty when it ended well; `settled` is False when the lease had been lost."""

    path: str
    attempt: int
    reason: str
    settled: bool


_running: list[leases.Claimed] = []


def worker() -> str:
    """Name of the worker that runs the calling task; empty outside one."""
    return _running[-1].worker if _running else ""


def last_try() -> bool:
    """True when the calling task is not tried again if it fails now; outside a worker always."""
    return not _running or _running[-1].attempt >= ATTEMPTS


def run_next(*, worker: str, clock: Clock) -> Ran | None:
    """Take one task and run it in this process; None when none is due. Whatever the task raises is kept, not raised."""
    claimed = leases.claim(worker=worker, now=clock())
    return None if claimed is None else run(claimed, clock=clock)


def run(claimed: leases.Claimed, *, clock: Clock) -> Ran:
    """Run a claimed task in this process and settle it. Whatever the task raises is kept, not raised."""
    _running.append(claimed)
    try:
        value = normalize_json(_task(claimed.path).call(*claimed.args, **claimed.kwargs))
    except Exception as error:  # noqa: BLE001 - a task may raise anything; the reason is kept on its row
        reason = error.code if isinstance(error, Refused) else type(error).__name__
        if isinstance(error, OSError) and error.strerror:
            reason = f"{reason}: {error.strerror}"  # the system's own words (No space left on device), no data in them
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        # frames only: the message of an error may quote what a pupil is called
        trace = "".join(traceback.format_tb(error.__traceback__))
        settled = leases.fail(claimed=claimed, reason=reason, exception=kind, trace=trace, now=clock())
        log.warning("task %s failed at try %d: %s", claimed.path, claimed.attempt, reason)
        return Ran(claimed.path, claimed.attempt, reason, settled)
    finally:
        _running.pop()
    settled = leases.finish(claimed=claimed, value=value, now=clock())
    if not settled:
        log.warning("task %s ended after its lease was lost; another worker has it", claimed.path)
    return Ran(claimed.path, claimed.attempt, "", settled)


def _task(path: str) -> Task[..., Any]:
    try:
        found = import_string(path)
    except ImportError as error:
        raise NotATask(f"{path} cannot be imported.", path=path) from error
    if not isinstance(found, Task):
        raise NotATask(f"{path} is not a task.", path=path)
    return found
