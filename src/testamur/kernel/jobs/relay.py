"""The relay: reads the outbox of tasks and sends a message for each; one of several keeps the schedule.

It may be killed at any instant. What it had taken and not sent is a lease that runs out; what it sent is begun by a
worker whether it lives or not. A broker that does not answer gets its tasks later: they wait as rows meanwhile.
"""

from __future__ import annotations

import logging
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection

from testamur.kernel.jobs import rules

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
POLL = 0.1
"""Seconds that an idle relay waits before it looks again."""
LONGEST_WAIT = 10.0
"""Seconds between two looks at a broker that does not answer, at most."""


@dataclass(slots=True)
class Relay:
    """One relay by its name (which begins with `rules.RELAY`). `stopping` is asked between two rounds."""

    name: str
    clock: Clock
    stopping: Callable[[], bool]
    ahead: int = rules.AHEAD
    sent: int = 0
    _beaten: float = 0.0
    _begun: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Relay until told to stop. Raises what the database raises: whoever keeps this process starts another."""
        from testamur.kernel.jobs import broker, handing

        wait = 0.5
        while not self.stopping():
            try:
                with broker.sending() as send:
                    wait = 0.5
                    while not self.stopping():
                        self._housekeeping()
                        if not self._round(send):
                            time.sleep(POLL)
            except broker.Unreachable as error:
                log.warning("%s (%s)", error.code, error)
                self._housekeeping()
                self._pause(wait)
                wait = min(2 * wait, LONGEST_WAIT)
        handing.resign(relays=[self.name])

    def _round(self, send: Callable[..., None]) -> int:
        from django.db import close_old_connections

        from testamur.kernel.jobs import handing

        close_old_connections()
        room = self.ahead - handing.handed(relay=self.name)
        tasks = handing.hand(relay=self.name, most=room, now=self.clock())
        for at, task in enumerate(tasks):
            try:
                send(task)
            except Exception:  # the block of `sending` says what it was
                handing.take_back(relay=self.name, tasks=tasks[at:])
                raise
            self.sent += 1
        return len(tasks)

    def _housekeeping(self) -> None:
        """Every few seconds, if no other relay does: give back what is lost, keep the schedule."""
        now = time.monotonic()
        if self._beaten and now < self._beaten + rules.HEARTBEAT.total_seconds():
            return
        self._beaten = now
        from testamur.kernel.jobs import handing, leases

        at = self.clock()
        if not handing.lead(relay=self.name, now=at):
            return
        leases.arm(now=at)
        # a database that was away kept everybody from renewing: the living are given time to do so
        if now > self._begun + 2 * rules.HEARTBEAT.total_seconds():
            leases.reap(now=at)

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.stopping():
            time.sleep(POLL)


def work(worker: str, _until: object, clock: Clock, _reports: Connection, parent: int) -> None:
    """The life of one relay process; until its parent says stop."""
    from testamur.kernel.jobs.supervisor import die_with

    die_with(parent)
    stopping: list[int] = []
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, _frame: stopping.append(number))
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from django.db.utils import Error

    try:
        Relay(worker, clock, lambda: bool(stopping)).run()
    except Error as error:  # its parent starts another, after a pause
        log.error("relay %s: the database did not answer: %s", worker, type(error).__name__)  # noqa: TRY400 - no traceback
        sys.exit(1)
