"""Background work of the registry. Without one set up there is nothing to do."""

from __future__ import annotations

import logging
import random

from django_tasks import task

from testamur.exchange.connectors.ladok import steps
from testamur.exchange.connectors.ladok.client import LadokClient
from testamur.exchange.connectors.ladok.settings import NotSetUp, configured, is_set_up
from testamur.exchange.connectors.ladok.wire import BadAnswer, RegistryDown
from testamur.kernel.base import clock

log = logging.getLogger(__name__)


@task
def send() -> int:
    """Take up what was signed, and send what is due; returns the transfers that were tried."""
    if not is_set_up():
        return 0
    steps.take_up(by=steps.STEP, now=clock.now())
    try:
        with LadokClient.of(configured()) as client:
            done = steps.send_due(by=steps.STEP, client=client, clock=clock.now, jitter=random.random)
    except NotSetUp as no:  # an address without certificates, or a simulator that is not running: nothing goes yet
        log.warning("%s", no)
        return 0
    return done.total


@task
def follow() -> int:
    """Read the feed on; returns the lists that were entered for good."""
    if not is_set_up():
        return 0
    try:
        with LadokClient.of(configured()) as client:
            return steps.follow(by=steps.STEP, client=client, now=clock.now()).entered
    except (NotSetUp, RegistryDown, BadAnswer) as no:  # it is read on from the same place next time
        log.warning("the registry's feed was not read: %s", no)
        return 0
