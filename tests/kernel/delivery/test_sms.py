"""Text messages through both carriers: the same tests for each, over real HTTP, and what they report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions, leases, queries, reports, steps
from testamur.kernel.delivery.channels import outbox, twilio
from testamur.kernel.delivery.channels.contract import ReportRefused
from testamur.kernel.delivery.rules import State
from tests.gateways.carriers import PASSWORD, UNKNOWN, USER, Carrier, Reported, Running
from tests.kernel.delivery.conftest import Clock, mail, sms

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["elks46", "twilio"])
def carrier(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Carrier]:
    secret = tmp_path / "password"
    secret.write_text(PASSWORD + "\n")
    with Running(Carrier(request.param)) as carrier:
        settings.DELIVERY_CHANNELS = {"sms": f"testamur.kernel.delivery.channels.{request.param}.configured"}
        settings.SMS = {"url": carrier.url, "user": USER, "password_file": secret, "from": "Skolan"}
        yield carrier


def told(by: Actor, message: UUID) -> tuple[State, str]:
    view = queries.message(by=by, id=message)
    return view.state, view.error


def bring(reported: Reported, clock: Clock, **changes: Any) -> bool:
    values: dict[str, Any] = {
        "message": UUID(reported.message),
        "token": reported.token,
        "signature": reported.signature,
        "form": reported.form,
    }
    return reports.accept(**{**values, **changes}, now=clock())


def test_a_text_message_goes_and_is_reported(by: Actor, clock: Clock, carrier: Carrier) -> None:
    (one,) = actions.post(by=by, messages=[sms(text="Din kod är 12345 € ж")], now=clock())
    assert steps.send_due(by=by, clock=clock).sent == 1
    assert [(t["to"], t["text"]) for t in carrier.taken] == [("+46701234567", "Din kod är 12345 € ж")]
    assert told(by, one) == (State.SENT, "")
    assert bring(carrier.report(0, "delivered"), clock)
    assert told(by, one) == (State.DELIVERED, "")


def test_reports_twice_and_in_any_order_change_nothing(by: Actor, clock: Clock, carrier: Carrier) -> None:
    (one,) = actions.post(by=by, messages=[sms()], now=clock())
    steps.send_due(by=by, clock=clock)
    assert [bring(carrier.report(0, status), clock) for status in ("delivered", "delivered", "sent", "failed")] == [
        True,
        False,
        False,
        False,
    ]
    assert told(by, one) == (State.DELIVERED, "")


def test_a_failed_delivery_is_noted(by: Actor, clock: Clock, carrier: Carrier) -> None:
    (one,) = actions.post(by=by, messages=[sms()], now=clock())
    steps.send_due(by=by, clock=clock)
    assert bring(carrier.report(0, "failed"), clock)
    assert told(by, one) == (State.FAILED, {"elks46": "elks46.failed", "twilio": "twilio.30006"}[carrier.kind])


def test_a_report_may_overtake_our_own_note(
    by: Actor, clock: Clock, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = leases.note_sent

    def overtaken(*args: Any, **kwargs: Any) -> None:
        assert bring(carrier.report(0, "delivered"), clock)
        plain(*args, **kwargs)

    monkeypatch.setattr(leases, "note_sent", overtaken)
    (one,) = actions.post(by=by, messages=[sms()], now=clock())
    steps.send_due(by=by, clock=clock)
    assert told(by, one) == (State.DELIVERED, "")


def test_reports_of_others_are_refused(by: Actor, clock: Clock, carrier: Carrier) -> None:
    one, other = actions.post(by=by, messages=[sms(), sms(to="+46709999999")], now=clock())
    steps.send_due(by=by, clock=clock)
    reported = carrier.report(0, "delivered")
    with pytest.raises(ReportRefused):
        bring(reported, clock, token="x" * 24)
    with pytest.raises(ReportRefused):
        bring(reported, clock, message=other if reported.message == str(one) else one)
    if carrier.kind == "twilio":
        with pytest.raises(ReportRefused):
            bring(reported, clock, form={**reported.form, "MessageStatus": "failed"})
    assert {told(by, one)[0], told(by, other)[0]} == {State.SENT}


def test_a_wrong_number_is_final(by: Actor, clock: Clock, carrier: Carrier) -> None:
    (one,) = actions.post(by=by, messages=[sms(to=UNKNOWN)], now=clock())
    assert steps.send_due(by=by, clock=clock).failed == 1
    assert told(by, one) == (State.FAILED, {"elks46": "elks46.400", "twilio": "twilio.21211"}[carrier.kind])


@pytest.mark.parametrize(("status", "down"), [(500, 0), (429, 0), (401, 1)])
def test_a_carrier_in_trouble_is_asked_again(by: Actor, clock: Clock, carrier: Carrier, status: int, down: int) -> None:
    carrier.down = status
    (one,) = actions.post(by=by, messages=[sms(urgent=True)], now=clock())
    done = steps.send_due(by=by, clock=clock)
    assert (done.again, done.down) == (1, down)
    assert told(by, one) == (State.WAITING, f"{carrier.kind}.{status}")
    carrier.down = 0
    clock.forward(seconds=1)
    assert steps.send_due(by=by, clock=clock).sent == 1


def test_no_carrier_at_the_address(by: Actor, clock: Clock, carrier: Carrier, settings: Any) -> None:
    settings.SMS = {**settings.SMS, "url": "http://127.0.0.1:1"}
    (one,) = actions.post(by=by, messages=[sms()], now=clock())
    assert steps.send_due(by=by, clock=clock).down == 1
    assert told(by, one)[1] == f"{carrier.kind}.unreachable"


def test_an_account_that_is_not_set_up_says_so(by: Actor, clock: Clock, carrier: Carrier, settings: Any) -> None:
    settings.SMS = {**settings.SMS, "password_file": None}
    (one,) = actions.post(by=by, messages=[sms()], now=clock())
    steps.send_due(by=by, clock=clock)
    assert told(by, one)[1] == "channel.misconfigured"


def test_twilios_own_example_of_a_signature() -> None:
    form = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    assert twilio.signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form) == (
        "RSOYDt4T1cUTdK1PDd93/VVr8B8="
    )


def test_the_demonstration_writes_files_that_its_inbox_reads(
    by: Actor, clock: Clock, settings: Any, tmp_path: Path
) -> None:
    settings.DATA, settings.MODE = tmp_path, "demo"
    here = "testamur.kernel.delivery.channels.outbox."
    settings.DELIVERY_CHANNELS = {"email": here + "mail", "sms": here + "sms"}
    letter, code = actions.post(
        by=by, messages=[mail(), sms(text="Kod: 54321", expires=clock() + timedelta(minutes=5))], now=clock()
    )
    assert steps.send_now(messages=[letter, code], clock=clock).sent == 2
    assert json.loads((tmp_path / "outbox" / "sms.jsonl").read_text())["text"] == "Kod: 54321"
    found = {message.id: message for message in outbox.inbox()}
    assert (found[code].text, found[code].to) == ("Kod: 54321", "+46701234567")
    assert (found[letter].subject, found[letter].html.strip()) == (
        "Betyg väntar (1)",
        "<p>Två betyg väntar på din underskrift.</p>",
    )
    assert len(outbox.inbox(limit=1)) == 1
    settings.MODE = "production"
    with pytest.raises(outbox.DemoOnly):
        outbox.inbox()
