"""N worker processes and the parent that keeps them: renews their leases, replaces the dead, stops them gently.

With a broker the same parent keeps a relay and Celery workers instead (`Life`), and leaves the schedule to the relay.

Processes, never threads: a PKCS#11 token takes one session a process. Each is spawned, not forked, so that none shares
a database connection. A worker dies with its parent (Linux: PR_SET_PDEATHSIG), since nobody else renews its lease.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from types import FrameType

from testamur.kernel.jobs.rules import HEARTBEAT, RELAY, is_relay

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Report = Callable[[str, int, str], None]
Life = Callable[[str, "Until", Clock, Connection, int], None]
"""What a process does, at module level: its name, until when, the clock, where it reports tries, who started it."""

POLL = 0.2
"""Seconds that an idle worker waits before it looks again."""

_PR_SET_PDEATHSIG = 1
_SHORT_LIFE = 10.0
_LONGEST_WAIT = 60.0
_GIVE_UP = 3


class Until(StrEnum):
    """When workers stop by themselves: never, when nothing is due, after one task each."""

    STOPPED = "stopped"
    DRAINED = "drained"
    ONE = "one"


@dataclass(slots=True)
class Summary:
    """What was run. `died` counts workers that ended other than by themselves."""

    done: int = 0
    failed: int = 0
    died: int = 0
    gave_up: bool = False


@dataclass(slots=True)
class _Seat:
    """One place for a worker process; `quick` counts deaths in a row soon after the start."""

    life: Life
    kind: str = "job:"
    worker: str = ""
    process: SpawnProcess | None = None
    reports: Connection | None = None
    started: float = 0.0
    start_after: float = 0.0
    quick: int = 0
    killed_for: str = ""


@dataclass(slots=True)
class Supervisor:
    """Runs workers until told to stop. `report` gets (task, try, reason) of every try that came to an end.

    `life` is what a worker does where it is not to take tasks from the database itself; with `relays` there are
    processes beside the workers that relay to a broker. Then, or with a `life`, the schedule is kept by a relay.
    """

    concurrency: int
    clock: Clock
    until: Until = Until.STOPPED
    report: Report = lambda _task, _attempt, _reason: None
    life: Life | None = None
    relays: tuple[Life, ...] = ()
    summary: Summary = field(default_factory=Summary)
    _seats: list[_Seat] = field(default_factory=list)
    _stops: int = 0
    _beaten: float = 0.0

    def run(self) -> Summary:
        """Work until stopped (SIGTERM, SIGINT: after the tasks under way; twice: at once) or until there is nothing."""
        self._seats = [_Seat(relay, RELAY) for relay in self.relays]
        self._seats += [_Seat(self.life or work) for _ in range(self.concurrency)]
        with _signals(self._stop):
            self._housekeeping()
            for seat in self._seats:
                self._start(seat)
            while self._alive() or self._restarting():
                self._wait()
                self._housekeeping()
        return self.summary

    # --- the rounds of the parent ------------------------------------------------------------------

    def _stop(self, _signal: int, _frame: FrameType | None) -> None:
        self._stops += 1
        for seat in self._alive():
            self._tell(seat)

    def _tell(self, seat: _Seat) -> None:
        """Pass the stop on. A process that is being started is told when it is (a signal may come at any line)."""
        if seat.process is None or seat.process.pid is None:
            return
        if self._stops == 1:
            seat.process.terminate()
        else:
            seat.process.kill()

    def _alive(self) -> list[_Seat]:
        return [seat for seat in self._seats if seat.process is not None]

    def _restarting(self) -> bool:
        return not self._stops and any(seat.start_after for seat in self._seats)

    def _wait(self) -> None:
        reports = {seat.reports: seat for seat in self._alive() if seat.reports is not None}
        sentinels = {seat.process.sentinel: seat for seat in self._seats if seat.process is not None}
        if reports or sentinels:
            wait([*reports, *sentinels], timeout=1.0)
        else:
            time.sleep(POLL)
        for seat in self._alive():
            over = seat.process is not None and not seat.process.is_alive()
            self._listen(seat)
            if over:
                self._ended(seat)
        for seat in self._seats:
            if seat.start_after and not self._stops and time.monotonic() >= seat.start_after:
                self._start(seat)

    def _listen(self, seat: _Seat) -> None:
        with contextlib.suppress(EOFError, OSError):
            while seat.reports is not None and seat.reports.poll():
                task, attempt, reason = seat.reports.recv()
                self.summary.failed += bool(reason)
                self.summary.done += not reason
                seat.quick = 0
                self.report(task, attempt, reason)
            return
        seat.reports = None  # the worker is gone; its sentinel says so too

    def _ended(self, seat: _Seat) -> None:
        assert seat.process is not None
        process, code = seat.process, seat.process.exitcode or 0
        seat.process, seat.reports = None, None  # first: a closed one can be told nothing
        process.close()
        if code == 0:
            return
        reason = seat.killed_for or (f"worker.died: exit {code}" if code > 0 else f"worker.died: signal {-code}")
        if self._stops and code in {-signal.SIGTERM, -signal.SIGKILL}:
            reason = "worker.stopped"
        else:
            self.summary.died += 1
            log.error("worker %s ended: %s", seat.worker, reason)
        with _database():
            from testamur.kernel.jobs import leases

            leases.give_back(worker=seat.worker, reason=reason, now=self.clock())
        lived = time.monotonic() - seat.started
        seat.quick = seat.quick + 1 if lived < _SHORT_LIFE else 0
        if self.until is not Until.STOPPED and seat.quick >= _GIVE_UP:
            self.summary.gave_up = True
            return
        seat.start_after = time.monotonic() + (min(2.0**seat.quick, _LONGEST_WAIT) if seat.quick > 1 else 0.0)

    def _start(self, seat: _Seat) -> None:
        context = get_context("spawn")
        reports, theirs = context.Pipe(duplex=False)
        seat.worker = f"{seat.kind}{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        seat.killed_for, seat.start_after, seat.started = "", 0.0, time.monotonic()
        seat.reports = reports
        seat.process = context.Process(
            target=seat.life, args=(seat.worker, self.until, self.clock, theirs, os.getpid())
        )
        seat.process.start()
        theirs.close()
        if self._stops:  # the signal came while it was being started
            self._tell(seat)

    def _housekeeping(self) -> None:
        """Every few seconds: renew leases, kill what hangs, give back what is lost, keep the schedule."""
        if time.monotonic() < self._beaten + HEARTBEAT.total_seconds() and self._beaten:
            return
        self._beaten = time.monotonic()
        with _database():
            from testamur.kernel.jobs import leases

            now = self.clock()
            # what lies with the broker is nobody's yet: it is not kept, it is sent again
            names = {seat.worker: seat for seat in self._alive() if not is_relay(seat.worker)}
            leases.extend(workers=list(names), now=now)
            for name in leases.hanging(workers=list(names), now=now):
                process = names[name].process
                assert process is not None
                names[name].killed_for = leases.TIMEOUT
                process.kill()
            if self.life is None and not self.relays:
                leases.reap(now=now)
                leases.arm(now=now)


def work(worker: str, until: Until, clock: Clock, reports: Connection, parent: int) -> None:
    """The life of one worker process."""
    die_with(parent)
    stopping: list[int] = []
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the parent says when to stop
    signal.signal(signal.SIGTERM, lambda number, _frame: stopping.append(number))
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from django.db import close_old_connections

    from testamur.kernel.jobs.running import run_next

    while not stopping:
        close_old_connections()
        # whatever escapes (the database is away, the disk is full) ends this process: its parent gives the task back
        # and starts another, after a pause
        ran = run_next(worker=worker, clock=clock)
        if ran is not None:
            reports.send((ran.path, ran.attempt, ran.reason))
        if until is Until.ONE or (ran is None and until is Until.DRAINED):
            return
        if ran is None:
            time.sleep(POLL)


def die_with(parent: int, *, by: signal.Signals = signal.SIGKILL) -> None:
    """End this process (by that signal) when `parent`, which started it, ends in whatever way. Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, by, 0, 0, 0)
    if os.getppid() != parent:  # it went before the line above took effect
        sys.exit(1)


@contextlib.contextmanager
def _signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT)
    former = [signal.signal(number, handler) for number in numbers]
    try:
        yield
    finally:
        for number, old in zip(numbers, former, strict=True):
            signal.signal(number, old)


@contextlib.contextmanager
def _database() -> Iterator[None]:
    """The parent outlives its database: what could not be written now is written at the next round."""
    from django.db import connection
    from django.db.utils import Error

    try:
        yield
    except Error as error:
        log.error("the database did not answer: %s", type(error).__name__)  # noqa: TRY400 - every few seconds
        connection.close()
