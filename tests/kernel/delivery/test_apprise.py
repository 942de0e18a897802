"""A carrier without an adapter of its own, through Apprise."""

from __future__ import annotations

import json
from typing import Any

import pytest

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions, queries, steps
from testamur.kernel.delivery.rules import State
from tests.gateways.serving import Served
from tests.kernel.delivery.conftest import Clock, sms

pytestmark = pytest.mark.django_db


@pytest.mark.feature("E22")
def test_any_carrier_that_apprise_knows_may_carry(by: Actor, clock: Clock, settings: Any) -> None:
    taken: list[tuple[str, str]] = []
    status = [500, 200]

    def answer(path: str, _headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        taken.append((path, json.loads(body)["message"]))
        return status.pop(0), b""

    settings.DELIVERY_CHANNELS = {"sms": "testamur.kernel.delivery.channels.apprise.configured"}
    with Served(answer) as url:
        settings.SMS = {"url": url.replace("http:", "json:") + "/send/{to}?cto=5&rto=5"}
        (one,) = actions.post(by=by, messages=[sms(text="Ново в дневника")], now=clock())
        assert steps.send_due(by=by, clock=clock).again == 1
        assert queries.message(by=by, id=one).error == "apprise.refused"
        clock.forward(seconds=5)
        assert steps.send_due(by=by, clock=clock).sent == 1
    assert taken[1][1] == "Ново в дневника"
    assert taken[1][0].rstrip("/").endswith(("/send/+46701234567", "/send/%2B46701234567"))
    assert queries.message(by=by, id=one).state is State.SENT


@pytest.mark.parametrize("url", ["", "nonsense://{to}", "json://127.0.0.1/"])
def test_an_address_that_apprise_does_not_know_is_told(by: Actor, clock: Clock, settings: Any, url: str) -> None:
    settings.DELIVERY_CHANNELS = {"sms": "testamur.kernel.delivery.channels.apprise.configured"}
    settings.SMS = {"url": url}
    (one,) = actions.post(by=by, messages=[sms()], now=clock())
    steps.send_due(by=by, clock=clock)
    assert queries.message(by=by, id=one).error == "channel.misconfigured"
