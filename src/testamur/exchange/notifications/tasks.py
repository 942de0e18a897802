"""Background work of the notices."""

from __future__ import annotations

from django_tasks import task

from testamur.exchange.notifications import steps
from testamur.exchange.notifications.actions import expire_registrations
from testamur.exchange.notifications.steps.places import zones
from testamur.kernel.base import clock
from testamur.kernel.jobs.rules import step_actor
from testamur.schoolday.care.steps import remind
from testamur.schoolday.supervision import steps as supervising

STEP = step_actor(
    "notices",
    "notices.notice.send",
    "delivery.message.post",
    "delivery.message.read",
    "delivery.device.see",
    "records.record.read",
    "people.contact.see",
    "people.guardianship.see",
    "people.details.see",
    "people.protected.see",
    "reporting.list.read",
    "reporting.office.see",
    "reporting.subscription.tell",
    "rollout.plan.see",
    "supervision.reminder.tell",
    "transcripts.handover.tell",
)

SUPERVISING = step_actor(
    "supervision", "transcripts.standing.see", "supervision.reminder.send", "rollout.plan.see",
)  # fmt: skip

HELPING = step_actor(
    "notices.support", "support.question.tell", "support.case.remind", "delivery.message.post", "people.contact.see",
    "people.protected.see",
)  # fmt: skip

NAMES = step_actor("notices.names", "conversations.waiting.see", "people.details.see")
"""As whom the names of senders are looked up: nobody who is hidden is named in a letter."""


@task
def tell() -> int:
    """Follow the journal and tell what is due; returns how many letters went into the outbox."""
    steps.follow(now=clock.now())
    return steps.tell_due(by=STEP, now=clock.now())


@task
def mornings() -> int:
    """The morning's letters, where it is morning; returns how many went into the outbox."""
    return steps.morning_rounds(by=STEP, names=NAMES, now=clock.now())


@task
def families() -> int:
    """Follow the diary, tell families what is due, send the codes that registrations wait for; returns how many."""
    now = clock.now()
    steps.follow(now=now)
    steps.spread(by=STEP, now=now)
    steps.follow_failures(by=STEP, now=now)
    return steps.tell_readers(by=STEP, now=clock.now()) + steps.send_registration_codes(by=STEP, now=clock.now())


@task
def care() -> int:
    """Remind families of weeks of care without hours, a day before they are locked; returns of how many children."""
    return remind(by=step_actor("care", "care.reminder.send"), now=clock.now(), zone=zones())


@task
def results() -> int:
    """Tell of result lists, and those who subscribe to courses; returns how many letters went into the outbox."""
    now = clock.now()
    return steps.follow_results(by=STEP, now=now) + steps.tell_subscribers(by=STEP, now=now)


@task
def colleagues() -> int:
    """Tell the staff of lessons that a day changes, and of messages those who want it at once; returns how many."""
    return steps.follow_colleagues(by=STEP, names=NAMES, now=clock.now())


@task
def helping() -> int:
    """Tell those whose turn it is in the chain of help; returns how many letters went into the outbox."""
    return steps.tell_helpers(by=HELPING, now=clock.now())


@task
def supervision() -> int:
    """Write down how far every place is today, and remind of the dates of plans; returns how many rows and sendings."""
    now, zone = clock.now(), zones()
    return supervising.count(by=SUPERVISING, zone=zone, now=now) + supervising.remind_due(
        by=SUPERVISING, zone=zone, now=now
    )


@task
def watch() -> bool | None:
    """See whether the log database keeps up; True when it has begun to be behind, False when that is over."""
    return steps.watch_log(by=STEP, now=clock.now())


@task
def tidy() -> int:
    """Void registrations that nobody proved or confirmed, forget what was told long ago; returns how many rows."""
    return expire_registrations(by=STEP, now=clock.now()) + steps.forget(now=clock.now())
