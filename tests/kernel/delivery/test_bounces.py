"""Mails that come back: the envelope names the message, reports are believed only there, anything may stand in them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import typer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions, queries, returns, steps
from testamur.kernel.delivery.rules import Dead, State
from testamur.surfaces.cli.bounce import bounce
from tests.kernel.delivery.conftest import Clock, mail
from tests.kernel.delivery.smtp_sink import Sink

pytestmark = pytest.mark.django_db

ADDRESS = "rektor1@skola.example"

DSN = """\
From: MAILER-DAEMON@mail.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=us-ascii

<rektor1@skola.example>: host mx.skola.example said: 550 5.1.1 no such user

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Wed, 10 Jun 2026 10:00:00 +0200

Final-Recipient: rfc822; rektor1@skola.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--part
Content-Type: message/rfc822

Subject: Betyg
To: rektor1@skola.example

Hej
--part--
"""


def dsn(to: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    return DSN.format(to=to, action=action, status=status).encode()


@pytest.fixture
def sent(by: Actor, clock: Clock, sink: Sink, settings: Any) -> tuple[UUID, str]:
    """A letter that the mail server took, and the address that it comes back to."""
    settings.SMTP = {**settings.SMTP, "bounces": "bounces@post.exempel.example"}
    (one,) = actions.post(by=by, messages=[mail(person=uuid4())], now=clock())
    assert steps.send_due(by=by, clock=clock).sent == 1
    return one, sink.senders[0]


def told(by: Actor, message: UUID) -> tuple[State, str]:
    view = queries.message(by=by, id=message)
    return view.state, view.error


def test_a_bounce_settles_the_letter_and_its_address_is_given_up(
    by: Actor, clock: Clock, sink: Sink, sent: tuple[UUID, str]
) -> None:
    one, back = sent
    assert back == returns.address(one, "bounces@post.exempel.example")
    assert len(back.partition("@")[0]) <= 64
    assert sink.received[0]["From"] == "Exempelkommun <betyg@exempel.example>"
    assert returns.accept(data=dsn(back.upper()), now=clock())
    assert told(by, one) == (State.FAILED, "smtp.5.1.1")
    assert queries.dead(channel="email", addresses=[ADDRESS, "rektor2@skola.example"]) == {ADDRESS}
    (failure,) = queries.failures(by=by, since=clock())
    assert (failure.message, failure.dead, failure.person is not None) == (one, Dead.WRONG, True)
    assert not returns.accept(data=dsn(back), now=clock())


@pytest.mark.parametrize(
    ("said", "state", "dead"),
    [
        ({"action": "delayed", "status": "4.4.1"}, State.SENT, False),
        ({"action": "failed", "status": "4.4.7"}, State.FAILED, False),
        ({"action": "failed", "status": "5.7.1"}, State.FAILED, False),
        ({"action": "failed", "status": "5.2.2"}, State.FAILED, False),
        ({"action": "failed", "status": "5.1.10"}, State.FAILED, True),
        ({"action": "delivered", "status": "2.0.0"}, State.DELIVERED, False),
        ({"action": "failed", "status": "nonsense"}, State.SENT, False),
    ],
)
def test_what_reports_say(
    by: Actor, clock: Clock, sent: tuple[UUID, str], said: dict[str, str], state: State, dead: bool
) -> None:
    one, back = sent
    assert returns.accept(data=dsn("postmaster@mail.example", **said), to=back, now=clock()) == (state != State.SENT)
    assert told(by, one)[0] is state
    assert bool(queries.dead(channel="email", addresses=[ADDRESS])) == dead


def test_what_is_forged_or_no_report_changes_nothing(by: Actor, clock: Clock, sent: tuple[UUID, str]) -> None:
    one, back = sent
    token = back.partition("@")[0][-16:]
    for data in (
        dsn(back.replace(token, "0" * 16)),
        dsn(back.replace(one.hex, uuid4().hex)),
        dsn("betyg@exempel.example"),
        f"To: {back}\nSubject: On holiday\n\nBack on Monday. Action: failed\nStatus: 5.1.1\n".encode(),
    ):
        assert not returns.accept(data=data, now=clock())
    assert told(by, one) == (State.SENT, "")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_comes_is_read_without_trouble(clock: Clock, data: st.DataObject) -> None:
    whole = dsn(returns.address(uuid4(), "bounces@post.example"))
    start = data.draw(st.integers(0, len(whole)))
    odd = data.draw(st.binary(max_size=60) | st.sampled_from([b"\nContent-Type: multipart/mixed; boundary=part\n\n"]))
    end = data.draw(st.integers(start, len(whole)))
    assert not returns.accept(data=whole[:start] + odd + whole[end:], now=clock())


def test_a_mail_of_a_thousand_layers_is_read_without_trouble(clock: Clock) -> None:
    layers = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
    to = returns.address(uuid4(), "bounces@post.example")
    assert not returns.accept(data=b"To: %s\n" % to.encode() + layers, now=clock())


@pytest.mark.django_db(databases=["default", "log"])
def test_the_mail_server_hands_over_on_standard_input(by: Actor, sent: tuple[UUID, str]) -> None:
    one, back = sent
    app = typer.Typer()
    app.command()(bounce)
    done = CliRunner().invoke(app, [back], input=dsn("somebody@else.example"))
    assert (done.exit_code, told(by, one)[0]) == (0, State.FAILED)
    assert CliRunner().invoke(app, [], input=b"\xff\x00").exit_code == 0
