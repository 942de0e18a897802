"""Addresses that reach nobody, quiet hours, the pace of SMS, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.delivery import actions, queries, reports, rules, steps
from testamur.kernel.delivery.models import DeadAddress, Message
from testamur.kernel.delivery.rules import Dead, MessageInvalid, State, dead_reason
from tests.gateways.carriers import STOPPED, UNKNOWN, Carrier, Reported, Running, point
from tests.kernel.delivery.conftest import Clock, mail, sms
from tests.kernel.delivery.smtp_sink import Sink

pytestmark = pytest.mark.django_db

KIM, ROBIN = "+46700000011", "+46700000012"


@pytest.fixture(params=["elks46", "twilio"])
def carrier(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Carrier]:
    with Running(Carrier(request.param)) as carrier:
        point(settings, carrier, tmp_path)
        yield carrier


def bring(reported: Reported, clock: Clock) -> bool:
    return reports.accept(
        message=UUID(reported.message),
        token=reported.token,
        signature=reported.signature,
        form=reported.form,
        now=clock(),
    )


def dead() -> frozenset[str]:
    return queries.dead(channel="sms", addresses=[KIM, ROBIN, UNKNOWN, STOPPED])


@pytest.mark.feature("E22")
def test_a_number_that_reaches_nobody_is_known_until_something_arrives(
    by: Actor, clock: Clock, carrier: Carrier
) -> None:
    actions.post(by=by, messages=[sms(to=KIM), sms(to=ROBIN)], now=clock())
    steps.send_due(by=by, clock=clock)
    first = [one["to"] for one in carrier.taken].index(KIM)
    assert bring(carrier.report(first, "failed"), clock)
    assert dead() == {KIM}
    assert DeadAddress.objects.filter(digest__contains=KIM[-6:]).count() == 0
    assert bring(carrier.report(first, "delivered"), clock)
    assert dead() == frozenset()
    assert not bring(carrier.report(first, "failed"), clock)
    assert dead() == frozenset()


def test_an_owner_may_say_that_it_works_and_time_may(by: Actor, clock: Clock, carrier: Carrier) -> None:
    actions.post(by=by, messages=[sms(to=KIM), sms(to=ROBIN)], now=clock())
    steps.send_due(by=by, clock=clock)
    for number in (0, 1):
        bring(carrier.report(number, "failed"), clock)
    assert actions.revive(by=by, channel="sms", to=KIM)
    assert not actions.revive(by=by, channel="sms", to=KIM)
    assert dead() == {ROBIN}
    clock.forward(days=366)
    steps.tidy(now=clock())
    assert dead() == frozenset()


def test_a_number_that_the_carrier_does_not_take(by: Actor, clock: Clock, carrier: Carrier) -> None:
    actions.post(by=by, messages=[sms(to=UNKNOWN), sms(to=STOPPED)], now=clock())
    steps.send_due(by=by, clock=clock)
    assert dead() == ({UNKNOWN, STOPPED} if carrier.kind == "twilio" else frozenset())
    assert [dead_reason(code) for code in ("twilio.21211", "twilio.21610", "elks46.failed", "elks46.400")] == [
        Dead.WRONG,
        Dead.BLOCKED,
        Dead.UNREACHED,
        None,
    ]


def test_an_unknown_recipient_of_mail_is_dead_and_an_unwelcome_sender_is_not(
    by: Actor, clock: Clock, sink: Sink
) -> None:
    wrong, strict, full = (f"rektor{n}@skola.example" for n in (1, 2, 3))
    sink.refuse = {wrong: "550 5.1.1 no such user", strict: "550 5.7.1 go away", full: "552 5.2.2 mailbox full"}
    actions.post(by=by, messages=[mail(1), mail(2), mail(3)], now=clock())
    assert steps.send_due(by=by, clock=clock).failed == 3
    assert queries.dead(channel="email", addresses=[wrong, strict, full]) == {wrong}
    assert {f.error for f in queries.failures(by=by, since=clock())} == {"smtp.550", "smtp.policy.550", "smtp.552"}
    sink.refuse.clear()
    actions.post(by=by, messages=[mail(1)], now=clock())
    steps.send_due(by=by, clock=clock)
    assert queries.dead(channel="email", addresses=[wrong]) == frozenset()


def test_failures_are_told_once_to_who_asks_from_the_last_one(by: Actor, clock: Clock, carrier: Carrier) -> None:
    actions.post(by=by, messages=[sms(to=UNKNOWN)], now=clock())
    steps.send_due(by=by, clock=clock)
    assert [f.kind for f in queries.failures(by=by, since=clock())] == [""]
    clock.forward(seconds=1)
    assert queries.failures(by=by, since=clock()) == []
    with pytest.raises(NotAllowed):
        queries.failures(by=Actor(id=UUID(int=9), identified_by="step"), since=clock())


def test_the_office_sees_parts_and_costs_of_its_own(by: Actor, clock: Clock, carrier: Carrier) -> None:
    began = clock()
    short, long = sms(path="/kommun/skola/"), sms(path="/kommun/skola/", text="ж" * 71)
    actions.post(by=by, messages=[short, long, sms(path="/annan/"), mail(path="/kommun/skola/")], now=clock())
    (waits,) = Message.objects.filter(text="ж" * 71)
    assert waits.parts == 2
    steps.send_due(by=by, clock=clock)
    clock.forward(hours=1)
    office = Actor(UUID(int=9), "simulated", (Grant("administrator", "/kommun/", ("delivery.message.see",)),))
    letters, cost = queries.costs(by=office, path="/kommun/", since=began, until=clock())
    assert (letters.channel, letters.messages, letters.priced, letters.cost) == ("email", 1, 0, 0)
    currency = {"elks46": "SEK", "twilio": "USD"}[carrier.kind]
    assert (cost.channel, cost.currency, cost.messages, cost.priced, cost.cost) == ("sms", currency, 2, 2, 7000)
    assert cost.parts == 2  # the carrier charges what it says, here one for each
    with pytest.raises(NotAllowed):
        queries.costs(by=office, path="/annan/", since=began, until=clock())


def test_a_message_waits_until_the_quiet_hours_end(by: Actor, clock: Clock, sink: Sink) -> None:
    morning = clock() + timedelta(hours=9)
    (one,) = actions.post(by=by, messages=[mail(not_before=morning)], now=clock())
    for hours in (0, 3, 5):
        clock.forward(hours=hours)
        assert steps.send_due(by=by, clock=clock).sent == 0
        assert queries.lag(now=clock()) == 0
    clock.forward(hours=1, seconds=4)
    assert queries.lag(now=clock()) == 4
    assert steps.send_due(by=by, clock=clock).sent == 1
    assert queries.message(by=by, id=one).state is State.SENT
    with pytest.raises(MessageInvalid):
        actions.post(by=by, messages=[mail(not_before=morning.replace(tzinfo=None))], now=clock())


def test_what_may_not_go_before_a_day_far_ahead_is_not_given_up_meanwhile(by: Actor, clock: Clock, sink: Sink) -> None:
    later = clock() + rules.GIVE_UP + timedelta(days=3)
    actions.post(by=by, messages=[mail(not_before=later)], now=clock())
    clock.forward(days=5)
    assert steps.send_due(by=by, clock=clock) == steps.Sent()
    clock.forward(days=2)
    assert steps.send_due(by=by, clock=clock).sent == 1


def test_sms_keep_the_pace_that_the_carrier_takes_and_lose_no_try(
    by: Actor, clock: Clock, carrier: Carrier, settings: Any
) -> None:
    settings.DELIVERY_SMS_RATE = 5
    actions.post(by=by, messages=[sms() for _ in range(24)], now=clock())
    assert [steps.send_due(by=by, clock=clock).sent for _again in range(2)] == [10, 0]
    clock.forward(seconds=2)
    assert steps.send_due(by=by, clock=clock).sent == 10
    clock.forward(seconds=2)
    assert steps.send_due(by=by, clock=clock).sent == 4
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}
    settings.DELIVERY_SMS_RATE = 0.2
    actions.post(by=by, messages=[sms(), sms()], now=clock())
    clock.forward(seconds=3)
    assert steps.send_due(by=by, clock=clock).sent == 0
    clock.forward(seconds=2)
    assert [steps.send_due(by=by, clock=clock).sent for _again in range(2)] == [1, 0]
