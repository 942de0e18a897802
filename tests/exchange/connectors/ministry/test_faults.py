"""All that a store and a network can do, and every instant at which a worker can die: nothing twice, none lost."""

from __future__ import annotations

import dataclasses
import threading
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, connections

from testamur.exchange.connectors.ministry import actions, gathering, ledger, queries
from testamur.exchange.connectors.ministry.ledger import LeaseLost
from testamur.exchange.connectors.ministry.wire import Wire
from testamur.kernel.base.actor import operator
from testamur.schoolday.transcripts.rules import HandoverState
from tests.exchange.connectors.ministry.world import World

pytestmark = pytest.mark.feature("D8", "D12")
S = HandoverState
BY = operator()
HOUR = 3600


class Dead(BaseException):
    """The process is gone: nothing that it would have done after is done."""


def whole(world: World, records: list[UUID]) -> None:
    """Each record is accepted once, here and at the store; the store's numbers have no gap."""
    assert world.states(records) == [S.ACCEPTED] * len(records)
    state = world.store.kept.state
    assert sorted(state.records) == sorted(map(str, records))
    numbers = sorted(int(key.split("/")[1]) for key in state.batches)
    assert numbers == list(range(1, len(numbers) + 1))
    found, _count = queries.batches(by=BY, path="/", limit=100)
    answered = [one for one in found if one.state == "answered"]
    assert sorted(one.number for one in answered) == numbers
    assert sum(one.accepted for one in answered) == len(records)


def test_an_answer_that_was_lost_is_asked_for_by_number(world: World) -> None:
    records = world.pupils(3)
    world.store.lose = 1
    assert world.send().trouble == "connectors.delivery.down"
    assert world.states(records) == [S.SENT] * 3
    assert len(world.store.kept.state.records) == 3
    assert world.send(later=HOUR).accepted == 3
    assert world.store.seen == {"PUT": 1, "GET": 1}
    whole(world, records)


@pytest.mark.parametrize("fault", ["half", "forge", "mix", "drop"])
def test_a_receipt_that_is_cut_forged_mixed_up_or_incomplete_is_not_believed(world: World, fault: str) -> None:
    records = world.pupils(3)
    setattr(world.store, fault, 1)
    done = world.send()
    assert done.trouble in {"connectors.delivery.bad_receipt", "connectors.delivery.down"}
    assert done.accepted == 0
    assert world.states(records) == [S.SENT] * 3
    assert world.send(later=60).batches == 0 or fault == "half"
    world.send(later=HOUR)
    whole(world, records)


def test_a_store_that_is_away_gets_everything_later_and_is_left_alone_meanwhile(world: World) -> None:
    records = world.pupils(3)
    world.store.down = True
    assert world.send().trouble == "connectors.delivery.down"
    calls = sum(world.store.seen.values())
    assert world.send(later=1).trouble == ""
    assert sum(world.store.seen.values()) == calls
    (sender,) = queries.senders(by=BY, path="/")
    assert (sender.error, sender.tries) == ("connectors.delivery.down", 1)
    world.store.down = False
    world.send(later=HOUR)
    (sender,) = queries.senders(by=BY, path="/")
    assert (sender.error, sender.tries) == ("", 0)
    whole(world, records)


def test_a_store_that_is_slow_is_waited_for_and_then_asked(world: World) -> None:
    records = world.pupils(2)
    world.store.slow = 1.5
    assert world.send(timeout=0.5).trouble == "connectors.delivery.down"
    world.store.slow = 0
    world.send(later=HOUR)
    whole(world, records)


def test_a_store_at_work_is_asked_again_soon(world: World) -> None:
    records = world.pupils(2)
    world.store.busy = 2
    assert world.send().trouble == "connectors.delivery.working"
    assert world.send(later=6).trouble == "connectors.delivery.working"
    assert world.send(later=6).accepted == 2
    whole(world, records)


def test_a_batch_that_is_refused_as_a_whole_rests_until_it_is_withdrawn_and_keeps_its_number(world: World) -> None:
    records = world.pupils(2)
    world.store.refuse = 1
    assert world.send().trouble == "connectors.delivery.batch_refused"
    assert world.send(later=HOUR).batches == 0
    assert world.states(records) == [S.SENT] * 2
    (batch,), _n = queries.batches(by=BY, path="/")
    assert (batch.state, batch.code) == ("refused", "schema")
    assert actions.withdraw(by=BY, batch=batch.id, now=world.now) == 2
    assert world.states(records) == [S.WAITING] * 2
    with pytest.raises(actions.NotRefused):
        actions.withdraw(by=BY, batch=batch.id, now=world.now)
    world.send(later=1)
    whole(world, records)


def test_a_store_that_counts_otherwise_stops_everything(world: World) -> None:
    records = world.pupils(2)
    world.store.kept.state.senders[world.authority.code].next = 5
    assert world.send().trouble == "connectors.delivery.out_of_step"
    assert world.states(records) == [S.SENT] * 2
    assert world.store.kept.state.records == {}
    world.store.kept.state.senders[world.authority.code].next = 1
    world.send(later=HOUR)
    whole(world, records)


def test_a_batch_signed_with_another_certificate_is_refused_by_the_store(world: World) -> None:
    records = world.pupils(1)
    world.store.kept.state.senders[world.authority.code].certificates = ["00"]
    assert world.send().trouble == "connectors.delivery.not_authorised"
    assert world.states(records) == [S.SENT]


@pytest.mark.parametrize(
    "instant",
    ["before sealing", "after sealing", "before sending", "after sending", "before the answer stands", "after it"],
)
def test_a_worker_that_dies_at_any_instant_loses_nothing_and_doubles_nothing(
    world: World, instant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = world.pupils(5)
    place, name, after = {
        "before sealing": (ledger, "seal", False),
        "after sealing": (ledger, "seal", True),
        "before sending": (Wire, "put", False),
        "after sending": (Wire, "put", True),
        "before the answer stands": (ledger, "answered", False),
        "after it": (ledger, "answered", True),
    }[instant]
    real = getattr(place, name)

    def dies(*args: object, **kwargs: object) -> object:
        if after:
            real(*args, **kwargs)
        raise Dead

    with monkeypatch.context() as patched:
        patched.setattr(place, name, dies)
        with pytest.raises(Dead):
            world.send(most=2)
    assert world.send(most=2).batches == 0  # the dead worker's lease still holds
    done = world.send(most=2, later=int(ledger.LEASE.total_seconds()) + 1)
    assert done.trouble == ""
    whole(world, records)


def test_a_worker_whose_lease_is_gone_writes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    records = world.pupils(2)
    real = Wire.put
    other: list[int] = []

    def put(self: Wire, *args: object) -> bytes:
        """While the first one waits for its answer, its lease runs out and another worker does the work."""
        data = real(self, *args)  # type: ignore[arg-type]
        if not other:
            other.append(1)
            world.now += ledger.LEASE + timedelta(seconds=1)
            assert world.send().accepted == 2
        return data

    monkeypatch.setattr(Wire, "put", put)
    assert world.send().accepted == 0
    whole(world, records)
    assert len(world.store.kept.state.batches) == 1


def test_the_state_of_a_lease_is_checked_before_anything_is_written(world: World) -> None:
    world.pupils(1)
    claimed = ledger.claim(world.authority.id, now=world.now)
    assert claimed is not None
    assert ledger.claim(world.authority.id, now=world.now) is None
    with pytest.raises(LeaseLost):
        ledger.hold(dataclasses.replace(claimed, until=claimed.until + timedelta(seconds=1)), now=world.now)
    with pytest.raises(LeaseLost):
        ledger.hold(claimed, now=claimed.until + timedelta(seconds=1))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_record_once(world: World) -> None:
    records = world.pupils(12)
    troubles: list[BaseException] = []

    def run() -> None:
        try:
            world.send(most=3)
        except BaseException as error:  # noqa: BLE001 - told below
            troubles.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=run) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert troubles == []
    world.send(later=int(ledger.LEASE.total_seconds()) + 1)
    whole(world, records)


def test_a_body_whose_code_does_not_fit_the_form_rejects_no_record(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = world.pupils(2)
    real = gathering.sender
    with monkeypatch.context() as patched:
        patched.setattr(gathering, "sender", lambda _id: gathering.Sender(world.authority.id, "mã sai", "X", "/"))
        assert world.send().trouble == "connectors.delivery.batch_unfit"
    assert gathering.sender is real
    assert world.states(records) == [S.WAITING] * 2
    world.send(later=HOUR)
    whole(world, records)


def test_a_file_that_is_not_the_one_that_was_issued_stops_the_delivery(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    (record,) = world.pupils(1)
    real = world.files

    def files(wanted: list[UUID]) -> object:
        raise gathering.FileDamaged("damaged")

    monkeypatch.setattr(gathering, "files", files)
    assert world.send().trouble == "connectors.delivery.file_damaged"
    assert world.states([record]) == [S.SENT]
    monkeypatch.setattr(gathering, "files", real)
    world.send(later=HOUR)
    whole(world, [record])
