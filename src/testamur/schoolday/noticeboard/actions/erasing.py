"""Deleting events and news that a reviewed list names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.noticeboard.models import Answer, Event, Time
from testamur.schoolday.noticeboard.queries.old import events, news


@transaction.atomic
def erase(
    *, by: Actor, school: UUID, path: str, what: str, rows: Sequence[UUID], before: date, because: UUID, now: datetime
) -> int:
    """Delete those of the rows that are still old; returns how many. `because` is the list's id.

    Answers and booked times go with an event.

    Journal: ``noticeboard.rows.erased/1`` with the count. Needs ``retention.row.erase`` at the school.
    """
    by.must("retention.row.erase", path)
    found = list(events(path, before).filter(id__in=rows).values_list("id", flat=True))
    Answer.objects.filter(event__in=found).delete()
    Time.objects.filter(event__in=found).delete()
    Event.objects.filter(id__in=found).delete()
    gone = len(found) + news(path, before).filter(id__in=rows).delete()[0]
    refs = {"unit": str(school), "what": what, "count": gone, "list": str(because)}
    append(by=by, kind="noticeboard.rows.erased/1", path=path, refs=refs, now=now)
    return gone
