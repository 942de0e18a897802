"""Background work of forms: reminding before the last day, and noting signatures that nobody's browser waited for."""

from __future__ import annotations

import logging
from datetime import datetime

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.schoolday.forms import actions, queries

log = logging.getLogger(__name__)


def remind_due(*, by: Actor, now: datetime) -> int:
    """Remind of every form whose last day is near, once each; returns how many. Idempotent."""
    done = 0
    for form in queries.due(on=now.date()):
        try:
            actions.remind_form(by=by, form=form, now=now, itself=True)
            done += 1
        except Refused as refusal:
            log.warning("form %s was not reminded of: %s", form, refusal.code)
    return done


def settle(*, by: Actor, now: datetime) -> int:
    """Note the end of every ceremony over an answer; returns how many were looked at. Idempotent.

    One that refuses does not keep the others waiting.
    """
    waiting = queries.unsettled()
    for signing in waiting:
        try:
            actions.settle_signing(by=by, signing=signing, now=now)
        except Refused as refusal:
            log.warning("answer %s was not settled: %s", signing, refusal.code)
    return len(waiting)
