"""A task that lies with the broker is begun once, by one worker, however its message fares; one relay leads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from testamur.kernel.base import clock
from testamur.kernel.jobs import broker, handing, leases, queries, rules, running
from testamur.kernel.jobs.models import Lease
from testamur.surfaces.cli.worker import show_jobs, show_metrics
from tests.kernel.jobs import work

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
RELAY = "relay:here:1"
OTHER = "relay:there:2"


@pytest.fixture
def at() -> datetime:
    return clock.now()


def row(task: Any) -> DBTaskResult[..., Any]:
    return DBTaskResult.objects.get(id=task.id)


def key(task: Any) -> UUID:
    return UUID(task.id)


def begin(task: Any, at: datetime, worker: str = "job:w1") -> leases.Claimed | None:
    return handing.begin(task=key(task), worker=worker, now=at)


def test_what_is_handed_over_is_begun_once_and_settled_as_any_other(at: datetime) -> None:
    task = work.add.enqueue(2, b=3)
    assert handing.hand(relay=RELAY, most=5, now=at) == [key(task)]
    assert handing.handed(relay=RELAY) == 1
    claimed = begin(task, at)
    assert claimed is not None
    assert (claimed.attempt, claimed.args, claimed.kwargs) == (1, (2,), {"b": 3})
    assert begin(task, at, "job:w2") is None  # the message came twice
    assert running.run(claimed, clock=lambda: at).settled
    assert row(task).return_value == 5
    assert begin(task, at, "job:w2") is None  # and once more when all was over
    assert Lease.objects.count() == 0


def test_nobody_else_takes_what_lies_with_the_broker(at: datetime) -> None:
    work.add.enqueue(1, 2)
    assert len(handing.hand(relay=RELAY, most=5, now=at)) == 1
    assert handing.hand(relay=OTHER, most=5, now=at) == []
    assert leases.claim(worker="job:w1", now=at) is None


def test_a_relay_takes_the_most_urgent_and_no_more_than_it_may(at: datetime) -> None:
    low = work.add.enqueue(1, 1)
    high = work.add.using(priority=50).enqueue(2, 2)
    work.add.enqueue(3, 3)
    assert handing.hand(relay=RELAY, most=2, now=at) == [key(high), key(low)]
    assert handing.hand(relay=RELAY, most=0, now=at) == []


def test_a_message_that_the_broker_lost_costs_no_try_however_often(at: datetime) -> None:
    task = work.add.enqueue(1, 2)
    for n in range(2 * rules.ATTEMPTS):
        now = at + n * 2 * rules.LEASE
        assert handing.hand(relay=RELAY, most=5, now=now) == [key(task)]
        assert leases.reap(now=now + rules.LEASE - SECOND) == 0
        assert leases.reap(now=now + rules.LEASE + SECOND) == 1
        assert begin(task, now + rules.LEASE + SECOND) is None  # it came after all, too late
    (troubled,) = queries.troubled()
    assert (troubled.status, troubled.attempts, troubled.reason) == ("READY", 0, "broker.unanswered")


def test_a_message_that_could_not_be_sent_waits_again_at_once(at: datetime) -> None:
    task = work.add.enqueue(1, 2)
    other = work.add.enqueue(1, 2)
    handing.hand(relay=RELAY, most=5, now=at)
    begin(other, at)  # the broker had it although it did not confirm
    handing.take_back(relay=RELAY, tasks=[key(task), key(other)])
    assert (row(task).status, row(other).status) == (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    assert handing.hand(relay=OTHER, most=5, now=at) == [key(task)]


def test_a_dead_relay_loses_its_tasks_without_a_try_and_a_dead_worker_with_one(at: datetime) -> None:
    lost = work.add.enqueue(1, 2)
    begun = work.add.enqueue(3, 4)
    handing.hand(relay=RELAY, most=5, now=at)
    begin(begun, at, "job:w1")
    leases.give_back(worker=RELAY, reason="worker.died: signal 9", now=at)
    leases.give_back(worker="job:w1", reason="worker.died: signal 9", now=at)
    tries = dict(Lease.objects.values_list("task", "attempts"))
    assert (tries[key(lost)], tries[key(begun)]) == (0, 1)


def test_a_periodic_step_goes_through_the_broker_again_and_again(at: datetime, settings: Settings) -> None:
    settings.SCHEDULE = {"jobs.tidy": {"task": "testamur.kernel.jobs.tasks.tidy", "every": 10}}
    leases.arm(now=at)
    for n in range(3):
        now = at + n * 10 * SECOND
        (step,) = handing.hand(relay=RELAY, most=5, now=now)
        claimed = handing.begin(task=step, worker="job:w1", now=now)
        assert claimed is not None
        running.run(claimed, clock=lambda now=now: now)  # type: ignore[misc]
        assert handing.hand(relay=RELAY, most=5, now=now + 9 * SECOND) == []
    assert queries.periodic()[0].attempts == 0


def test_one_relay_keeps_the_schedule_and_another_takes_over_when_it_is_gone(at: datetime) -> None:
    assert handing.lead(relay=RELAY, now=at)
    assert not handing.lead(relay=OTHER, now=at + SECOND)
    assert handing.lead(relay=RELAY, now=at + 20 * SECOND)
    assert not handing.lead(relay=OTHER, now=at + rules.LEASE + SECOND)
    assert handing.lead(relay=OTHER, now=at + 20 * SECOND + rules.LEASE + SECOND)
    assert not handing.lead(relay=RELAY, now=at + 52 * SECOND)
    handing.resign(relays=[OTHER])
    assert handing.lead(relay=RELAY, now=at + 53 * SECOND)


def test_a_post_taken_before_the_clock_went_back_is_free(at: datetime) -> None:
    assert handing.lead(relay=RELAY, now=at + timedelta(hours=1))
    assert handing.lead(relay=OTHER, now=at)


def test_the_operator_sees_what_lies_with_the_broker_and_who_relays(
    at: datetime, capsys: pytest.CaptureFixture[str]
) -> None:
    work.add.enqueue(1, 2)
    begun = work.add.enqueue(1, 2)
    handing.lead(relay=RELAY, now=at)
    handing.hand(relay=RELAY, most=5, now=at)
    begin(begun, at)
    work.add.enqueue(1, 2)
    flow = queries.flow(now=clock.now() + 7 * SECOND)
    assert (flow.waiting, flow.with_broker, flow.running, flow.relay) == (1, 1, 1, RELAY)
    assert 7 <= flow.late_seconds < 20
    assert show_metrics() == 0
    assert "testamur_jobs_with_broker 1\n" in capsys.readouterr().out


def test_a_broker_that_does_not_answer_is_told_and_its_password_is_not(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.BROKER_URL = "amqp://user:secret@127.0.0.1:9//"
    assert show_jobs(as_json=True) == 1
    told = capsys.readouterr()
    assert '"broker": {"address": "amqp://127.0.0.1:9", "answers": false}' in told.out
    assert "secret" not in told.out + told.err
    assert show_metrics() == 1
    assert "testamur_jobs_broker_up 0" in capsys.readouterr().out


def test_without_a_broker_in_the_settings_nothing_is_relayed(settings: Settings) -> None:
    settings.BROKER_URL = ""
    assert not broker.configured()
    with pytest.raises(broker.NoBroker), broker.sending():
        pass
