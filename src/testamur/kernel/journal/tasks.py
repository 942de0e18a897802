"""Background work of the journal."""

from __future__ import annotations

from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.journal import steps


@task
def ship() -> int:
    """Ship what waits to the log database; returns how many entries went."""
    return steps.ship_all(now=clock.now())
