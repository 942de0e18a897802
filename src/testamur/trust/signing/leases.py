"""One at a time asks the e-ID about a ceremony: leases on its row."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from testamur.trust.signing.models import Ceremony

LEASE = timedelta(seconds=30)
"""Longer than any call to an e-ID may take (`bankid_timeout` is at most 25 s)."""


def take(row: Ceremony, now: datetime) -> bool:
    """Become the one who asks the e-ID. Durable, so a caller who wraps this in a transaction is told at once."""
    until = now + LEASE
    with transaction.atomic(durable=True):
        taken = Ceremony.objects.filter(pk=row.id, state=row.state, lease__lte=now).update(lease=until)
    row.lease = until
    return bool(taken)


def give_back(row: Ceremony, *, until: datetime) -> None:
    """Let others ask from `until` on, unless somebody else has the lease by now."""
    Ceremony.objects.filter(pk=row.id, lease=row.lease, state=row.state).update(lease=until)
