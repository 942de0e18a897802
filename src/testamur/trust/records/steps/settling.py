"""What the e-ID said becomes what the records know: signed ceremonies are noted, those that ended are let go."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.module_loading import import_string

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.trust.records import actions, queries
from testamur.trust.signing import queries as ceremonies
from testamur.trust.signing.rules import FINAL, State

log = logging.getLogger(__name__)

ENQUEUE = "testamur.trust.records.tasks.enqueue_waiting"
"""Named, not imported: the tasks stand above the steps that they run."""


def settle(*, by: Actor, now: datetime) -> int:
    """Settle every ceremony over records that is over and not noted yet; returns how many were settled.

    Idempotent, and safe beside `settle_one`. A ceremony that refuses does not keep the others waiting.
    """
    settled = 0
    for ceremony in queries.unsettled():
        try:
            settled += settle_one(by=by, ceremony=ceremony, now=now) in FINAL
        except Refused as refusal:
            log.warning("ceremony %s was not settled: %s", ceremony, refusal.code)
    return settled


def settle_one(*, by: Actor, ceremony: UUID, now: datetime) -> State:
    """Note one ceremony if it is over: its signatures are accepted, or its records wait again; returns its state.

    Records that are signed by all are on their way to be sealed in the same transaction. For the page that polls (the
    signer's own actor) and for `settle`. Needs ``records.record.sign`` at the ceremony's place. Raises NotFound.
    """
    view = ceremonies.ceremony(ceremony, by=by)
    if view.state not in FINAL or not queries.is_unsettled(ceremony):
        return view.state
    with transaction.atomic():
        if view.state is State.SIGNED:
            if actions.accept_signatures(by=by, ceremony=ceremony, now=now):
                enqueue: Callable[..., int] = import_string(ENQUEUE)
                enqueue(now=now)
        else:
            actions.release_ceremony(by=by, path=view.path, ceremony=ceremony, now=now)
    return view.state


def announce(*, by: Actor, now: datetime) -> int:
    """Tell, once, of every group of records whose minute of release has passed; returns how many records."""
    return sum(
        actions.announce_release(by=by, unit=unit, document_type=document_type, period=period, now=now)
        for unit, document_type, period in queries.to_announce(now=now)
    )
