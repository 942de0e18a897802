"""Watching the log database: the contact of the installation hears once that it is behind, and once that it is not."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from testamur.exchange.notifications.actions.reporting import note_log
from testamur.exchange.notifications.models import Reader
from testamur.exchange.notifications.rules.reporting import LATE, LOCALES, Matter, Said
from testamur.exchange.notifications.steps.reporting import can_go
from testamur.exchange.notifications.words.reporting import write
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery.rules import NewMessage
from testamur.kernel.journal import queries as journal

NAME = "log-watch"
"""Of the row that remembers: `entry` is the second since which the alarm holds (0: none), `transaction` that at which
the log database was first not reached (0: it is)."""


def watch_log(*, by: Actor, now: datetime) -> bool | None:
    """True when the alarm begins, False when it ends, None when nothing changes.

    It begins when an act of more than five minutes ago is not in the log database, or when that cannot be reached for
    so long; it ends when everything younger than that alone waits.
    """
    behind = journal.behind(now)
    with transaction.atomic():
        Reader.objects.get_or_create(name=NAME)
        row = Reader.objects.select_for_update().get(name=NAME)
        second = int(now.timestamp())
        row.transaction = 0 if behind is not None else row.transaction or second
        late = (behind if behind is not None else second - row.transaction) > LATE.total_seconds()
        changed = late != bool(row.entry) and not (row.entry and behind is None)
        if changed:
            row.entry = second if late else 0
            seconds = round(behind or 0)
            note_log(by=by, late=late, seconds=seconds, messages=_letters(late=late, seconds=seconds), now=now)
        row.save(update_fields=["transaction", "entry"])
    return late if changed else None


def _letters(*, late: bool, seconds: int) -> list[NewMessage]:
    to = settings.CONTACT["email"]
    if not to:
        return []
    matter = Matter.LOG_LATE if late else Matter.LOG_OVER
    written = write(matter, Said(count=seconds), LOCALES)
    message = NewMessage(
        "email", to, written.subject, written.text, written.html, kind=f"notices.results.{matter.value}", urgent=late
    )
    return [message] if can_go(message) else []
