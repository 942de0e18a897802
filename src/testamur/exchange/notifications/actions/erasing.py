"""Deleting notices and registrations that a reviewed list names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.exchange.notifications.queries.old import registrations, unreached
from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append

_LARGEST = 2**63
"""Beyond it a UUID is no notice's number."""


@transaction.atomic
def erase(
    *, by: Actor, school: UUID, path: str, what: str, rows: Sequence[UUID], before: date, because: UUID, now: datetime
) -> int:
    """Delete those of the rows that are still old; returns how many. `because` is the list's id.

    Journal: ``notices.rows.erased/1`` with the count. Needs ``retention.row.erase`` at the school.
    """
    by.must("retention.row.erase", path)
    numbers = [one.int for one in rows if one.int < _LARGEST]
    gone = unreached(path, before).filter(id__in=numbers).delete()[0]
    gone += registrations(path, before).filter(id__in=rows).delete()[0]
    refs = {"unit": str(school), "what": what, "count": gone, "list": str(because)}
    append(by=by, kind="notices.rows.erased/1", path=path, refs=refs, now=now)
    return gone
