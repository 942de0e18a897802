"""E-mail to a real SMTP server, and what happens when it refuses, stalls, hangs up or is not there."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.delivery import actions, leases, queries, rules, steps
from testamur.kernel.delivery.channels import smtp
from testamur.kernel.delivery.models import Message
from testamur.kernel.delivery.rules import State
from testamur.kernel.jobs.rules import step_actor
from tests.kernel.delivery.conftest import Clock, mail
from tests.kernel.delivery.smtp_sink import Running, Sink

pytestmark = pytest.mark.django_db


def view(by: Actor, message: Any) -> queries.MessageView:
    return queries.message(by=by, id=message)


@pytest.mark.feature("A6")
def test_a_message_arrives_as_text_and_html_with_a_stable_id(by: Actor, clock: Clock, sink: Sink) -> None:
    (one,) = actions.post(by=by, messages=[mail()], now=clock())
    assert steps.send_due(by=by, clock=clock).sent == 1
    assert steps.send_due(by=by, clock=clock).sent == 0
    (got,) = sink.received
    assert got["Subject"] == "Betyg väntar (1)"
    assert got["Message-ID"] == f"<{one}@exempel.example>"
    assert (got["From"], got["To"]) == ("Exempelkommun <betyg@exempel.example>", "rektor1@skola.example")
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Date"].datetime == clock()
    bodies = [part.get_content() for part in got.walk() if not part.is_multipart()]
    assert "Två betyg väntar" in bodies[0]
    assert bodies[1].startswith("<p>")
    assert view(by, one).state is State.SENT


def test_whoever_may_not_post_or_send_is_refused(by: Actor, clock: Clock) -> None:
    outsider = step_actor("other", "records.*")
    with pytest.raises(NotAllowed):
        actions.post(by=outsider, messages=[mail()], now=clock())
    with pytest.raises(NotAllowed):
        steps.send_due(by=outsider, clock=clock)
    with pytest.raises(NotAllowed):
        queries.undeliverable(by=outsider)


def test_the_same_key_is_posted_once(by: Actor, clock: Clock, sink: Sink) -> None:
    first, other = actions.post(by=by, messages=[mail(dedupe="a"), mail(2, dedupe="b")], now=clock())
    again, new, plain = actions.post(
        by=by, messages=[mail(dedupe="a"), mail(3, dedupe="c"), mail(dedupe="")], now=clock()
    )
    assert again == first
    assert len({first, other, new, plain}) == 4
    assert steps.send_due(by=by, clock=clock).sent == 4


def test_an_unknown_recipient_is_noted_and_hinders_nobody(by: Actor, clock: Clock, sink: Sink) -> None:
    sink.refuse["rektor1@skola.example"] = "550 5.1.1 no such user"
    one, _two = actions.post(by=by, messages=[mail(1, path="/kommun/"), mail(2)], now=clock())
    done = steps.send_due(by=by, clock=clock)
    assert (done.sent, done.failed) == (1, 1)
    (failed,) = queries.undeliverable(by=by, path="/kommun/")
    assert (failed.id, failed.error) == (one, "smtp.550")
    clock.forward(days=1)
    assert steps.send_due(by=by, clock=clock).sent == 0


def test_a_busy_server_is_asked_again_after_growing_pauses(by: Actor, clock: Clock, sink: Sink) -> None:
    sink.answer = "451 4.7.1 please try again later"
    (one,) = actions.post(by=by, messages=[mail()], now=clock())
    for seconds in (5, 10, 20):
        assert steps.send_due(by=by, clock=clock).again == 1
        clock.forward(seconds=seconds - 1)
        assert steps.send_due(by=by, clock=clock).again == 0
        clock.forward(seconds=1)
    assert view(by, one).error == "smtp.451"
    sink.answer = "250 OK"
    assert steps.send_due(by=by, clock=clock).sent == 1
    assert view(by, one).attempts == 4


def test_refused_content_is_final(by: Actor, clock: Clock, sink: Sink) -> None:
    sink.answer = "554 5.7.1 spam"
    (one,) = actions.post(by=by, messages=[mail()], now=clock())
    assert steps.send_due(by=by, clock=clock).failed == 1
    assert view(by, one).error == "smtp.data.554"


def test_no_server_holds_the_queue_for_a_while_and_burns_one_try(
    by: Actor, clock: Clock, sink: Sink, settings: Any
) -> None:
    working, port = dict(settings.SMTP), sink.port
    settings.SMTP = {**working, "url": "smtp://127.0.0.1:1?tls=none"}
    ids = actions.post(by=by, messages=[mail(n) for n in range(30)], now=clock())
    done = steps.send_due(by=by, clock=clock)
    assert (done.again, done.down, done.sent) == (1, 1, 0)
    assert sum(view(by, one).attempts for one in ids) == 1
    assert steps.send_due(by=by, clock=clock).again == 0
    settings.SMTP = working
    assert port == sink.port
    clock.forward(seconds=5)
    assert steps.send_due(by=by, clock=clock).sent == 30
    assert len(sink.received) == 30


def test_a_stalling_server_is_left_after_the_timeout(
    by: Actor, clock: Clock, sink: Sink, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink.stall = True
    server = smtp.parse(settings.SMTP["url"])
    hasty = smtp.Smtp(server, sender=settings.SMTP["from"], timeout=2)
    monkeypatch.setattr(steps, "channel", lambda _name: hasty)
    (one,) = actions.post(by=by, messages=[mail()], now=clock())
    assert steps.send_due(by=by, clock=clock).again == 1
    assert view(by, one).error == "smtp.timeout"


def test_a_cut_connection_is_repeated_under_the_same_message_id(by: Actor, clock: Clock, sink: Sink) -> None:
    sink.hang_up = 1
    actions.post(by=by, messages=[mail()], now=clock())
    assert steps.send_due(by=by, clock=clock).again == 1
    clock.forward(seconds=5)
    assert steps.send_due(by=by, clock=clock).sent == 1
    assert len({got["Message-ID"] for got in sink.received}) == 1
    assert len(sink.received) == 2


class Killed(BaseException):
    """Stands for a kill at that very instant."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_around_the_hand_over(
    by: Actor, clock: Clock, sink: Sink, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    def die(*_args: object, **_kwargs: object) -> None:
        raise Killed

    (one,) = actions.post(by=by, messages=[mail()], now=clock())
    with monkeypatch.context() as patch:
        patch.setattr(leases, "note_sent" if moment == "after" else "hold", die)
        with pytest.raises(Killed):
            steps.send_due(by=by, clock=clock)
    assert view(by, one).state is State.WAITING
    assert steps.send_due(by=by, clock=clock).sent == 0, "the lease still holds"
    clock.forward(seconds=rules.LEASE.total_seconds() + 1)
    assert steps.send_due(by=by, clock=clock).sent == 1
    assert [got["Message-ID"] for got in sink.received] == [f"<{one}@exempel.example>"] * (
        2 if moment == "after" else 1
    )


def test_a_code_is_never_sent_late_and_its_text_is_gone(by: Actor, clock: Clock, sink: Sink) -> None:
    soon = clock() + timedelta(minutes=5)
    late, sent = actions.post(by=by, messages=[mail(1, expires=soon), mail(2, expires=soon)], now=clock())
    assert steps.send_now(messages=[sent], clock=clock).sent == 1
    clock.forward(minutes=5)
    assert steps.send_due(by=by, clock=clock).expired == 1
    assert view(by, late).state is State.EXPIRED
    assert len(sink.received) == 1
    rows = Message.objects.order_by("id")
    assert [(row.text, row.html, row.subject) for row in rows] == [("", "", "")] * 2


def test_a_code_that_expires_while_it_waits_for_its_turn_is_not_sent(by: Actor, clock: Clock, sink: Sink) -> None:
    (one,) = actions.post(by=by, messages=[mail(expires=clock() + timedelta(seconds=1))], now=clock())
    times = iter([clock(), clock(), clock() + timedelta(seconds=1)])  # overdue?, claim, hand over
    assert steps.send_due(by=by, clock=lambda: next(times, clock() + timedelta(seconds=2))).expired == 1
    assert (view(by, one).state, sink.received) == (State.EXPIRED, [])


def test_what_nobody_takes_for_days_has_failed(by: Actor, clock: Clock, settings: Any) -> None:
    settings.DELIVERY_CHANNELS = {}
    (one,) = actions.post(by=by, messages=[mail()], now=clock())
    assert steps.send_due(by=by, clock=clock).again == 1
    clock.forward(days=4, seconds=1)
    steps.send_due(by=by, clock=clock)
    assert (view(by, one).state, view(by, one).error) == (State.FAILED, "channel.missing")


def test_a_clock_that_went_back_does_not_strand_a_message(by: Actor, clock: Clock, sink: Sink) -> None:
    actions.post(by=by, messages=[mail()], now=clock())
    (claimed,) = leases.claim(channel="email", limit=1, now=clock())
    leases.note_again(claimed, error="smtp.451", now=clock())
    clock.forward(days=-3)
    assert steps.send_due(by=by, clock=clock).sent == 1


def test_addresses_and_texts_are_wiped_and_rows_forgotten(by: Actor, clock: Clock, sink: Sink) -> None:
    (one,) = actions.post(by=by, messages=[mail(dedupe="k")], now=clock())
    steps.send_due(by=by, clock=clock)
    clock.forward(days=29)
    assert steps.tidy(now=clock()) == 0
    clock.forward(days=1, seconds=1)
    assert steps.tidy(now=clock()) == 1
    row = Message.objects.get(id=one)
    assert (row.to, row.subject, row.text, row.html, row.wiped) == ("", "", "", "", True)
    clock.forward(days=365)
    steps.tidy(now=clock())
    assert not Message.objects.exists()


def tls(folder: Path, host: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate of its own making, and the file to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    at = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at)
        .not_valid_after(at + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + pem)
    trust = folder / "trust.pem"
    trust.write_bytes(certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context, trust


@pytest.mark.parametrize(
    ("password", "trusted", "error"),
    [("open%20sesame", True, ""), ("guess", True, "smtp.login"), ("open%20sesame", False, "smtp.tls")],
)
def test_login_over_tls(
    by: Actor, clock: Clock, settings: Any, tmp_path: Path, password: str, trusted: bool, error: str
) -> None:
    context, ca = tls(tmp_path)
    with Running(Sink(), context) as sink:
        settings.DELIVERY_CHANNELS = {"email": "testamur.kernel.delivery.channels.smtp.configured"}
        url = f"smtp://betyg:{password}@localhost:{sink.port}?tls=starttls" + (f"&ca={ca}" if trusted else "")
        settings.SMTP = {"url": url, "from": "betyg@exempel.example"}
        (one,) = actions.post(by=by, messages=[mail()], now=clock())
        assert steps.send_due(by=by, clock=clock).sent == (0 if error else 1)
        assert view(by, one).error == error
        assert len(sink.received) == (0 if error else 1)


def test_a_message_that_does_not_exist(by: Actor) -> None:
    with pytest.raises(NotFound):
        queries.message(by=by, id=new_id())
