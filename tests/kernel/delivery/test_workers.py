"""The outbox under several workers, and its seam to the task engine."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions, leases, queries, rules, steps, tasks
from testamur.kernel.delivery.channels.contract import Outgoing
from testamur.kernel.delivery.rules import Taken
from testamur.kernel.jobs import queries as jobs
from tests.kernel.delivery.conftest import Clock, mail, sms


class Recorder:
    """A channel that takes everything and looks whether a transaction is open."""

    parallel = 1
    taken: list[str]
    in_transaction: bool

    def __init__(self) -> None:
        self.taken, self.in_transaction = [], False

    def send(self, message: Outgoing) -> Taken:
        self.taken.append(message.to)
        self.in_transaction |= connection.in_atomic_block
        return Taken()

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once_and_outside_a_transaction(
    by: Actor, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    monkeypatch.setattr(steps, "channel", lambda _name: recorder)
    actions.post(by=by, messages=[mail(n) for n in range(60)], now=now)
    plain = Recorder.send
    other: list[int] = []

    def send(self: Recorder, message: Outgoing) -> Taken:
        if not other:  # while the first worker is at its first message, another one empties the queue
            other.append(0)
            other[0] = steps.send_due(by=by, clock=lambda: now).sent
        return plain(self, message)

    monkeypatch.setattr(Recorder, "send", send)
    assert steps.send_due(by=by, clock=lambda: now).sent == steps.BATCH
    assert other == [60 - steps.BATCH]
    assert set(Counter(recorder.taken).values()) == {1}
    assert len(recorder.taken) == 60
    assert not recorder.in_transaction


@pytest.mark.django_db
def test_urgent_messages_go_first_and_wake_a_worker(by: Actor, clock: Clock) -> None:
    actions.post(by=by, messages=[mail()], now=clock())
    assert jobs.open_count(tasks.send) == 0
    clock.forward(seconds=1)
    (urgent,) = actions.post(by=by, messages=[mail(2, urgent=True)], now=clock())
    assert jobs.open_count(tasks.send) == 1
    (first,) = leases.claim(channel="email", limit=1, now=clock())
    assert first.id == urgent


@pytest.mark.django_db
def test_what_is_rolled_back_was_never_posted(by: Actor, clock: Clock) -> None:
    with transaction.atomic():
        actions.post(by=by, messages=[sms(urgent=True)], now=clock())
        transaction.set_rollback(True)
    assert queries.counts(by=by) == {}
    assert jobs.open_count(tasks.send) == 0


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_does_not_send(by: Actor, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    monkeypatch.setattr(steps, "channel", lambda _name: recorder)
    actions.post(by=by, messages=[mail(1), mail(2)], now=clock())
    plain = Recorder.send

    def slow(self: Recorder, message: Outgoing) -> Taken:
        if not self.taken:  # the first hand-over takes so long that another worker takes the second message
            clock.forward(seconds=rules.LEASE.total_seconds() + 1)
            assert len(leases.claim(channel="email", limit=5, now=clock())) == 2
        return plain(self, message)

    monkeypatch.setattr(Recorder, "send", slow)
    assert steps.send_due(by=by, clock=clock).sent == 1
    assert len(recorder.taken) == 1


@pytest.mark.django_db
def test_an_odd_error_holds_up_nobody(by: Actor, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder()
    monkeypatch.setattr(steps, "channel", lambda _name: recorder)
    odd, _plain = actions.post(by=by, messages=[mail(1), mail(2)], now=clock())
    plain = Recorder.send

    def send(self: Recorder, message: Outgoing) -> Taken:
        if message.id == odd:
            raise UnicodeError("Alva Exempelsson")
        return plain(self, message)

    monkeypatch.setattr(Recorder, "send", send)
    done = steps.send_due(by=by, clock=clock)
    assert (done.sent, done.again) == (1, 1)
    assert queries.message(by=by, id=odd).error == "unexpected.UnicodeError"


@pytest.mark.django_db
def test_the_tasks_run(settings: Any, clock: Clock, by: Actor) -> None:
    settings.DELIVERY_CHANNELS = {}
    assert queries.lag(now=clock()) == 0
    actions.post(by=by, messages=[mail()], now=clock())
    clock.forward(seconds=7)
    assert queries.lag(now=clock()) == 7
    assert tasks.tidy.call() == 0
    assert tasks.send.call() == 0
    assert not queries.available("email")
