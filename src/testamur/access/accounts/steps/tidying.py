"""Forgetting what nobody needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from testamur.access.accounts.models import Attempt, Limit, Login, ProviderSession
from testamur.access.accounts.rules import ABSOLUTE

KEEP_ATTEMPTS = timedelta(days=1)
KEEP_LOGINS = timedelta(days=90)


def tidy(*, now: datetime) -> int:
    """Delete tries of yesterday, counts that no longer count, and logins over for 90 days; returns how many rows.

    What happened stays in the journal.
    """
    old = now - KEEP_LOGINS - max(ABSOLUTE.values())
    gone = (
        Attempt.objects.filter(expires_at__lt=now - KEEP_ATTEMPTS).delete(),
        Limit.objects.filter(until__lt=now).delete(),
        Login.objects.filter(began_at__lt=old).delete(),
        ProviderSession.objects.filter(at__lt=now - max(ABSOLUTE.values())).delete(),
    )
    return sum(count for count, _ in gone)
