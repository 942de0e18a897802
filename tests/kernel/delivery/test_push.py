"""Web push to a service that decrypts: what devices are given, devices that are gone, services that are elsewhere."""

from __future__ import annotations

import base64
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.delivery import actions, devices, queries, rules, steps
from testamur.kernel.delivery.channels import push as channel
from testamur.kernel.delivery.models import Device
from testamur.kernel.delivery.rules import MessageInvalid, State
from tests.gateways.push import PushService, Subscription
from tests.gateways.serving import Served
from tests.kernel.delivery.conftest import Clock, push
from tests.kernel.delivery.test_email import tls

pytestmark = pytest.mark.django_db


def register(by: Actor, clock: Clock, subscription: Subscription, person: UUID | None = None) -> UUID:
    return actions.register_device(by=by, person=person or uuid4(), **subscription.sent, label="Telefon", now=clock())


def told(by: Actor, message: UUID) -> tuple[State, str]:
    view = queries.message(by=by, id=message)
    return view.state, view.error


@pytest.mark.feature("C21")
def test_a_device_is_given_what_was_posted_and_nobody_on_the_way_reads_it(
    by: Actor, clock: Clock, service: PushService
) -> None:
    device = register(by, clock, service.subscribe())
    late = clock() + timedelta(hours=2)
    one, two = actions.post(
        by=by, messages=[push(device), push(device, tag="", expires=late, urgent=True)], now=clock()
    )
    assert steps.send_due(by=by, clock=clock).sent == 2
    by_tag = sorted(service.received, key=lambda received: received[1]["tag"])
    (_urgent, first, urgent_headers), (_plain, content, headers) = by_tag
    assert first["tag"] == ""
    assert content == {"title": "Nytt", "body": "Det finns något nytt att läsa.", "url": "/family/", "tag": "new"}
    assert (headers["ttl"], headers["urgency"], len(headers["topic"])) == ("259200", "normal", 32)
    assert (urgent_headers["ttl"], urgent_headers["urgency"], "topic" in urgent_headers) == ("7200", "high", False)
    assert told(by, one) == told(by, two) == (State.SENT, "")


def test_a_device_that_is_gone_is_forgotten_and_hinders_nobody(by: Actor, clock: Clock, service: PushService) -> None:
    here, there = service.subscribe(), service.subscribe()
    gone, live = register(by, clock, here), register(by, clock, there)
    service.gone.add(here.endpoint)
    first, second = actions.post(by=by, messages=[push(gone), push(live)], now=clock())
    done = steps.send_due(by=by, clock=clock)
    assert (done.failed, done.sent) == (1, 1)
    assert (told(by, first), told(by, second)[0]) == ((State.FAILED, "push.gone"), State.SENT)
    row = Device.objects.get(id=gone)
    assert (row.gone_at, row.endpoint, row.p256dh, row.auth) == (clock(), "", "", "")
    service.gone.clear()
    (again,) = actions.post(by=by, messages=[push(gone)], now=clock())
    steps.send_due(by=by, clock=clock)
    assert told(by, again)[1] == "push.gone"


def test_a_device_that_is_refused_again_and_again_is_given_up(by: Actor, clock: Clock, service: PushService) -> None:
    device = register(by, clock, service.subscribe())
    for status, failed in ((403, 1), (403, 2), (0, 0)):
        service.down = status
        actions.post(by=by, messages=[push(device)], now=clock())
        steps.send_due(by=by, clock=clock)
        assert Device.objects.get(id=device).failed == failed
    service.down = 403
    actions.post(by=by, messages=[push(device) for _ in range(devices.REFUSALS)], now=clock())
    assert steps.send_due(by=by, clock=clock).failed == devices.REFUSALS
    assert Device.objects.get(id=device).gone_at == clock()


def test_a_push_service_that_is_silent_or_busy_holds_up_nobody_else(
    by: Actor, clock: Clock, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = [Subscription(f"http://localhost:1/{n}", s.p256dh, s.auth, s.key, s.secret) for n, s in _some(service, 8)]
    silent = [register(by, clock, one) for one in dead]
    live = register(by, clock, service.subscribe())
    monkeypatch.setattr(channel, "resolve", lambda _host: ["127.0.0.1"])
    ids = actions.post(by=by, messages=[push(device) for device in silent], now=clock())
    clock.forward(seconds=1)
    ids += actions.post(by=by, messages=[push(live)], now=clock())
    done = steps.send_due(by=by, clock=clock)
    assert (done.again, done.sent, done.down) == (8, 1, 0)
    assert [told(by, one)[1] for one in ids] == ["push.unreachable"] * 8 + [""]
    service.down = 503
    (late,) = actions.post(by=by, messages=[push(live)], now=clock())
    assert steps.send_due(by=by, clock=clock).again == 1
    assert told(by, late) == (State.WAITING, "push.503")
    service.down = 0
    clock.forward(seconds=5)
    steps.send_due(by=by, clock=clock)
    assert told(by, late)[0] is State.SENT


def _some(service: PushService, number: int) -> list[tuple[int, Subscription]]:
    return [(n, service.subscribe()) for n in range(number)]


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/1",
        "https://127.0.0.1/1",
        "https://localhost/1",
        "https://[::1]/1",
        "https://10.0.0.1/1",
        "https://169.254.169.254/latest/",
        "https://0x7f.1/1",
        "https://kim@push.example/1",
        "https://push.example:22/1",
        "https://push.example/1#x",
        "https://push.example\\@10.0.0.1/1",
        "https://intranet/1",
        "https://push.example/\n1",
        "https://pu\u015fh.example/1",
        "ftp://push.example/1",
        "https://push.example/" + "x" * 1000,
        "https://[/",
        "",
    ],
)
def test_no_address_of_our_own_network_or_of_anything_but_a_push_service(
    by: Actor, clock: Clock, service: PushService, settings: Any, endpoint: str
) -> None:
    good = service.subscribe()
    settings.MODE = "production"
    with pytest.raises(devices.DeviceInvalid) as refused:
        actions.register_device(
            by=by, person=uuid4(), endpoint=endpoint, p256dh=good.p256dh, auth=good.auth, now=clock()
        )
    assert refused.value.field == "endpoint"


@pytest.mark.parametrize(
    "addresses",
    [
        ("10.1.2.3",),
        ("93.184.215.14", "192.168.0.1"),
        ("::1",),
        ("::ffff:10.0.0.1",),
        ("fe80::1%eth0",),
        ("224.0.0.1",),
    ],
)
def test_a_name_that_leads_into_our_own_network_is_not_followed(
    by: Actor,
    clock: Clock,
    service: PushService,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    addresses: tuple[str, ...],
) -> None:
    settings.PUSH = {"key": tmp_path / "keys" / "push.pem", "contact": "mailto:it@exempel.example"}
    settings.MODE = "production"
    good = service.subscribe()
    device = actions.register_device(
        by=by, person=uuid4(), endpoint="https://push.example/1", p256dh=good.p256dh, auth=good.auth, now=clock()
    )
    monkeypatch.setattr(channel, "resolve", lambda _host: list(addresses))
    (one,) = actions.post(by=by, messages=[push(device)], now=clock())
    steps.send_due(by=by, clock=clock)
    assert told(by, one) == (State.FAILED, "push.inside")


def test_a_browser_is_registered_once_and_belongs_to_who_used_it_last(
    by: Actor, clock: Clock, service: PushService
) -> None:
    browser, kim, robin = service.subscribe(), uuid4(), uuid4()
    first = register(by, clock, browser, kim)
    assert register(by, clock, browser, kim) == first
    second = register(by, clock, browser, robin)
    assert second != first
    assert [d.id for d in queries.devices_of(by=by, persons=[kim, robin])] == [second]
    actions.remove_device(by=by, device=second, now=clock())
    actions.remove_device(by=by, device=second, now=clock())
    assert queries.devices_of(by=by, persons=[kim, robin]) == []
    last = register(by, clock, service.subscribe(), kim)
    clock.forward(days=31)
    steps.tidy(now=clock())
    assert [row.id for row in Device.objects.all()] == [last]


def test_a_person_has_ten_devices_at_most(by: Actor, clock: Clock, service: PushService) -> None:
    kim, ids = uuid4(), []
    for _n in range(devices.MOST + 2):
        clock.forward(seconds=1)
        ids.append(register(by, clock, service.subscribe(), kim))
    assert [d.id for d in queries.devices_of(by=by, persons=[kim])] == ids[:1:-1]


def test_everybody_reaches_ones_own_devices_alone(clock: Clock, service: PushService) -> None:
    kim, robin = (Actor(id=uuid4(), identified_by="simulated") for _ in range(2))
    device = register(kim, clock, service.subscribe(), kim.id)
    assert [d.label for d in queries.devices_of(by=kim, persons=[kim.id])] == ["Telefon"]
    for act in (
        lambda: register(robin, clock, service.subscribe(), kim.id),
        lambda: actions.remove_device(by=robin, device=device, now=clock()),
        lambda: queries.devices_of(by=robin, persons=[robin.id, kim.id]),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_keys_that_are_none_are_refused(by: Actor, clock: Clock, service: PushService) -> None:
    good = service.subscribe().sent
    off_curve = base64.urlsafe_b64encode(b"\x04" + b"\x01" * 64).decode()
    for field, wrong in (("p256dh", off_curve), ("p256dh", "?"), ("p256dh", ""), ("auth", "AAAA"), ("auth", "*" * 22)):
        with pytest.raises(devices.DeviceInvalid) as refused:
            actions.register_device(by=by, person=uuid4(), **{**good, field: wrong}, now=clock())
        assert refused.value.field == field


def test_the_longest_push_fits_and_a_longer_one_is_refused(by: Actor, clock: Clock, service: PushService) -> None:
    device = register(by, clock, service.subscribe())
    room = rules.MAX_PUSH - len(rules.push_content("Nytt", "", "/family/", "new"))
    actions.post(by=by, messages=[push(device, text="x" * room)], now=clock())
    assert steps.send_due(by=by, clock=clock).sent == 1
    for changes in ({"text": "x" * (room + 1)}, {"url": "//elsewhere.example/"}, {"url": "https://a.example/"}):
        with pytest.raises(MessageInvalid):
            actions.post(by=by, messages=[push(device, **changes)], now=clock())


def test_a_key_is_made_for_a_demonstration_and_given_by_the_operator(
    by: Actor, clock: Clock, service: PushService, settings: Any, tmp_path: Path
) -> None:
    assert queries.push_key() == service.vapid
    assert (tmp_path / "keys" / "push.pem").stat().st_mode & 0o777 == 0o600
    device = register(by, clock, service.subscribe())
    settings.MODE = "production"
    (one,) = actions.post(by=by, messages=[push(device)], now=clock())
    steps.send_due(by=by, clock=clock)
    assert (queries.push_key(), told(by, one)[1]) == ("", "push.no_key")
    other = tmp_path / "other.pem"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    other.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    settings.PUSH = {"key": other, "contact": "mailto:it@exempel.example"}
    clock.forward(minutes=2)
    steps.send_due(by=by, clock=clock)
    assert told(by, one)[1] == "channel.misconfigured"


@pytest.mark.parametrize(("named", "error"), [("push.example", ""), ("other.example", "push.unreachable")])
def test_the_connection_goes_to_the_address_that_was_looked_at_and_the_certificate_is_of_the_name(
    by: Actor,
    clock: Clock,
    service: PushService,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    named: str,
    error: str,
) -> None:
    context, trust = tls(tmp_path, named)
    hosts: list[str] = []

    def answer(_path: str, headers: dict[str, str], _body: bytes) -> tuple[int, bytes]:
        hosts.append(headers["host"])
        return 201, b""

    monkeypatch.setattr(channel, "resolve", lambda _host: ["127.0.0.1"])
    monkeypatch.setattr(channel, "trusted", lambda: ssl.create_default_context(cafile=trust))
    device = register(by, clock, service.subscribe())
    with Served(answer, context) as url:
        host = f"push.example:{url.rpartition(':')[2]}"
        Device.objects.filter(id=device).update(endpoint=f"https://{host}/1")
        (one,) = actions.post(by=by, messages=[push(device)], now=clock())
        steps.send_due(by=by, clock=clock)
    assert (told(by, one)[1], hosts) == (error, [] if error else [host])
