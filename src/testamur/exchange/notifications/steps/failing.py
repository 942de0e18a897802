"""Messages that reached nobody: what they told is told by another way, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import transaction

from testamur.exchange.notifications.actions.families import tell_again
from testamur.exchange.notifications.models import Item, Reader
from testamur.exchange.notifications.rules.families import KEEP_ITEMS, Failed, Outcome, Way
from testamur.exchange.notifications.steps.families import KIND
from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import queries as delivery

NAME = "failures"
OVERLAP = timedelta(minutes=1)
"""Two workers may note failures out of order."""
MICRO = 1_000_000


def follow_failures(*, by: Actor, now: datetime) -> int:
    """Take note of messages to families that failed since the last time; returns how many things are told again."""
    reader, _ = Reader.objects.get_or_create(name=NAME)
    since = _since(reader, now)
    news = delivery.failures(by=by, since=since, limit=5000)
    if not news:
        return 0
    failed = [
        Failed(one.person, Way(one.channel), delivery.message(by=by, id=one.message).posted_at)
        for one in news
        if one.kind == KIND and one.person is not None
    ]
    with transaction.atomic():
        count = tell_again(by=by, failed=failed, now=now)
        Reader.objects.filter(name=NAME).update(entry=round(max(one.at for one in news).timestamp() * MICRO))
    return count


def _since(reader: Reader, now: datetime) -> datetime:
    """From where to look: a little back while others may still note something there, else after the last one."""
    if not reader.entry:
        return now - timedelta(days=4)
    last = datetime.fromtimestamp(reader.entry / MICRO, UTC)
    return last - OVERLAP if now - last < 2 * OVERLAP else last + timedelta(microseconds=1)


def forget(*, now: datetime) -> int:
    """Forget what was told long ago; returns how many rows. No act: it writes no journal."""
    old = Item.objects.filter(told_at__lt=now - KEEP_ITEMS).exclude(outcome=Outcome.UNREACHED)
    deleted, _ = old.delete()
    return deleted
