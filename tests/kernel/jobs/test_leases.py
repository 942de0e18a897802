"""Tasks exist exactly when their data does, are run by one worker at a time, and never get lost or stuck."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from pytest_django import Settings

from testamur.kernel.base import clock
from testamur.kernel.jobs import leases, queries, rules, running
from testamur.kernel.jobs.models import Lease
from testamur.surfaces.cli.worker import show_jobs
from tests.kernel.jobs import work

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


@pytest.fixture
def at() -> datetime:
    """The present: the engine itself writes when a task was enqueued."""
    return clock.now()


def run(at: datetime, worker: str = "w1") -> running.Ran | None:
    return running.run_next(worker=worker, clock=lambda: at)


def row(task: Any) -> DBTaskResult[..., Any]:
    return DBTaskResult.objects.get(id=task.id)


def test_a_task_is_run_once_and_its_value_kept(at: datetime) -> None:
    task = work.add.enqueue(2, b=3)
    ran = run(at)
    assert ran is not None
    assert (ran.attempt, ran.reason, ran.settled) == (1, "", True)
    assert run(at) is None
    assert (row(task).status, row(task).return_value) == (TaskResultStatus.SUCCESSFUL, 5)
    assert Lease.objects.count() == 0


def test_a_task_of_a_transaction_that_is_rolled_back_never_was(at: datetime) -> None:
    with transaction.atomic():
        work.add.enqueue(1, 2)
        transaction.set_rollback(True)
    assert run(at) is None


def test_arguments_that_are_not_json_are_refused_when_enqueued() -> None:
    with pytest.raises(TypeError):
        work.add.enqueue(object(), 2)  # type: ignore[arg-type] # that is the point


def test_the_one_that_waited_longest_comes_first_and_priority_before_that(at: datetime) -> None:
    first, second = work.add.enqueue(1, 1), work.add.enqueue(2, 2)
    urgent = work.add.using(priority=10).enqueue(3, 3)
    later = work.add.using(run_after=at + timedelta(hours=1)).enqueue(4, 4)
    claimed = [leases.claim(worker=f"w{n}", now=at) for n in range(4)]
    assert [str(c.task) for c in claimed if c] == [urgent.id, first.id, second.id]
    due = leases.claim(worker="w4", now=at + timedelta(hours=1))
    assert due is not None
    assert str(due.task) == later.id


def test_a_failed_try_waits_ever_longer_and_after_the_last_the_reason_stands(at: datetime) -> None:
    task = work.refuse.enqueue("Alva Exempelsson")
    moment, pauses = at, []
    for attempt in range(1, rules.ATTEMPTS + 1):
        ran = run(moment)
        assert ran is not None
        assert (ran.attempt, ran.reason) == (attempt, "test.too_sad")
        assert run(moment) is None
        if attempt < rules.ATTEMPTS:
            pauses.append(row(task).run_after - moment)
            assert run(moment + pauses[-1] - SECOND) is None
            moment += pauses[-1]
    assert pauses == sorted(set(pauses))
    assert run(moment + timedelta(days=1)) is None
    (seen,) = queries.troubled()
    assert (seen.status, seen.attempts, seen.reason) == ("FAILED", rules.ATTEMPTS, "test.too_sad")
    assert "work.py" in seen.trace


def test_what_an_error_says_is_not_kept_for_it_may_quote_a_name(at: datetime) -> None:
    task = work.crash.enqueue()
    run(at)
    (seen,) = queries.troubled()
    assert (seen.reason, row(task).exception_class_path) == ("ZeroDivisionError", "builtins.ZeroDivisionError")
    assert "Exempelsson" not in seen.trace + seen.reason


@pytest.mark.parametrize("path", ["tests.kernel.jobs.work.not_a_task", "tests.kernel.jobs.gone.away", "nonsense"])
def test_a_row_that_names_no_task_fails_with_a_word_for_it(at: datetime, path: str) -> None:
    task = work.add.enqueue(1, 2)
    DBTaskResult.objects.filter(id=task.id).update(task_path=path)
    ran = run(at)
    assert ran is not None
    assert ran.reason == "jobs.not_a_task"


def test_a_dead_workers_task_is_given_to_another_when_its_lease_has_run_out(at: datetime) -> None:
    work.add.enqueue(1, 2)
    assert leases.claim(worker="dead", now=at)
    assert leases.reap(now=at + rules.LEASE) == 0
    assert leases.reap(now=at + rules.LEASE + SECOND) == 1
    ran = run(at + rules.LEASE + timedelta(minutes=1), "other")
    assert ran is not None
    assert (ran.attempt, ran.reason) == (2, "")


def test_a_worker_that_is_heard_of_keeps_its_task(at: datetime) -> None:
    work.add.enqueue(1, 2)
    leases.claim(worker="slow", now=at)
    moment = at
    for _ in range(20):
        moment += rules.HEARTBEAT
        assert leases.extend(workers=["slow"], now=moment) == 1
        assert leases.reap(now=moment) == 0
    assert queries.working(now=moment) == {"slow"}


def test_a_worker_that_lost_its_lease_cannot_settle_the_task(at: datetime) -> None:
    task = work.add.enqueue(1, 2)
    slow = leases.claim(worker="slow", now=at)
    later = at + rules.LEASE + SECOND
    leases.reap(now=later)
    assert slow is not None
    assert not leases.finish(claimed=slow, value="stale", now=later)
    quick = leases.claim(worker="quick", now=later + timedelta(minutes=1))
    assert quick is not None
    assert not leases.finish(claimed=slow, value="stale", now=later)
    assert not leases.fail(claimed=slow, reason="stale", now=later)
    assert leases.finish(claimed=quick, value="fresh", now=later)
    assert row(task).return_value == "fresh"


def test_the_same_worker_cannot_settle_an_earlier_try_of_its_own(at: datetime) -> None:
    work.add.enqueue(1, 2)
    first = leases.claim(worker="w", now=at)
    leases.give_back(worker="w", reason="worker.died", now=at)
    second = leases.claim(worker="w", now=at + timedelta(minutes=1))
    assert first is not None
    assert second is not None
    assert not leases.finish(claimed=first, value=1, now=at)
    assert leases.finish(claimed=second, value=2, now=at)


def test_a_task_that_kills_every_worker_fails_for_good_and_says_so(at: datetime) -> None:
    task = work.add.enqueue(1, 2)
    moment = at
    for n in range(rules.ATTEMPTS):
        assert leases.claim(worker=f"w{n}", now=moment), n
        assert leases.give_back(worker=f"w{n}", reason="worker.died: signal 9", now=moment) == 1
        moment += rules.LONGEST_PAUSE
    assert leases.claim(worker="last", now=moment) is None
    (seen,) = queries.troubled()
    assert (str(seen.id), seen.status, seen.reason) == (task.id, "FAILED", "worker.died: signal 9")
    assert leases.again(task=seen.id, now=moment)
    ran = run(moment)
    assert ran is not None
    assert (ran.attempt, ran.reason) == (1, "")


def test_a_task_that_hangs_is_found(at: datetime) -> None:
    work.add.enqueue(1, 2)
    leases.claim(worker="w", now=at)
    assert leases.hanging(workers=["w"], now=at + rules.LIMIT) == []
    assert leases.hanging(workers=["w", "v"], now=at + rules.LIMIT + SECOND) == ["w"]


def test_a_clock_set_back_keeps_no_task_waiting_for_the_time_that_was(at: datetime) -> None:
    work.add.enqueue(1, 2)
    work.crash.enqueue()
    leases.claim(worker="dead", now=at)
    run(at)
    earlier = at - timedelta(days=3)
    leases.reap(now=earlier)
    assert leases.reap(now=earlier + rules.LEASE + SECOND) == 1
    moment = earlier + rules.LONGEST_PAUSE
    assert {r.path.rpartition(".")[2] for r in (run(moment), run(moment)) if r} == {"add", "crash"}


# --- periodic steps --------------------------------------------------------------------------------


@pytest.fixture
def schedule(settings: Settings) -> dict[str, dict[str, object]]:
    settings.SCHEDULE = {"test.crash": {"task": "tests.kernel.jobs.work.crash", "every": 60, "limit": 5}}
    return settings.SCHEDULE  # type: ignore[no-any-return] # a plain dictionary


def test_a_periodic_step_runs_at_once_then_after_each_pause_and_never_twice_at_a_time(
    at: datetime, schedule: dict[str, dict[str, object]]
) -> None:
    schedule["test.nothing"] = {"task": "testamur.kernel.jobs.tasks.tidy", "every": 60}
    del schedule["test.crash"]
    leases.arm(now=at)
    leases.arm(now=at)
    claimed = leases.claim(worker="w1", now=at)
    assert claimed is not None
    leases.arm(now=at + timedelta(days=1))
    assert leases.claim(worker="w2", now=at + timedelta(days=1)) is None
    leases.finish(claimed=claimed, value=0, now=at)
    assert run(at + 59 * SECOND) is None
    assert run(at + 60 * SECOND) is not None
    (seen,) = queries.periodic()
    assert (seen.periodic, seen.done_at) == ("test.nothing", at + 60 * SECOND)
    assert DBTaskResult.objects.count() == 1


def test_a_periodic_step_that_fails_is_tried_for_ever_and_says_why(
    at: datetime, schedule: dict[str, dict[str, object]]
) -> None:
    leases.arm(now=at)
    moment = at
    for attempt in range(1, rules.ATTEMPTS + 5):
        ran = run(moment)
        assert ran is not None, attempt
        moment += rules.pause(attempt)
    (seen,) = queries.periodic()
    assert (seen.attempts, seen.reason) == (rules.ATTEMPTS + 4, "ZeroDivisionError")


def test_a_periodic_step_has_its_own_limit(at: datetime, schedule: dict[str, dict[str, object]]) -> None:
    leases.arm(now=at)
    leases.claim(worker="w", now=at)
    assert leases.hanging(workers=["w"], now=at + 6 * SECOND) == ["w"]


def test_a_step_that_left_the_schedule_goes_and_one_whose_task_moved_follows(
    at: datetime, schedule: dict[str, dict[str, object]]
) -> None:
    leases.arm(now=at)
    schedule["test.crash"]["task"] = "testamur.kernel.jobs.tasks.tidy"
    leases.arm(now=at)
    ran = run(at)
    assert ran is not None
    assert (ran.path, ran.reason) == ("testamur.kernel.jobs.tasks.tidy", "")
    schedule.clear()
    leases.arm(now=at)
    assert (Lease.objects.count(), DBTaskResult.objects.count()) == (0, 0)


def test_after_the_clock_went_back_a_periodic_step_is_due_soon(
    at: datetime, schedule: dict[str, dict[str, object]]
) -> None:
    leases.arm(now=at)
    earlier = at - timedelta(days=2)
    leases.arm(now=earlier)
    assert run(earlier) is not None


@pytest.mark.parametrize(
    "entry", [{"task": "x"}, {"every": 1}, {"task": "x", "every": 0}, {"task": "x", "every": 1, "often": True}]
)
def test_a_schedule_that_makes_no_sense_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="SCHEDULE"):
        rules.schedule({"wrong": entry})


def test_the_schedule_of_the_product_names_tasks_that_exist(settings: Settings) -> None:
    for one in rules.schedule(settings.SCHEDULE).values():
        running._task(one.task)


def test_ended_tasks_are_kept_a_week_and_failed_ones_a_year(at: datetime) -> None:
    good, bad = work.add.enqueue(1, 2), work.crash.enqueue()
    run(at)
    moment = at
    for attempt in range(1, rules.ATTEMPTS + 1):
        run(moment)
        moment += rules.pause(attempt)
    assert leases.tidy(now=at + timedelta(days=6)) == 0
    assert leases.tidy(now=at + timedelta(days=8)) == 1
    assert not DBTaskResult.objects.filter(id=good.id).exists()
    assert DBTaskResult.objects.get(id=bad.id).status == TaskResultStatus.FAILED
    assert leases.tidy(now=at + timedelta(days=400)) == 1
    assert Lease.objects.count() == 0


def test_pauses_grow_to_ten_minutes_and_no_further() -> None:
    pauses = [rules.pause(n) for n in range(1, 200)]
    assert pauses[0] == 2 * SECOND
    assert pauses == sorted(pauses)
    assert pauses[-1] == rules.LONGEST_PAUSE


def test_the_operator_sees_what_runs_what_failed_and_why(
    at: datetime, schedule: dict[str, dict[str, object]], capsys: pytest.CaptureFixture[str]
) -> None:
    leases.arm(now=at)
    task = work.refuse.enqueue("Alva Exempelsson")
    moment = at
    for attempt in range(1, rules.ATTEMPTS + 1):
        run(moment)
        run(moment)
        moment += rules.pause(attempt)
    assert show_jobs(as_json=True) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["counts"] == {"FAILED": 1, "READY": 1}
    assert [(p["periodic"], p["reason"]) for p in told["periodic"]] == [("test.crash", "ZeroDivisionError")]
    assert (task.id, "FAILED", "test.too_sad") in [(t["id"], t["status"], t["reason"]) for t in told["troubled"]]
    assert show_jobs(as_json=False) == 1
    assert "test.too_sad" in capsys.readouterr().err
