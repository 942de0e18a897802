"""Background work of the outbox."""

from __future__ import annotations

from django_tasks import task

from testamur.kernel.base import clock
from testamur.kernel.delivery import steps
from testamur.kernel.jobs.rules import step_actor

STEP = step_actor("delivery", "delivery.message.send")


@task
def send() -> int:
    """Send what is due; returns how many messages a channel took."""
    return steps.send_due(by=STEP, clock=clock.now).sent


@task
def tidy() -> int:
    """Wipe address and text of messages whose fate has long been known; returns of how many."""
    return steps.tidy(now=clock.now())
