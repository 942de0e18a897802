"""Background work on background work."""

from __future__ import annotations

from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.jobs import leases


@task
def tidy() -> int:
    """Remove tasks that ended long ago."""
    return leases.tidy(now=clock.now())
