"""Counting how often something is tried."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from testamur.access.accounts.methods.hiding import keyed
from testamur.access.accounts.models import Limit
from testamur.access.accounts.rules import Allowance, TooMany, waits
from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append


def limit(*, by: Actor, name: str, key: str, most: int, within: timedelta, now: datetime) -> None:
    """Count one more try of `name` by `key`; raises TooMany when there were `most` of them `within` that time already.

    Counted in a transaction of its own (call it outside any other), so it holds for all processes and whatever happens
    next. Only a keyed hash of `key` is stored. Journal, when a limit is reached for the first time since a try
    was allowed: ``accounts.limit.reached/1`` with the name alone.
    """
    wait = _count(by, name, key, Allowance("", most, within), now)
    if wait:
        raise TooMany("That was tried too often. Wait a while, then try again.", wait=wait)


@transaction.atomic
def _count(by: Actor, name: str, key: str, allowance: Allowance, now: datetime) -> float:
    hashed = keyed("limit", name, key)
    Limit.objects.get_or_create(key=hashed, defaults={"until": now + allowance.within})
    row = Limit.objects.select_for_update().get(key=hashed)
    row.hits, wait = waits(row.hits, allowance, now)
    if not wait:
        row.hits, row.until, row.told = [*row.hits, now.timestamp()], now + allowance.within, False
    elif not row.told:
        row.told = True
        append(by=by, kind="accounts.limit.reached/1", path="/", refs={"limit": name}, now=now)
    row.save(update_fields=["hits", "until", "told"])
    return wait
