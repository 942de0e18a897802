"""Background steps: nobody's browser needs to stay open for a signature to arrive."""

from __future__ import annotations

import logging
from datetime import datetime

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.trust.signing import actions, queries

log = logging.getLogger(__name__)


def sweep(*, by: Actor, now: datetime) -> int:
    """Collect every ceremony whose e-ID may be asked, end those never begun; returns how many were looked at.

    Idempotent. One e-ID that refuses does not keep the others waiting; it is logged with the code alone.
    """
    looked_at = 0
    for ceremony in queries.waiting(now=now):
        looked_at += 1
        try:
            actions.collect(by=by, ceremony=ceremony, now=now)
        except Refused as refusal:
            log.warning("ceremony %s was not collected: %s", ceremony, refusal.code)
    over = [*queries.never_begun(before=now - actions.NEVER_BEGUN), *queries.outlived(before=now - actions.A_DAY)]
    for ceremony in over:
        looked_at += 1
        actions.expire(by=by, ceremony=ceremony, now=now)
    return looked_at
