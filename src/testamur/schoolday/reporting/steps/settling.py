"""Signed documents become decisions."""

from __future__ import annotations

import logging
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.schoolday.reporting.actions.deciding import UNSIGNED, decide
from testamur.schoolday.reporting.actions.documents import note_trouble
from testamur.schoolday.reporting.models import ResultList
from testamur.schoolday.reporting.rules.states import ListState
from testamur.trust.records import queries as kept

log = logging.getLogger(__name__)


def settle(*, by: Actor, now: datetime, again: bool = False) -> tuple[UUID, ...]:
    """Decide every sent list whose document is signed; returns those that were decided.

    Idempotent, and safe beside a page that calls `settle_one`. A list that refuses is marked and does not keep the
    others waiting; those that are marked are tried with `again` alone.
    """
    waiting = ResultList.objects.filter(
        state=ListState.SENT, prepared_at__isnull=False, record__isnull=False, trouble__isnull=not again
    )
    pairs = waiting.order_by("sent_at", "id").values_list("record", "id")
    lists = {record: key for record, key in pairs if record is not None}
    signed = [view.id for view in kept.by_ids(by=by, records=[*lists]) if view.state not in UNSIGNED]
    return tuple(lists[record] for record in signed if settle_one(by=by, result_list=lists[record], now=now))


def settle_one(*, by: Actor, result_list: UUID, now: datetime) -> bool:
    """Decide one list if its document is signed; False when it is not, or when it refuses."""
    row = ResultList.objects.filter(id=result_list, state=ListState.SENT, record__isnull=False).first()
    if row is None or row.record is None:
        return False
    states = [view.state for view in kept.by_ids(by=by, records=[row.record])]
    if not states or states[0] in UNSIGNED:
        return False
    try:
        decide(by=by, list=result_list, now=now)
    except Refused as refusal:
        log.warning("list %s was not decided: %s", row.number, refusal.code)
        note_trouble(by=by, list=result_list, refusal=refusal, now=now)
        return False
    return True
