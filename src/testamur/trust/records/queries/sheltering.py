"""How many links lead to the documents of a protected person: for the school's decision to end them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.trust.records.models import Share


def shares_of(*, by: Actor, subject: UUID, now: datetime) -> int:
    """How many links to documents about that person are open; to whom they went, nobody knows.

    Needs ``people.protected.see`` where the person is kept.
    """
    by.must("people.protected.see", people.paths([subject]).get(subject, ""), person=subject)
    return Share.objects.filter(record__subject=subject, revoked_at__isnull=True, expires__gt=now).count()
