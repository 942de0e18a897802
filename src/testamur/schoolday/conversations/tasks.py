"""Background work of conversations."""

from __future__ import annotations

from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.jobs.rules import step_actor
from testamur.schoolday.conversations import actions, steps


@task
def send() -> int:
    """Send what was planned for now."""
    return steps.send_due(by=step_actor("conversations", "conversations.planned.send"), now=clock.now())


@task
def tidy() -> int:
    """Remove files that no message names."""
    return actions.tidy_files(by=step_actor("conversations", "conversations.file.tidy"), now=clock.now())
