"""The orders of the simulated BankID: what the API answers, and what a telephone may do. No network here."""

from __future__ import annotations

import hmac
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from testamur.trust.signing.methods.bankid.qr import qr_text
from testamur.trust.signing.methods.bankid.simulator.magic import FAILURES, MISHAPS, NUMBERS, START_ERRORS, Mishap
from testamur.trust.signing.methods.bankid.simulator.pki import POLICY_MOBILE, Pki
from testamur.trust.signing.methods.bankid.simulator.requests import Kind, Person, Said, SimulatedOrder, read
from testamur.trust.signing.methods.bankid.simulator.signature import Signing, ocsp_response, xml_signature

Clock = Callable[[], datetime]


class PhoneError(Exception):
    """The telephone shows an error; the order goes on as if nothing had happened, unless the text says otherwise."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Times of BankID, in seconds."""

    start_within: float = 30
    order_lives: float = 180
    complete_kept: float = 180
    failed_kept: float = 300
    qr_tolerance: float = 5
    collect_every: float = 1


class Orders:
    """All orders of one simulator; every method may be called from any thread."""

    def __init__(self, pki: Pki, *, clock: Clock | None = None, limits: Limits | None = None) -> None:
        """`clock` gives aware instants; without it the machine's own."""
        self._pki = pki
        self._clock = clock or (lambda: datetime.now(UTC))
        self._limits = limits or Limits()
        self._orders: dict[str, SimulatedOrder] = {}
        self._lock = threading.RLock()
        self.down = False

    # --- the API ---

    def start(self, kind: Kind, body: Mapping[str, Any], *, party: str) -> dict[str, str]:
        """Answer to auth, sign and their phone variants. Raises `Said`."""
        with self._lock:
            self._up()
            now = self._clock()
            order = read(kind, body, party, now)
            self._mishap_at_start(order)
            self._one_at_a_time(order, now)
            self._orders[order.ref] = order
            if kind.by_phone:
                order.hint = "userCallConfirm"
                return {"orderRef": order.ref}
            return {
                "orderRef": order.ref,
                "autoStartToken": order.auto_start_token,
                "qrStartToken": order.qr_start_token,
                "qrStartSecret": order.qr_start_secret,
            }

    def collect(self, body: Mapping[str, Any], *, party: str) -> dict[str, Any]:
        """Answer to collect. Raises `Said`."""
        with self._lock:
            self._up()
            now = self._clock()
            order = self._find(body, party, now)
            every = self._limits.collect_every
            if order.collected is not None and (now - order.collected).total_seconds() < every:
                raise Said(
                    429,
                    "tooManyRequests",
                    headers={
                        "RateLimit-Limit": "1",
                        "RateLimit-Remaining": "0",
                        "RateLimit-Reset": str(max(1, round(every))),
                    },
                )
            order.collected = now
            order.collects += 1
            if _mishap(order) is Mishap.COLLECT_MAINTENANCE and order.collects % 2:
                raise Said(503, "Maintenance")
            answer: dict[str, Any] = {"orderRef": order.ref, "status": order.status}
            if order.completion is not None:
                answer["completionData"] = order.completion
            else:
                answer["hintCode"] = order.hint
            order.gone = order.status != "pending"
            return answer

    def cancel(self, body: Mapping[str, Any], *, party: str) -> dict[str, str]:
        """Answer to cancel. Raises `Said`."""
        with self._lock:
            self._up()
            order = self._find(body, party, self._clock())
            if order.status == "pending":
                self._fail(order, "cancelled")
            order.gone = True
            return {}

    # --- the telephone ---

    def scan(self, text: str, person: Person) -> str:
        """Read a QR code off a screen; gives the order reference. Raises `PhoneError` for a wrong or stale code."""
        with self._lock:
            now = self._clock()
            parts = text.split(".")
            order = self._by("qr_start_token", parts[1]) if len(parts) == 4 and parts[0] == "bankid" else None  # noqa: PLR2004
            if order is None or not (parts[2].isascii() and parts[2].isdigit()) or len(parts[2]) > 4:  # noqa: PLR2004
                raise PhoneError("This is no BankID code.")
            expected = qr_text(token=order.qr_start_token, secret=order.qr_start_secret, seconds=int(parts[2]))
            age = (now - order.started).total_seconds() - int(parts[2])
            if not hmac.compare_digest(expected.encode(), text.encode()):
                raise PhoneError("The code is wrong.")
            if abs(age) > self._limits.qr_tolerance:
                raise PhoneError("The code is too old or from the future.")
            return self._take_up(order, person, now)

    def open(self, link: str, person: Person) -> str:
        """Follow a start link on the same device; gives the order reference. Raises `PhoneError`."""
        token = re.search(r"autostarttoken=([0-9a-f-]{36})(?:&|$)", link)
        with self._lock:
            order = self._by("auto_start_token", token[1]) if token else None
            if order is None:
                raise PhoneError("The link starts nothing.")
            return self._take_up(order, person, self._clock())

    def answer_call(self, person: Person) -> str:
        """Take up the order that was started by number during a call; gives the order reference."""
        with self._lock:
            now = self._clock()
            for order in self._orders.values():
                self._age(order, now)
                if order.kind.by_phone and order.status == "pending" and order.named == person.personal_number:
                    return self._take_up(order, person, now)
        raise PhoneError("Nobody is calling.")

    def read(self, ref: str) -> str:
        """What the telephone shows to the person."""
        with self._lock:
            return (self._held(ref).visible or b"").decode()

    def approve(self, ref: str) -> None:
        """The person enters the code: the order completes, or fails when that person's number says so."""
        with self._lock:
            order, now = self._held(ref), self._clock()
            self._age(order, now)
            if order.status != "pending" or order.person is None:
                raise PhoneError("There is nothing to sign any more.")
            self._complete(order, order.person, now)

    def decline(self, ref: str) -> None:
        """The person presses cancel in the app."""
        with self._lock:
            order = self._held(ref)
            if order.status == "pending":
                self._fail(order, "userDeclinedCall" if order.kind.by_phone else "userCancel")

    # --- inside ---

    def _up(self) -> None:
        if self.down:
            raise Said(503, "Maintenance")

    def _find(self, body: Mapping[str, Any], party: str, now: datetime) -> SimulatedOrder:
        ref = body.get("orderRef")
        if set(body) != {"orderRef"} or not isinstance(ref, str):
            raise Said(400, "invalidParameters", "orderRef")
        order = self._orders.get(ref)
        if order is not None:
            self._age(order, now)
        if order is None or order.gone or order.party != party:
            raise Said(400, "invalidParameters", "No such order")
        return order

    def _by(self, member: str, value: str) -> SimulatedOrder | None:
        return next(
            (o for o in self._orders.values() if hmac.compare_digest(str(getattr(o, member)).encode(), value.encode())),
            None,
        )

    def _held(self, ref: str) -> SimulatedOrder:
        if ref not in self._orders:
            raise PhoneError("The order is unknown.")
        return self._orders[ref]

    def _age(self, order: SimulatedOrder, now: datetime) -> None:
        """What time alone does to an order."""
        limits = self._limits
        age = (now - order.started).total_seconds()
        if order.status == "pending":
            if order.person is None and not order.kind.by_phone and age > limits.start_within:
                self._fail(order, "startFailed", at=now)
            elif age > limits.order_lives:
                self._fail(order, "expiredTransaction", at=now)
        if order.ended is not None:
            kept = limits.complete_kept if order.status == "complete" else limits.failed_kept
            order.gone = order.gone or (now - order.ended).total_seconds() > kept

    def _fail(self, order: SimulatedOrder, hint: str, *, at: datetime | None = None) -> None:
        order.status, order.hint, order.ended = "failed", hint, at or self._clock()

    def _one_at_a_time(self, order: SimulatedOrder, now: datetime) -> None:
        """An order that names a person who has one open already kills both."""
        if not order.named:
            return
        for other in self._orders.values():
            self._age(other, now)
            if other.named == order.named and other.status == "pending":
                self._fail(other, "cancelled")
                raise Said(400, "alreadyInProgress", "Order already in progress for pno")

    def _mishap_at_start(self, order: SimulatedOrder) -> None:
        mishap = MISHAPS.get(order.named)
        if mishap is not None and mishap in START_ERRORS:
            status, code = START_ERRORS[mishap]
            raise Said(status, code, headers={"RateLimit-Reset": "7"} if status == 429 else None)  # noqa: PLR2004

    def _take_up(self, order: SimulatedOrder, person: Person, now: datetime) -> str:
        self._age(order, now)
        if order.status != "pending":
            raise PhoneError("The order is over.")
        if order.person is not None and order.person != person:
            raise PhoneError("Another telephone has taken the order up already.")
        if order.named and order.named != person.personal_number:
            raise PhoneError("The order is for another person.")
        order.person = person
        mishap = _mishap(order)
        if mishap is not None and mishap in FAILURES:
            self._fail(order, mishap.value)
        else:
            order.hint = "somethingNewPending" if mishap is Mishap.UNKNOWN_PENDING else "userSign"
        return order.ref

    def _complete(self, order: SimulatedOrder, person: Person, now: datetime) -> None:
        mishap, pki = _mishap(order), self._pki
        policy = order.policies[0] if order.policies else POLICY_MOBILE
        signer = Person(NUMBERS[Mishap.USER_CANCEL], "Annan", "Person") if mishap is Mishap.OTHER_PERSON else person
        user = pki.person(signer.personal_number, signer.given, signer.surname, policy=policy)
        customer = pki.foreign_customer() if mishap is Mishap.FOREIGN_ROOT else pki.customer
        above = pki.foreign_root if mishap is Mishap.FOREIGN_ROOT else pki.bank
        signature = xml_signature(_what(order, mishap, policy), user, [customer, above])
        ocsp = ocsp_response(
            user,
            pki.customer,
            pki.responder,
            at=now,
            revoked=mishap is Mishap.REVOKED,
            signature=b"another signature" if mishap is Mishap.FOREIGN_OCSP else signature,
        )
        if mishap is Mishap.BROKEN_XML:
            signature = signature.replace(b"<usrNonVisibleData>e", b"<usrNonVisibleData>f", 1)
        order.completion = {
            "user": {
                "personalNumber": signer.personal_number,
                "name": f"{signer.given} {signer.surname}",
                "givenName": signer.given,
                "surname": signer.surname,
            },
            "device": {"ipAddress": order.ip or "127.0.0.1", "uhi": "VEVTVA=="},
            "bankIdIssueDate": "2020-01-01Z",
            "signature": b64encode(signature).decode(),
            "ocspResponse": b64encode(ocsp).decode(),
            **({"risk": "low"} if order.risk else {}),
        }
        order.status, order.hint, order.ended = "complete", "", now


def _mishap(order: SimulatedOrder) -> Mishap | None:
    return MISHAPS.get(order.person.personal_number if order.person else order.named)


def _what(order: SimulatedOrder, mishap: Mishap | None, policy: str) -> Signing:
    return Signing(
        visible=b"Something else" if mishap is Mishap.OTHER_TEXT else order.visible,
        nonvisible=b"{}" if mishap is Mishap.OTHER_DATA else order.nonvisible,
        markdown=order.markdown,
        function="Signing" if order.kind.signs and mishap is not Mishap.IDENTIFICATION else "Identification",
        policy=policy,
    )
