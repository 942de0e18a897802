"""Background work of signing."""

from __future__ import annotations

from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.jobs.rules import step_actor
from testamur.trust.signing import steps


@task
def sweep() -> int:
    """Collect the ceremonies whose e-ID may be asked; returns how many were looked at."""
    return steps.sweep(by=step_actor("signing", "signing.ceremony.*"), now=clock.now())
