"""Background work of access."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from testamur.access.accounts import steps
from testamur.kernel.base import clock
from testamur.kernel.jobs.rules import step_actor


@task
def send_code(attempt: str) -> bool:
    """Send the code of a login by SMS, where there is somebody to send it to."""
    by = step_actor("accounts", "delivery.message.post")
    return steps.send_code(by=by, attempt=UUID(attempt), now=clock.now())


@task
def refresh_metadata() -> int:
    """Fetch the metadata of identity providers anew; returns how many were believed."""
    return steps.refresh_metadata(now=clock.now())


@task
def tidy() -> int:
    """Forget old tries, counts and logins; returns how many rows."""
    return steps.tidy(now=clock.now())
