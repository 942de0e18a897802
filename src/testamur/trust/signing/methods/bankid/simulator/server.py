"""The simulated API over loopback HTTPS with client certificates: `http.server` on threads, nothing to install."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from testamur.kernel.base.mutual import LoopbackServer, QuietHandler, Serving, server_context
from testamur.trust.signing.methods.bankid.settings import BankIdSettings
from testamur.trust.signing.methods.bankid.simulator import pki
from testamur.trust.signing.methods.bankid.simulator.magic import MISHAPS, Mishap
from testamur.trust.signing.methods.bankid.simulator.orders import Clock, Limits, Orders, PhoneError
from testamur.trust.signing.methods.bankid.simulator.phone import Phone
from testamur.trust.signing.methods.bankid.simulator.requests import Kind, Person, Said

API = "/rp/v6.0/"
PHONE = "/simulator/phone/"
MAX_BODY = 400_000


class Simulator(Serving):
    """A BankID on a loopback port.

    ``with Simulator(folder) as bankid:`` gives `bankid.settings` for the client and `bankid.phone(person)` for the
    signer. Beside the API it answers ``POST /simulator/phone/{scan,open,answer,approve,decline}``, so that a page or
    another process can play the telephone (same client certificate).
    """

    def __init__(
        self, folder: Path, *, port: int = 0, clock: Clock | None = None, limits: Limits | None = None
    ) -> None:
        """`folder` keeps the simulator's PKI; port 0 takes a free one."""
        self.pki, self.files = pki.make(folder)
        self.orders = Orders(self.pki, clock=clock, limits=limits)
        super().__init__(
            _Server(port, self.orders, server_context(self.files.server, client_root=self.files.server_root)),
            "bankid-simulator",
        )

    @property
    def settings(self) -> BankIdSettings:
        """How a relying party reaches this simulator."""
        return BankIdSettings(
            url=f"https://localhost:{self.port}{API}",
            client_certificate=self.files.client_certificate,
            client_key=self.files.client_key,
            server_root=self.files.server_root,
            signature_roots=self.files.signature_roots,
            relying_party=pki.RELYING_PARTY,
            timeout=5,
        )

    def phone(self, person: Person) -> Phone:
        """That person's telephone."""
        return Phone(self.orders, person)


class _Server(LoopbackServer):
    def __init__(self, port: int, orders: Orders, context: ssl.SSLContext) -> None:
        super().__init__(port, _Handler, context)
        self.orders = orders
        self.phones: dict[str, Phone] = {}


class _Handler(QuietHandler):
    server: _Server
    timeout = 10

    def called(self, method: str) -> None:
        """One call. BankID knows POST only, and says so without a body."""
        if method != "POST":
            self._answer(405, None)
            return
        try:
            self._answer(200, self._call(self.path, self._party(), self._body()))
        except Said as said:
            self._answer(said.status, {"errorCode": said.code, "details": said.details}, said.headers)
        except PhoneError as error:
            self._answer(409, {"errorCode": "phone", "details": str(error)})

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()) or len(length) > len(str(MAX_BODY)) or int(length) > MAX_BODY:
            self.close_connection = True
            raise Said(400, "invalidParameters", "Too large")
        return self.rfile.read(int(length))

    def _party(self) -> str:
        certificate = self.request.getpeercert(binary_form=True)
        if not certificate:
            raise Said(401, "unauthorized", "No client certificate")
        return str(certificate.hex())

    def _call(self, path: str, party: str, raw: bytes) -> dict[str, Any] | bytes:
        if self.headers.get("Content-Type") != "application/json":
            raise Said(415, "unsupportedMediaType")
        try:
            body = json.loads(raw)
        except ValueError as error:
            raise Said(400, "invalidParameters", "No JSON") from error
        if not isinstance(body, dict):
            raise Said(400, "invalidParameters", "No JSON object")
        if path.startswith(PHONE):
            return self._phone(path.removeprefix(PHONE), body)
        call = path.removeprefix(API) if path.startswith(API) else ""
        orders = self.server.orders
        if call == "collect":
            return orders.collect(body, party=party)
        if call == "cancel":
            return orders.cancel(body, party=party)
        if call in set(Kind):
            named = (body.get("requirement") or {}).get("personalNumber") or body.get("personalNumber") or ""
            if MISHAPS.get(str(named)) is Mishap.NOT_JSON:
                return b"<html>We are having problems</html>"
            return orders.start(Kind(call), body, party=party)
        raise Said(404, "notFound", "No such call")

    def _phone(self, call: str, body: Mapping[str, Any]) -> dict[str, Any]:
        text = {name: str(body.get(name, "")) for name in ("personal_number", "given", "surname", "text")}
        person = Person(text["personal_number"], text["given"] or "Test", text["surname"] or "Testsson")
        phone = self.server.phones.setdefault(person.personal_number, Phone(self.server.orders, person))
        match call:
            case "scan":
                return {"visible": phone.scan(text["text"])}
            case "open":
                return {"visible": phone.open(text["text"])}
            case "answer":
                return {"visible": phone.answer_call()}
            case "approve":
                phone.approve()
            case "decline":
                phone.decline()
            case _:
                raise Said(404, "notFound", "No such call")
        return {}

    def _answer(
        self, status: int, body: dict[str, Any] | bytes | None, headers: Mapping[str, str] | None = None
    ) -> None:
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
