"""After a loss of the database's last hours, or of the store's answers: nothing is lost, and nothing goes twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from typer.testing import CliRunner

from testamur.exchange.connectors.ministry import actions, ledger, mending, queries, recovering
from testamur.exchange.connectors.ministry.recovering import Recovered
from testamur.exchange.connectors.ministry.steps import STEP
from testamur.exchange.connectors.ministry.wire import StoreDown, Wire
from testamur.exchange.connectors.models import DeliveryRow
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.schoolday.transcripts.actions import handover as acts
from testamur.schoolday.transcripts.queries import handover
from testamur.schoolday.transcripts.rules import HandoverState
from testamur.surfaces.cli import deliver, runtime
from tests.exchange.connectors.ministry.test_faults import Dead, whole
from tests.exchange.connectors.ministry.world import World

pytestmark = pytest.mark.feature("D8", "D12")
S = HandoverState
BY = operator()
HOUR = 3600


def lost(act: Callable[[], object]) -> None:
    """It happens, at the store too; then the database is restored to what it was before."""
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def recover(world: World) -> Recovered:
    """One recovery, of the only body."""
    with Wire.of(world.store.settings) as wire:
        (done,) = recovering.recover(by=STEP, wire=wire, store=world.store.settings, clock=lambda: world.now)
    return done


def puts(world: World) -> int:
    """How many batches were put to the store so far."""
    return world.store.seen["PUT"]


def test_where_nothing_was_lost_nothing_changes(world: World) -> None:
    records = world.pupils(3)
    world.send()
    done = recover(world)
    assert (done.batches, done.put_back, done.trouble) == (0, 0, "")
    world.send(later=60)
    assert puts(world) == 1
    whole(world, records)


def test_batches_of_the_lost_hours_come_back_and_the_rest_goes(world: World) -> None:
    first = world.pupils(2)
    world.send()
    more = [world.record(n) for n in range(10, 15)]
    world.ask(*more)
    lost(lambda: world.send(most=2, later=1))
    assert world.states(more) == [S.WAITING] * 5
    assert len(world.store.kept.state.batches) == 4
    done = recover(world)
    assert (done.batches, done.accepted, done.strangers, done.trouble) == (3, 5, 0, "")
    last = world.record(20)
    world.ask(last)
    before = puts(world)
    assert world.send(later=60).accepted == 1
    assert puts(world) == before + 1
    whole(world, [*first, *more, last])
    assert len({world.view(record).receipt for record in more}) == 5


def test_what_was_even_asked_for_in_the_lost_hours_comes_back(world: World) -> None:
    records = [world.record(n) for n in range(3)]

    def hours() -> None:
        world.ask(*records)
        world.send()

    lost(hours)
    assert all(handover.handover(by=BY, record=record) is None for record in records)
    assert recover(world).accepted == 3
    assert world.view(records[0]).group == world.group
    whole(world, records)


def test_a_worker_that_went_on_after_the_restoration_is_put_right(world: World) -> None:
    records = world.pupils(4)
    lost(lambda: world.send(most=3))
    assert world.send(later=1, most=2).trouble == "connectors.delivery.out_of_step"
    assert sorted(world.states(records)) == [S.SENT] * 2 + [S.WAITING] * 2
    done = recover(world)
    assert (done.batches, done.put_back, done.accepted) == (2, 2, 4)
    assert world.send(later=1).batches == 0
    whole(world, records)
    found, _count = queries.batches(by=BY, path="/")
    assert sorted(one.state for one in found) == ["answered", "answered", "withdrawn"]


def test_a_rejection_of_the_lost_hours_is_told_and_can_be_sent_again(world: World) -> None:
    good, bad = world.pupils(2)
    world.store.kept.state.unknown.append(world.snapshots[bad]["subject"]["identifier"]["value"])
    lost(world.send)
    done = recover(world)
    assert (done.accepted, done.rejected) == (1, 1)
    assert (world.view(bad).state, world.view(bad).code) == (S.REJECTED, "HS01")
    world.store.kept.state.unknown.clear()
    acts.ask_again(by=BY, records=[bad], now=world.now)
    world.send(later=1)
    assert world.states([good, bad]) == [S.ACCEPTED] * 2


def test_a_rejected_record_that_was_sent_again_in_the_lost_hours_comes_back_accepted(world: World) -> None:
    (bad,) = world.pupils(1)
    world.store.kept.state.unknown.append(world.snapshots[bad]["subject"]["identifier"]["value"])
    world.send()
    world.store.kept.state.unknown.clear()

    def hours() -> None:
        acts.ask_again(by=BY, records=[bad], now=world.now)
        world.send(later=1)

    lost(hours)
    assert world.states([bad]) == [S.REJECTED]
    assert recover(world).accepted == 1
    assert world.states([bad]) == [S.ACCEPTED]
    told = queries.tries(by=BY, record=bad, path=world.school.path)
    assert [(one.number, one.state) for one in told] == [(1, "rejected"), (2, "accepted")]


@pytest.mark.parametrize("fault", ["down", "lose", "half", "forge", "mix", "drop", "busy"])
def test_the_store_dies_before_it_took_or_after_it_took_and_before_its_receipt(world: World, fault: str) -> None:
    records = world.pupils(3)
    setattr(world.store, fault, True if fault == "down" else 1)
    world.send()
    assert world.states(records) == [S.SENT] * 3
    world.store.down = False
    done = recover(world)
    taken = fault not in {"down", "busy"}
    assert (done.batches, done.accepted, done.trouble) == ((1, 3, "") if taken else (0, 0, ""))
    world.send(later=1)  # at once: the pause is over
    whole(world, records)
    assert len(world.store.kept.state.batches) == 1


@pytest.mark.parametrize("name", ["put_back", "adopt", "mended"])
@pytest.mark.parametrize("after", [False, True])
def test_a_recovery_that_dies_is_run_again(
    world: World, name: str, after: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = world.pupils(5)
    lost(lambda: world.send(most=2))
    assert world.send(later=1).trouble == "connectors.delivery.out_of_step"
    real = getattr(mending, name)

    def dies(*args: object, **kwargs: object) -> object:
        if after:
            real(*args, **kwargs)
        raise Dead

    with monkeypatch.context() as patched:
        patched.setattr(mending, name, dies)
        with pytest.raises(Dead):
            recover(world)
    if (name, after) != ("mended", True):
        assert recover(world).trouble == "connectors.delivery.lease_lost"  # the dead one's lease still holds
    world.now += ledger.LEASE * 2
    assert recover(world).trouble == ""
    world.send(later=1)
    whole(world, records)


@pytest.mark.parametrize("fault", ["forge", "mix", "half"])
def test_a_receipt_that_is_not_the_stores_brings_nothing_back(world: World, fault: str) -> None:
    records = world.pupils(2)
    lost(world.send)
    setattr(world.store, fault, 1)
    assert recover(world).trouble in {"connectors.delivery.bad_receipt", "connectors.delivery.down"}
    assert world.states(records) == [S.WAITING] * 2
    assert recover(world).accepted == 2
    whole(world, records)


@pytest.mark.parametrize("how", ["forgot", "other"])
def test_a_store_that_lost_what_it_signed_for_is_told_and_nothing_is_sent_anew(world: World, how: str) -> None:
    records = world.pupils(2)
    world.send()
    batches = world.store.kept.state.batches
    key = f"{world.authority.code}/1"
    if how == "forgot":
        del batches[key]
    else:
        batches[key]["receipt"] = {**batches[key]["receipt"], "batch_sha256": "ab" * 32}
    done = recover(world)
    assert (done.trouble, done.batches) == ("connectors.delivery.store_forgot", 0)
    assert world.states(records) == [S.ACCEPTED] * 2
    assert puts(world) == 1


def test_a_record_that_is_not_here_is_counted_and_does_not_go_again_when_it_comes_back(world: World) -> None:
    here, away = world.pupils(2)
    lost(world.send)
    row = world.rows.pop(away)
    done = recover(world)
    assert (done.accepted, done.strangers) == (2, 1)
    assert world.view(here).state is S.ACCEPTED
    assert world.view(away).state is S.WAITING  # it is not in the archive: nobody can say whose it is
    world.rows[away] = row
    assert world.send(later=1).batches == 0
    assert world.states([here, away]) == [S.ACCEPTED] * 2
    assert puts(world) == 1
    whole(world, [here, away])


def test_a_record_of_another_body_is_not_moved_by_a_receipt(world: World) -> None:
    here, foreign = world.pupils(2)
    lost(world.send)
    world.rows[foreign] = replace(world.rows[foreign], organisation=UUID(int=7))
    assert recover(world).strangers == 1
    assert world.states([here, foreign]) == [S.ACCEPTED, S.WAITING]


def test_a_body_that_rests_is_brought_up_and_goes_on_resting(world: World) -> None:
    records = world.pupils(2)
    lost(lambda: world.send(most=1))
    actions.set_out(by=BY, organisation=world.authority.id, paused=True, now=world.now)
    assert recover(world).batches == 2
    assert world.states(records) == [S.ACCEPTED] * 2
    last = world.record(9)
    world.ask(last)
    assert world.send(later=1).batches == 0


def test_a_recovery_is_journalled_without_a_name_and_needs_the_verb(world: World) -> None:
    world.pupils(2)
    lost(world.send)
    recover(world)
    refs = Entry.objects.get(kind="connectors.delivery.recovered/1").refs
    assert {key: refs[key] for key in ("number", "accepted", "rejected", "strangers")} == {
        "number": 1, "accepted": 2, "rejected": 0, "strangers": 0,
    }  # fmt: skip
    assert DeliveryRow.objects.filter(state="accepted").count() == 2
    nobody = Actor(id=world.authority.id, identified_by="test")
    with Wire.of(world.store.settings) as wire, pytest.raises(NotAllowed):
        recovering.recover(by=nobody, wire=wire, store=world.store.settings, clock=lambda: world.now)


def test_the_command_brings_back_and_sends_what_is_missing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from testamur.exchange.connectors.ministry import settings as store_settings

    monkeypatch.setattr(runtime, "start", lambda **_kw: None)
    monkeypatch.setattr(store_settings, "configured", lambda: replace(world.store.settings, most=2))
    monkeypatch.setattr(settings, "MINISTRY", {**settings.MINISTRY, "url": "https://store.example/"})
    records = world.pupils(3)
    extra = world.record(9)

    def hours() -> None:
        world.send(most=2)

    lost(hours)
    world.ask(extra)
    looked = CliRunner().invoke(deliver.app, ["recover", "--look-only"], catch_exceptions=False)
    assert "2 batches came back: 3 records accepted, 0 rejected, 0 not here" in looked.output
    assert looked.exit_code == 0
    assert world.states([extra]) == [S.WAITING]
    done = CliRunner().invoke(deliver.app, ["recover", "--unit", world.authority.code], catch_exceptions=False)
    assert "0 batches came back" in done.output
    assert "sent: 1 batches, 1 records accepted" in done.output
    whole(world, [*records, extra])
    world.store.kept.state.batches.clear()
    assert CliRunner().invoke(deliver.app, ["recover"], catch_exceptions=False).exit_code == 1


def test_a_recovery_that_the_store_breaks_off_can_be_run_again_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = world.pupils(4)
    lost(lambda: world.send(most=2))
    real, asked = Wire.ask, 0

    def ask(self: Wire, sender: str, number: int) -> bytes | None:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise StoreDown("The store is away.")
        return real(self, sender, number)

    with monkeypatch.context() as patched:
        patched.setattr(Wire, "ask", ask)
        assert recover(world).trouble == "connectors.delivery.down"
    again = recover(world)
    assert again.trouble == ""
    assert world.states(records) == [S.ACCEPTED] * 4


def test_an_old_receipt_is_believed_although_its_certificate_has_run_out_since(world: World) -> None:
    records = world.pupils(2)
    world.send()
    world.now += timedelta(days=4000)
    assert recover(world).trouble == ""
    whole(world, records)
