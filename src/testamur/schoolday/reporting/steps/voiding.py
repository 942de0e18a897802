"""Certificates of results that were signed and never decided: they are declared void."""

from __future__ import annotations

import logging
from datetime import datetime

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.schoolday.reporting.models import ListRow
from testamur.schoolday.reporting.rules.states import ListState
from testamur.trust.records import actions as records
from testamur.trust.records import queries as kept
from testamur.trust.records.rules import State

log = logging.getLogger(__name__)


def void_refused(*, by: Actor, now: datetime) -> int:
    """Annul each certificate whose row the law refused when its list was taken in; returns how many.

    The examiner had signed it with the list, so it goes its way to publication; only what is published can be declared
    void, and then it is, with the code of the refusal as its reason. Idempotent: a void one is left alone. Needs
    ``records.record.read`` and ``records.record.annul``. Journal: ``records.annulled/1`` for each.
    """
    rows = ListRow.objects.filter(
        list__state__in=[ListState.SIGNED, ListState.ENTERED], refused__isnull=False, certificate__isnull=False
    )
    why = {key: code for key, code in rows.values_list("certificate", "refused") if key is not None}
    count = 0
    for view in kept.by_ids(by=by, records=[*why]):
        if view.state is not State.PUBLISHED:
            continue
        try:
            records.annul(by=by, path=view.path, record=view.id, why=why[view.id] or "", now=now)
        except Refused as refusal:  # somebody was faster; the others are not kept waiting
            log.warning("certificate %s was not declared void: %s", view.id, refusal.code)
            continue
        count += 1
    return count
