"""Links to the documents of somebody whose identity is protected since: ended together."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.trust.records.models import Share


@transaction.atomic
def end_shares_of(*, by: Actor, subject: UUID, now: datetime) -> int:
    """End every link to documents about a protected person, whoever made it, as the school decides; returns how many.

    Needs ``people.protected.see`` where the person is kept. Raises NotFound for somebody who is not protected. Journal:
    ``records.shares_ended/1`` with the count.
    """
    path = people.paths([subject]).get(subject, "")
    by.must("people.protected.see", path, person=subject)
    if not people.protected([subject]):
        raise NotFound("The person's identity is not protected.", field="subject")
    open_ = Share.objects.filter(record__subject=subject, revoked_at__isnull=True, expires__gt=now)
    ended = open_.update(revoked_at=now)
    if ended:
        refs = {"person": str(subject), "count": ended}
        append(by=by, kind="records.shares_ended/1", path=path, refs=refs, now=now)
    return ended
