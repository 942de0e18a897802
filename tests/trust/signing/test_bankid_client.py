"""The client and the simulated BankID, over real TLS. The same tests may run against BankID's own test service."""

from __future__ import annotations

import json
import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from testamur.trust.signing.methods.bankid import client as api
from testamur.trust.signing.methods.bankid import qr
from testamur.trust.signing.methods.bankid.client import BankIdClient, Request, Requirement, Started, Web, http_client
from testamur.trust.signing.methods.bankid.settings import NotSetUp
from testamur.trust.signing.methods.bankid.simulator.magic import NUMBERS, Mishap
from testamur.trust.signing.methods.bankid.simulator.orders import PhoneError
from testamur.trust.signing.methods.bankid.simulator.requests import Person
from tests.trust.signing.conftest import OLE, RUT, Clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from testamur.trust.signing.methods.bankid.simulator.server import Simulator

TEXT = "Jag skriver under betyg för åk 9".encode()
SIGN = Request(end_user_ip="192.0.2.7", visible=TEXT, nonvisible=b'{"v":1}')


def named(person: Person) -> Request:
    return replace(SIGN, requirement=Requirement(personal_number=person.personal_number))


def code(started: Started, seconds: int = 0) -> str:
    return qr.qr_text(token=started.qr_start_token, secret=started.qr_start_secret, seconds=seconds)


def test_a_signature_by_qr_code_from_start_to_evidence(client: BankIdClient, bankid: Simulator, clock: Clock) -> None:
    started = client.sign(SIGN)
    assert client.collect(started.order_ref).hint == "outstandingTransaction"
    phone = bankid.phone(RUT)
    assert phone.scan(code(started)) == TEXT.decode()
    clock.forward(2)
    assert client.collect(started.order_ref).hint == "userSign"
    phone.approve()
    clock.forward(2)
    answer = client.collect(started.order_ref)
    assert answer.status == "complete"
    assert answer.completion is not None
    assert (answer.completion.personal_number, answer.completion.name) == (RUT.personal_number, "Rut Exempel")
    assert answer.completion.signature.startswith(b"<?xml")


def test_an_identification_on_the_same_device_by_link(client: BankIdClient, bankid: Simulator, clock: Clock) -> None:
    started = client.auth(
        Request(end_user_ip="2001:db8::7", return_url="https://skola.example/r#nonce=1", return_risk=True)
    )
    phone = bankid.phone(RUT)
    phone.open(qr.app_link(started.auto_start_token))
    phone.approve()
    answer = client.collect(started.order_ref)
    assert answer.completion is not None
    assert answer.completion.risk == "low"
    assert b"<funcId>Identification</funcId>" in answer.completion.signature


@pytest.mark.parametrize("sign", [True, False])
def test_a_person_on_the_telephone_confirms_without_scanning(
    client: BankIdClient, bankid: Simulator, sign: bool
) -> None:
    started = (
        client.phone_sign(named(RUT), initiator="RP")
        if sign
        else client.phone_auth(
            Request("", requirement=Requirement(personal_number=RUT.personal_number)), initiator="user"
        )
    )
    assert started == Started(started.order_ref, elapsed=started.elapsed)
    phone = bankid.phone(RUT)
    phone.answer_call()
    phone.approve()
    assert client.collect(started.order_ref).status == "complete"


def test_who_declines_the_call_is_not_signed_for(client: BankIdClient, bankid: Simulator) -> None:
    started = client.phone_sign(named(RUT), initiator="user")
    phone = bankid.phone(RUT)
    phone.answer_call()
    phone.decline()
    assert client.collect(started.order_ref).hint == "userDeclinedCall"


def test_a_final_answer_is_given_once(client: BankIdClient, bankid: Simulator, clock: Clock) -> None:
    started = client.sign(SIGN)
    phone = bankid.phone(RUT)
    phone.scan(code(started))
    phone.approve()
    assert client.collect(started.order_ref).status == "complete"
    clock.forward(2)
    with pytest.raises(api.OrderGone) as caught:
        client.collect(started.order_ref)
    assert caught.value.gone


def test_collecting_faster_than_once_a_second_is_refused_with_the_time_to_wait(client: BankIdClient) -> None:
    started = client.sign(SIGN)
    client.collect(started.order_ref)
    with pytest.raises(api.TooManyRequests) as caught:
        client.collect(started.order_ref)
    assert (caught.value.wait, caught.value.again) == (1, True)


@pytest.mark.parametrize(("seconds", "hint"), [(29, "outstandingTransaction"), (31, "startFailed")])
def test_an_order_that_nobody_takes_up_fails_after_half_a_minute(
    client: BankIdClient, clock: Clock, seconds: int, hint: str
) -> None:
    started = client.sign(SIGN)
    clock.forward(seconds)
    assert client.collect(started.order_ref).hint == hint


def test_an_order_that_is_taken_up_and_not_finished_expires(
    client: BankIdClient, bankid: Simulator, clock: Clock
) -> None:
    started = client.sign(SIGN)
    bankid.phone(RUT).scan(code(started))
    clock.forward(181)
    assert client.collect(started.order_ref).hint == "expiredTransaction"


@pytest.mark.parametrize(("seconds", "there"), [(179, True), (181, False)])
def test_a_complete_order_is_kept_three_minutes(
    client: BankIdClient, bankid: Simulator, clock: Clock, seconds: int, there: bool
) -> None:
    started = client.sign(SIGN)
    phone = bankid.phone(RUT)
    phone.scan(code(started))
    phone.approve()
    clock.forward(seconds)
    if there:
        assert client.collect(started.order_ref).status == "complete"
    else:
        with pytest.raises(api.OrderGone):
            client.collect(started.order_ref)


def test_a_second_order_for_the_same_person_kills_both(client: BankIdClient, clock: Clock) -> None:
    first = client.sign(named(RUT))
    with pytest.raises(api.AlreadyInProgress) as caught:
        client.sign(named(RUT))
    assert caught.value.message_id == "RFA4"
    assert client.collect(first.order_ref).status == "failed"
    assert client.sign(named(RUT)).order_ref  # and the third one lives


def test_two_orders_that_name_nobody_live_side_by_side(client: BankIdClient) -> None:
    first, second = client.sign(SIGN), client.sign(SIGN)
    assert client.collect(first.order_ref).status == client.collect(second.order_ref).status == "pending"


def test_cancelling_twice_says_that_the_order_is_gone(client: BankIdClient) -> None:
    started = client.sign(SIGN)
    client.cancel(started.order_ref)
    with pytest.raises(api.OrderGone):
        client.cancel(started.order_ref)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"), "wrong"),
        (lambda text: text.replace(".0.", ".1."), "wrong"),
        (lambda text: text.replace("bankid.", "bankid.x"), "no BankID code"),
        (lambda _text: "https://skola.example", "no BankID code"),
    ],
)
def test_a_qr_code_that_was_tampered_with_starts_nothing(
    client: BankIdClient, bankid: Simulator, change: Callable[[str], str], error: str
) -> None:
    started = client.sign(SIGN)
    with pytest.raises(PhoneError, match=error):
        bankid.phone(RUT).scan(change(code(started)))


def test_a_photographed_qr_code_is_stale_seconds_later(client: BankIdClient, bankid: Simulator, clock: Clock) -> None:
    started = client.sign(SIGN)
    clock.forward(9)
    with pytest.raises(PhoneError, match="too old"):
        bankid.phone(RUT).scan(code(started))
    assert bankid.phone(RUT).scan(code(started, 9)) == TEXT.decode()


def test_a_named_order_cannot_be_taken_up_by_somebody_else(client: BankIdClient, bankid: Simulator) -> None:
    started = client.sign(named(RUT))
    with pytest.raises(PhoneError, match="another person"):
        bankid.phone(OLE).scan(code(started))


# --- limits and requests -------------------------------------------------------------------------


def test_thirty_thousand_bytes_are_shown_and_one_more_is_refused_before_it_is_sent(client: BankIdClient) -> None:
    assert client.sign(replace(SIGN, visible=b"x" * 30_000)).order_ref
    with pytest.raises(api.InvalidRequest) as caught:
        client.sign(replace(SIGN, visible=b"x" * 30_001))
    assert caught.value.field == "userVisibleData"
    with pytest.raises(api.InvalidRequest):
        client.sign(replace(SIGN, nonvisible=b"x" * 150_001))
    with pytest.raises(api.InvalidRequest):
        client.auth(replace(SIGN, visible=b"x" * 1_126))


@pytest.mark.parametrize("visible", [30_001, 0])
def test_the_simulated_bankid_keeps_the_limits_too(http: httpx.Client, bankid: Simulator, visible: int) -> None:
    from base64 import b64encode

    body = {"endUserIp": "192.0.2.7", "userVisibleData": b64encode(b"x" * visible).decode()}
    reply = http.post(bankid.settings.url + "sign", json=body, headers={"Content-Type": "application/json"})
    assert (reply.status_code, reply.json()["errorCode"]) == (400, "invalidParameters")


@pytest.mark.parametrize("address", ["", "localhost", "192.0.2.7, 10.0.0.1", "192.0.2.256"])
def test_something_that_is_no_address_is_not_sent_as_the_browsers(client: BankIdClient, address: str) -> None:
    with pytest.raises(api.InvalidRequest):
        client.sign(replace(SIGN, end_user_ip=address))


def test_a_signature_without_a_text_and_a_call_without_a_person_are_refused(client: BankIdClient) -> None:
    with pytest.raises(api.InvalidRequest):
        client.sign(replace(SIGN, visible=b""))
    with pytest.raises(api.InvalidRequest):
        client.phone_sign(SIGN, initiator="user")
    with pytest.raises(api.InvalidRequest):
        client.sign(replace(SIGN, return_url="https://skola.example/" + "x" * 500))


def test_every_optional_member_is_understood(client: BankIdClient) -> None:
    full = replace(
        SIGN,
        markdown=True,
        return_url="https://skola.example/r#nonce=x",
        return_risk=True,
        requirement=Requirement(
            RUT.personal_number, pin_code=True, mrtd=True, card_reader="class1", certificate_policies=("1.2.3.4.25",)
        ),
        web=Web("skola.example", "agent " * 100, "device"),
    )
    assert client.sign(full).order_ref


@pytest.mark.parametrize(
    "body",
    [
        {"endUserIp": "192.0.2.7", "userVisibleData": "SGVq", "unheardOf": 1},
        {"endUserIp": "192.0.2.7", "userVisibleData": "not base64!"},
        {"endUserIp": "192.0.2.7", "userVisibleData": "/w=="},
        {"endUserIp": "192.0.2.7", "userVisibleData": "SGVq", "requirement": {"risk": "low"}},
        {"endUserIp": "192.0.2.7", "userVisibleData": "SGVq", "requirement": {"personalNumber": "1"}},
        {"endUserIp": "192.0.2.7", "userVisibleData": "SGVq", "requirement": {"pinCode": "yes"}},
        {"userVisibleData": "SGVq"},
        {},
    ],
)
def test_the_simulated_bankid_is_as_strict_as_the_real_one(
    http: httpx.Client, bankid: Simulator, body: dict[str, object]
) -> None:
    reply = http.post(
        bankid.settings.url + "sign", content=json.dumps(body), headers={"Content-Type": "application/json"}
    )
    assert (reply.status_code, reply.json()["errorCode"]) == (400, "invalidParameters")


@pytest.mark.parametrize(
    ("path", "content_type", "status"),
    [
        ("sign", "application/json; charset=utf-8", 415),
        ("sign", "text/plain", 415),
        ("nothing", "application/json", 404),
    ],
)
def test_content_type_and_path_are_exact(
    http: httpx.Client, bankid: Simulator, path: str, content_type: str, status: int
) -> None:
    reply = http.post(bankid.settings.url + path, content=b"{}", headers={"Content-Type": content_type})
    assert reply.status_code == status


def test_bankid_is_asked_with_post_only(http: httpx.Client, bankid: Simulator) -> None:
    assert http.get(bankid.settings.url + "sign").status_code == 405


# --- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mishap", "kind", "again", "message_id", "wait"),
    [
        (Mishap.MAINTENANCE, api.Unavailable, True, "RFA5", 0),
        (Mishap.INTERNAL_ERROR, api.Unavailable, True, "RFA5", 0),
        (Mishap.TIMEOUT, api.Unavailable, True, "RFA5", 0),
        (Mishap.TOO_MANY, api.TooManyRequests, True, "RFA22", 7),
        (Mishap.ALREADY_IN_PROGRESS, api.AlreadyInProgress, False, "RFA4", 0),
        (Mishap.NOT_JSON, api.BadAnswer, False, "", 0),
    ],
)
def test_every_error_reply_becomes_one_typed_refusal(
    client: BankIdClient, mishap: Mishap, kind: type[api.BankIdRefused], again: bool, message_id: str, wait: int
) -> None:
    with pytest.raises(kind) as caught:
        client.sign(named(Person(NUMBERS[mishap])))
    assert (caught.value.again, caught.value.message_id, caught.value.wait) == (again, message_id, wait)
    assert NUMBERS[mishap] not in str(caught.value)


def test_without_our_certificate_bankid_answers_nobody(bankid: Simulator) -> None:
    context = ssl.create_default_context(cafile=bankid.settings.server_root)
    with http_client(context, 5) as http, pytest.raises(api.NotAuthorised):
        BankIdClient(http, bankid.settings.url).sign(SIGN)


def test_an_order_of_another_relying_party_cannot_be_collected(
    client: BankIdClient, bankid: Simulator, tmp_path: Path
) -> None:
    started = client.sign(SIGN)
    with pytest.raises(Exception, match="invalidParameters"):
        bankid.orders.collect({"orderRef": started.order_ref}, party="another certificate")


def test_a_server_that_the_pinned_root_does_not_vouch_for_is_not_talked_to(bankid: Simulator, pki_folder: Path) -> None:
    wrong = replace(bankid.settings, server_root=pki_folder / "root.pem")
    with http_client(wrong.ssl_context(), 5) as http, pytest.raises(api.Unavailable):
        BankIdClient(http, wrong.url).sign(SIGN)


def test_the_systems_own_roots_are_not_trusted(bankid: Simulator) -> None:
    roots = bankid.settings.ssl_context().get_ca_certs()
    assert len(roots) == 1
    assert "TEST BankID SSL Root CA v1 (simulated)" in str(roots[0]["subject"])


def test_a_pkcs12_file_with_a_password_serves_as_well(bankid: Simulator, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    party = bankid.pki.relying_party
    (tmp_path / "rp.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"rp", party.key, party.certificate, None, BestAvailableEncryption(b"hemligt")
        )
    )
    (tmp_path / "password").write_text("hemligt\n")
    found = replace(
        bankid.settings, client_certificate=tmp_path / "rp.p12", client_key=None, password_file=tmp_path / "password"
    )
    with http_client(found.ssl_context(), 5) as http:
        assert BankIdClient(http, found.url).sign(SIGN).order_ref
    (tmp_path / "password").write_text("fel")
    with pytest.raises(NotSetUp, match="cannot be used"):
        found.ssl_context()


@pytest.mark.parametrize("answer", ["[]", "{}", '{"orderRef":"x"}', '{"orderRef":1,"status":"complete"}', "\x00"])
def test_an_answer_of_another_shape_is_a_typed_refusal(answer: str) -> None:
    transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=answer.encode()))
    with httpx.Client(transport=transport) as http:
        broken = BankIdClient(http, "https://bankid.invalid/")
        with pytest.raises(api.BadAnswer):
            broken.sign(SIGN)
        with pytest.raises(api.BadAnswer):
            broken.collect("x")


def test_what_is_sent_is_exactly_what_bankid_documents() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(
            200, json=dict.fromkeys(("orderRef", "autoStartToken", "qrStartToken", "qrStartSecret"), "x")
        )

    with httpx.Client(transport=httpx.MockTransport(answer)) as http:
        BankIdClient(http, "https://bankid.invalid/rp/v6.0/").sign(named(RUT))
    (request,) = seen
    assert str(request.url) == "https://bankid.invalid/rp/v6.0/sign"
    assert request.headers["Content-Type"] == "application/json"
    assert json.loads(request.content) == {
        "endUserIp": "192.0.2.7",
        "requirement": {"personalNumber": RUT.personal_number},
        "userVisibleData": "SmFnIHNrcml2ZXIgdW5kZXIgYmV0eWcgZsO2ciDDpWsgOQ==",
        "userNonVisibleData": "eyJ2IjoxfQ==",
    }


def test_the_secret_of_the_qr_code_does_not_show_in_a_log_line() -> None:
    assert "hemlig" not in repr(Started("a", "b", "c", "hemlig"))
