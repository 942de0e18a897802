"""Being told by a source of SS 12000 that something changed: ask for it, renew it, take its word, leave.

Its word says only which kinds changed, so it hastens the next reading and decides nothing: whoever forged it would
make us read a minute earlier. A source that tells nothing is read each `every` minutes as before.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from testamur.exchange.connectors.models import RosterSource
from testamur.exchange.connectors.roster.rules import RENEW_BEFORE, wakes_at
from testamur.exchange.connectors.roster.wire import SourceFailed, Wire
from testamur.exchange.connectors.rostering import sources
from testamur.exchange.connectors.rules.told import text_of
from testamur.kernel.base.refused import NotFound, Refused

log = logging.getLogger(__name__)
RESOURCES = ("Organisation", "Person", "Group", "Duty", "Activity")
CREATED, OK, GONE = 201, 200, 404
_LONGEST_ID = 80


def hook(source: UUID) -> str:
    """The address that a source tells; only whoever was told it knows its last part."""
    return f"{settings.PUBLIC_URL.rstrip('/')}/hooks/roster/{source}/{_word(source)}"


def _word(source: UUID) -> str:
    return salted_hmac("connectors.roster.hook", str(source), algorithm="sha256").hexdigest()[:48]


def heard(*, source: UUID, word: str, now: datetime) -> None:
    """A source told us that something changed: it is read soon. No journal entry: nothing of ours has changed.

    Raises NotFound for a word that is not its own, and for a source that is read no more.
    """
    row = RosterSource.objects.filter(id=source, ended_at=None, subscribes=True).first()
    if row is None or not constant_time_compare(word, _word(source)):
        raise NotFound("There is nothing here.", field="source")
    wakes = wakes_at(last_at=row.last_at, next_at=row.next_at, now=now)
    RosterSource.objects.filter(id=source).update(told_at=now, next_at=wakes)


def keep(*, now: datetime, loopback: bool = False, transport: httpx.BaseTransport | None = None) -> int:
    """Subscribe to every source that wants it and has none, and renew what soon ends; returns how many were.

    One that fails is tried again with the next reading, and read all the same.
    """
    rows = RosterSource.objects.filter(ended_at=None, subscribes=True).exclude(subscribed_until__gt=now + RENEW_BEFORE)
    done = 0
    for row in rows.order_by("id"):
        try:
            with _wire(row, now, loopback=loopback, transport=transport) as wire:
                key, until = _subscribed(wire, row)
        except Refused as no:
            log.warning("source %s gives no subscription: %s %s", row.id, no.code, no.found.get("why", ""))
            continue
        RosterSource.objects.filter(id=row.id).update(subscription=key, subscribed_until=until)
        done += 1
    return done


def leave(*, source: UUID, now: datetime, loopback: bool = False, transport: httpx.BaseTransport | None = None) -> bool:
    """Tell a source that it need tell us no more; whether it understood. Before its secret goes (`end_source`)."""
    row = RosterSource.objects.filter(id=source, ended_at=None).exclude(subscription="").first()
    if row is None:
        return False
    try:
        with _wire(row, now, loopback=loopback, transport=transport) as wire:
            status, _told = wire.tell("DELETE", f"{wire.base}/subscriptions/{row.subscription}")
    except Refused:
        return False
    RosterSource.objects.filter(id=source).update(subscription="", subscribed_until=None)
    return status < httpx.codes.BAD_REQUEST


def _subscribed(wire: Wire, row: RosterSource) -> tuple[str, datetime]:
    """Id and end of a subscription: the one that there is, renewed, or a new one. Raises SourceFailed."""
    address = f"{wire.base}/subscriptions"
    if row.subscription:
        status, told = wire.tell("PATCH", f"{address}/{row.subscription}", {})
        if status == OK:
            return row.subscription, _until(told)
        if status != GONE:
            raise SourceFailed("The source renews no subscription.", why=f"status {status}")
    wish = {
        "name": "Testamur", "target": hook(row.id), "resourceTypes": [{"resource": name} for name in RESOURCES],
    }  # fmt: skip
    status, told = wire.tell("POST", address, wish)
    key = text_of(told, "id")
    if status not in {OK, CREATED} or not 0 < len(key) <= _LONGEST_ID or not set(key) <= _PLAIN:
        raise SourceFailed("The source makes no subscription.", why=f"status {status}")
    return key, _until(told)


_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def _until(told: Any) -> datetime:
    """When a subscription ends. Raises SourceFailed for one that has no end: it could not be renewed in time."""
    try:
        at = datetime.fromisoformat(text_of(told, "expires"))
    except ValueError:
        raise SourceFailed("The subscription has no end.", why="shape") from None
    if at.tzinfo is None:
        raise SourceFailed("The subscription has no end.", why="shape")
    return at


def _wire(row: RosterSource, now: datetime, *, loopback: bool, transport: httpx.BaseTransport | None) -> Wire:
    return Wire(
        base_url=row.base_url, token_url=row.token_url, client_id=row.client_id, secret=sources.secret_of(row.id),
        scope=row.scope, now=now, loopback=loopback, transport=transport,
    )  # fmt: skip
