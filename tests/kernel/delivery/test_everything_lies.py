"""Three hundred messages over channels that all lie: none is lost, none is taken twice, all ends as it should."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions, queries, returns, steps
from testamur.kernel.delivery.rules import NewMessage, State
from tests.gateways.carriers import Carrier, Lies, point
from tests.gateways.carriers import Running as RunningCarrier
from tests.gateways.push import PushService
from tests.kernel.delivery.conftest import Clock, mail, push, sms
from tests.kernel.delivery.smtp_sink import Sink
from tests.kernel.delivery.test_bounces import dsn

pytestmark = pytest.mark.django_db

EACH = 100
WRONG = 10
"""So many of each channel's addresses reach nobody."""


def numbers() -> list[str]:
    return [f"+46701{n:06}" for n in range(1, EACH + 1)]


@pytest.mark.feature("E22", "E23", "E26", "C21")
@pytest.mark.parametrize("kind", ["elks46", "twilio"])
def test_none_lost_and_none_twice(
    by: Actor, clock: Clock, sink: Sink, service: PushService, settings: Any, tmp_path: Path, kind: str
) -> None:
    settings.DELIVERY_CHANNELS = {
        name: f"testamur.kernel.delivery.channels.{way}.configured"
        for name, way in (("email", "smtp"), ("push", "push"))
    }
    settings.SMTP = {**settings.SMTP, "bounces": "bounces@post.exempel.example"}
    service.busy = 20
    with RunningCarrier(Carrier(kind, busy=20, dead=set(numbers()[:WRONG]))) as carrier:
        point(settings, carrier, tmp_path)
        messages = _messages(by, clock, service)
        ids = actions.post(by=by, messages=messages, now=clock())
        assert actions.post(by=by, messages=messages, now=clock()) == ids
        sink.refuse = {m.to: "450 4.2.1 greylisted" for m in messages if m.channel == "email"}
        _send_all(by, clock, sink)
        _believe(carrier, clock)
    _bounce(sink, clock)

    assert Counter(one["to"] for one in carrier.taken) == dict.fromkeys(numbers(), 1)
    assert Counter(str(one["To"]) for one in sink.received) == {m.to: 1 for m in messages if m.channel == "email"}
    assert len(service.received) == len({endpoint for endpoint, *_rest in service.received}) == EACH - WRONG
    assert service.refused == []
    found = [queries.message(by=by, id=one) for one in ids]
    assert Counter((view.channel, view.state) for view in found) == {
        ("sms", State.DELIVERED): EACH - WRONG,
        ("sms", State.FAILED): WRONG,
        ("push", State.SENT): EACH - WRONG,
        ("push", State.FAILED): WRONG,
        ("email", State.SENT): EACH - WRONG,
        ("email", State.FAILED): WRONG,
    }
    assert queries.dead(channel="sms", addresses=numbers()) == set(numbers()[:WRONG])


def _messages(by: Actor, clock: Clock, service: PushService) -> list[NewMessage]:
    made: list[NewMessage] = []
    for n, number in enumerate(numbers()):
        browser = service.subscribe()
        device = actions.register_device(by=by, person=uuid4(), **browser.sent, now=clock())
        if n < WRONG:
            service.gone.add(browser.endpoint)
        made += [
            sms(to=number, dedupe=f"sms/{n}"),
            push(device, dedupe=f"push/{n}"),
            mail(n, dedupe=f"email/{n}"),
        ]
    return made


def _send_all(by: Actor, clock: Clock, sink: Sink) -> None:
    for _round in range(200):
        steps.send_due(by=by, clock=clock)
        if queries.counts(by=by).get("waiting", 0) == 0:
            return
        clock.forward(seconds=30)
        sink.refuse.clear()  # greylisting ends
    raise AssertionError(queries.counts(by=by))


def _believe(carrier: Carrier, clock: Clock) -> None:
    """The carrier's reports come to the address of the web, as they come."""
    client = Client()
    for reported, forged in Lies(carrier, seed=4):
        answer = client.post(reported.path, reported.form, headers=reported.headers)
        assert answer.status_code == (403 if forged else 204)
    clock.forward(seconds=1)


def _bounce(sink: Sink, clock: Clock) -> None:
    random = Random(1)
    for received, sender in zip(sink.received, sink.senders, strict=True):
        number = int(str(received["To"]).removeprefix("rektor").partition("@")[0])
        words = [dsn(sender, action="delayed", status="4.2.1"), dsn("bounces+guess@post.exempel.example")]
        if number < WRONG:
            words += [dsn(sender), dsn(sender)]
        random.shuffle(words)
        assert [returns.accept(data=word, now=clock()) for word in words].count(True) == (number < WRONG)


def test_ids_of_messages_are_told_in_their_order(by: Actor, clock: Clock) -> None:
    ids = actions.post(by=by, messages=[mail(n, kind=f"test.{n}") for n in range(3)], now=clock())
    assert all(isinstance(one, UUID) for one in ids)
    assert [queries.message(by=by, id=one).kind for one in ids] == ["test.0", "test.1", "test.2"]
