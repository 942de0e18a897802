"""Background work of the delivery. Without a store set up there is nothing to do."""

from __future__ import annotations

import logging
import random

from django_tasks import task

from testamur.exchange.connectors.ministry import ledger, nightly, steps
from testamur.exchange.connectors.ministry.mapping.reading import MappingInvalid
from testamur.exchange.connectors.ministry.settings import NotSetUp, configured, is_set_up, writer
from testamur.exchange.connectors.ministry.wire import Wire
from testamur.kernel.base import clock

log = logging.getLogger(__name__)


@task
def send() -> int:
    """Take up what was published, and send what is due; returns the batches that got their receipt."""
    if not is_set_up():
        return 0
    try:
        form = writer()
        steps.take_up(by=steps.STEP, document=form.form.document, now=clock.now())
        store = configured()
        with Wire.of(store) as wire:
            return steps.send_due(
                by=steps.STEP, wire=wire, store=store, writer=form, clock=clock.now, jitter=random.random
            ).batches
    except (NotSetUp, MappingInvalid) as no:  # `testamur deliver` and the page say it too; nothing goes until then
        log.warning("%s", no)
        return 0


@task
def night() -> int:
    """Ask for what was sealed, for bodies that deliver each night as their plan says; returns how many records."""
    if not is_set_up():
        return 0
    try:
        return nightly.ask_nightly(by=steps.STEP, document=writer().form.document, now=clock.now())
    except (NotSetUp, MappingInvalid) as no:
        log.warning("%s", no)
        return 0


@task
def tidy() -> int:
    """The XML of batches whose receipt is old goes; returns how many."""
    return ledger.forget(before=clock.now() - ledger.KEEP)
