"""Background work of the notices."""

from __future__ import annotations

from django_tasks import task

from testamur.exchange.notifications import steps
from testamur.kernel.base import clock
from testamur.kernel.jobs.rules import step_actor

STEP = step_actor(
    "notices",
    "notices.notice.send",
    "delivery.message.post",
    "records.record.read",
    "people.contact.see",
    "people.guardianship.see",
    "people.details.see",
    "people.protected.see",
)


@task
def tell() -> int:
    """Follow the journal and tell what is due; returns how many letters went into the outbox."""
    steps.follow(now=clock.now())
    return steps.tell_due(by=STEP, now=clock.now())


@task
def mornings() -> int:
    """The morning's letters, where it is morning; returns how many went into the outbox."""
    return steps.morning_rounds(by=STEP, now=clock.now())


@task
def families() -> int:
    """Send the codes that registrations wait for; returns how many."""
    return steps.send_registration_codes(by=STEP, now=clock.now())
