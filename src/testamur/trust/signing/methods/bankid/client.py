"""A thin client of BankID's Relying Party API v6.0 over an injected `httpx.Client`.

It builds the requests, keeps BankID's limits before anything is sent, and turns every answer that is no success into
one typed refusal. It never retries by itself: the caller knows whether a signer is waiting.
"""

from __future__ import annotations

import binascii
import ipaddress
import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal

import httpx

from testamur.trust.signing.methods.bankid import messages
from testamur.trust.signing.methods.contract import MethodRefused

AUTH_VISIBLE_LIMIT = 1_500
AUTH_NONVISIBLE_LIMIT = 1_500
SIGN_VISIBLE_LIMIT = 40_000
SIGN_NONVISIBLE_LIMIT = 200_000
"""Characters once in base64."""
RETURN_URL_LIMIT = 512
USER_AGENT_LIMIT = 256
_PERSONAL_NUMBER = re.compile(r"\d{12}")


class BankIdRefused(MethodRefused):
    """BankID answered with an error, or not at all."""

    code = "signing.bankid.refused"


class AlreadyInProgress(BankIdRefused):
    """An order for the same personal number was open; both are dead now."""

    code = "signing.bankid.already_in_progress"


class InvalidRequest(BankIdRefused):
    """BankID would not, or did not, accept the parameters."""

    code = "signing.bankid.invalid"


class OrderGone(BankIdRefused):
    """BankID no longer knows the order, or has given its final answer away already."""

    code = "signing.bankid.order_gone"
    gone = True


class NotAuthorised(BankIdRefused):
    """Our relying party certificate is not accepted."""

    code = "signing.bankid.not_authorised"


class TooManyRequests(BankIdRefused):
    """BankID asks us to slow down; `wait` says for how long."""

    code = "signing.bankid.too_many"
    again = True


class Unavailable(BankIdRefused):
    """BankID is down, in maintenance, slow, or cannot be reached."""

    code = "signing.bankid.unavailable"
    again = True


class BadAnswer(BankIdRefused):
    """BankID's answer has not the shape that its documentation gives."""

    code = "signing.bankid.bad_answer"


@dataclass(frozen=True, slots=True)
class Requirement:
    """Who may use which BankID. `personal_number` 12 digits; empty values require nothing."""

    personal_number: str = ""
    pin_code: bool = False
    mrtd: bool = False
    card_reader: Literal["", "class1", "class2"] = ""
    certificate_policies: tuple[str, ...] = ()

    def members(self) -> dict[str, Any]:
        """As BankID reads it; members without effect are left out."""
        given = {
            "personalNumber": self.personal_number,
            "pinCode": self.pin_code,
            "mrtd": self.mrtd,
            "cardReader": self.card_reader,
            "certificatePolicies": list(self.certificate_policies),
        }
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class Web:
    """The browser that asks (BankID's ``web``)."""

    referring_domain: str
    user_agent: str
    device_identifier: str

    def members(self) -> dict[str, Any]:
        """As BankID reads it."""
        return {
            "referringDomain": self.referring_domain,
            "userAgent": self.user_agent[:USER_AGENT_LIMIT],
            "deviceIdentifier": self.device_identifier,
        }


@dataclass(frozen=True, slots=True)
class Request:
    """What is common to auth and sign. `visible` and `nonvisible` are the raw bytes; visible is UTF-8 text.

    `markdown` marks the visible text as ``simpleMarkdownV1``.
    """

    end_user_ip: str
    visible: bytes = b""
    nonvisible: bytes = b""
    markdown: bool = False
    requirement: Requirement = field(default_factory=Requirement)
    return_url: str = ""
    return_risk: bool = False
    web: Web | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The start reply. Phone orders have `order_ref` only. `elapsed` is the time the call took, in seconds."""

    order_ref: str
    auto_start_token: str = ""
    qr_start_token: str = ""
    qr_start_secret: str = field(default="", repr=False)
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True)
class Completion:
    """`completionData`: who, on which device, and the two objects that prove it (decoded)."""

    personal_number: str
    name: str
    given_name: str
    surname: str
    signature: bytes
    ocsp_response: bytes
    ip_address: str = ""
    uhi: str = ""
    issued: str = ""
    mrtd: bool | None = None
    risk: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """One answer of collect."""

    order_ref: str
    status: Literal["pending", "failed", "complete"]
    hint: str = ""
    completion: Completion | None = None


class BankIdClient:
    """The seven calls. Thread-safe as far as `httpx.Client` is; keeps no state of orders."""

    def __init__(self, http: httpx.Client, base_url: str) -> None:
        """`http` carries the TLS context and the time limits; `base_url` ends with ``/rp/v6.0/``."""
        self._http = http
        self._base = base_url

    def auth(self, request: Request) -> Started:
        """Identification."""
        return self._start("auth", _browser_body(request, AUTH_VISIBLE_LIMIT, AUTH_NONVISIBLE_LIMIT))

    def sign(self, request: Request) -> Started:
        """Signature. Raises `InvalidRequest` without visible text."""
        _need(bool(request.visible), "userVisibleData", "A signature needs a text to show.")
        return self._start("sign", _browser_body(request, SIGN_VISIBLE_LIMIT, SIGN_NONVISIBLE_LIMIT))

    def phone_auth(self, request: Request, *, initiator: Literal["user", "RP"]) -> Started:
        """Identification of a person we talk to on the telephone; `initiator` is who called."""
        return self._start("phone/auth", _phone_body(request, initiator, AUTH_VISIBLE_LIMIT, AUTH_NONVISIBLE_LIMIT))

    def phone_sign(self, request: Request, *, initiator: Literal["user", "RP"]) -> Started:
        """Signature by a person we talk to on the telephone."""
        _need(bool(request.visible), "userVisibleData", "A signature needs a text to show.")
        return self._start("phone/sign", _phone_body(request, initiator, SIGN_VISIBLE_LIMIT, SIGN_NONVISIBLE_LIMIT))

    def collect(self, order_ref: str) -> Collected:
        """How far the order is. Never more often than once a second; a final answer is given once."""
        answer, _ = self._call("collect", {"orderRef": order_ref})
        try:
            return _collected(answer, order_ref)
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise BadAnswer(f"BankID's answer to collect cannot be read ({type(error).__name__}).") from error

    def cancel(self, order_ref: str) -> None:
        """Withdraw the order. Raises `OrderGone` when there is none any more."""
        self._call("cancel", {"orderRef": order_ref})

    def _start(self, path: str, body: dict[str, Any]) -> Started:
        answer, elapsed = self._call(path, body)
        wanted = ["orderRef"]
        if not path.startswith("phone/"):
            wanted += ["autoStartToken", "qrStartToken", "qrStartSecret"]
        found = {name: answer.get(name) for name in wanted}
        if not all(isinstance(value, str) and value for value in found.values()):
            raise BadAnswer("BankID's start reply lacks a member.")
        return Started(
            order_ref=str(found["orderRef"]),
            auto_start_token=str(found.get("autoStartToken", "")),
            qr_start_token=str(found.get("qrStartToken", "")),
            qr_start_secret=str(found.get("qrStartSecret", "")),
            elapsed=elapsed,
        )

    def _call(self, path: str, body: Mapping[str, Any]) -> tuple[dict[str, Any], float]:
        before = monotonic()
        try:
            # exactly this content type: with a charset parameter BankID answers 415
            reply = self._http.post(
                self._base + path,
                content=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
                headers={"Content-Type": "application/json", "Accept": "application/json"},
            )
        except httpx.HTTPError as error:
            raise _said(Unavailable(f"BankID cannot be reached ({type(error).__name__})."), "requestTimeout") from error
        try:
            answer = reply.json()
        except ValueError:  # some error replies have no body
            answer = {}
        if reply.status_code != httpx.codes.OK:
            raise _refusal(path, reply, answer if isinstance(answer, dict) else {})
        if not isinstance(answer, dict):
            raise BadAnswer("BankID's answer is not a JSON object.")
        return answer, monotonic() - before


def http_client(context: Any, timeout: float) -> httpx.Client:
    """The client for production: our TLS context, no proxy from the environment, no redirects."""
    return httpx.Client(verify=context, timeout=timeout, trust_env=False, follow_redirects=False)


# --- requests ------------------------------------------------------------------------------------


def _browser_body(request: Request, visible_limit: int, nonvisible_limit: int) -> dict[str, Any]:
    try:
        address = str(ipaddress.ip_address(request.end_user_ip))
    except ValueError as error:
        raise InvalidRequest("BankID needs the address of the browser.", field="endUserIp") from error
    body: dict[str, Any] = {"endUserIp": address, **_common(request, visible_limit, nonvisible_limit)}
    if request.return_url:
        _need(len(request.return_url) <= RETURN_URL_LIMIT, "returnUrl", "The return address is too long.")
        body["returnUrl"] = request.return_url
    if request.return_risk:
        body["returnRisk"] = True
    if request.web is not None:
        body["web"] = request.web.members()
    return body


def _phone_body(request: Request, initiator: str, visible_limit: int, nonvisible_limit: int) -> dict[str, Any]:
    number = request.requirement.personal_number
    _need(bool(_PERSONAL_NUMBER.fullmatch(number)), "personalNumber", "An order by phone names a person: 12 digits.")
    body = {"personalNumber": number, "callInitiator": initiator, **_common(request, visible_limit, nonvisible_limit)}
    # here the person stands outside `requirement`, which knows the certificate and the code only
    narrowed = {k: v for k, v in body.pop("requirement", {}).items() if k in {"pinCode", "certificatePolicies"}}
    return {**body, "requirement": narrowed} if narrowed else body


def _common(request: Request, visible_limit: int, nonvisible_limit: int) -> dict[str, Any]:
    body: dict[str, Any] = {}
    requirement = request.requirement.members()
    if requirement:
        body["requirement"] = requirement
    if request.visible:
        body["userVisibleData"] = _limited("userVisibleData", request.visible, visible_limit)
        if request.markdown:
            body["userVisibleDataFormat"] = "simpleMarkdownV1"
    if request.nonvisible:
        body["userNonVisibleData"] = _limited("userNonVisibleData", request.nonvisible, nonvisible_limit)
    return body


def _limited(name: str, data: bytes, limit: int) -> str:
    coded = b64encode(data).decode()
    _need(len(coded) <= limit, name, f"{name} is longer than BankID takes: {len(coded)} of {limit} characters.")
    return coded


def _need(condition: bool, name: str, message: str) -> None:  # noqa: FBT001 - reads as a sentence where it is called
    if not condition:
        raise InvalidRequest(message, field=name)


# --- answers -------------------------------------------------------------------------------------


def _collected(answer: Mapping[str, Any], order_ref: str) -> Collected:
    if answer["orderRef"] != order_ref:
        raise ValueError("another order")
    hint = answer.get("hintCode", "")
    if not isinstance(hint, str):
        raise TypeError("hintCode")
    match answer["status"]:
        case "complete":
            return Collected(order_ref, "complete", hint, _completion(answer["completionData"]))
        case "pending" | "failed" as status:
            return Collected(order_ref, status, hint)
        case other:
            raise ValueError(other)


def _completion(data: Mapping[str, Any]) -> Completion:
    user, device = data["user"], data.get("device") or {}
    return Completion(
        personal_number=str(user["personalNumber"]),
        name=str(user["name"]),
        given_name=str(user["givenName"]),
        surname=str(user["surname"]),
        signature=b64decode(data["signature"], validate=True),
        ocsp_response=b64decode(data["ocspResponse"], validate=True),
        ip_address=str(device.get("ipAddress") or ""),
        uhi=str(device.get("uhi") or ""),
        issued=str(data.get("bankIdIssueDate") or ""),
        mrtd=(data.get("stepUp") or {}).get("mrtd"),
        risk=str(data.get("risk") or ""),
    )


_BY_STATUS: Mapping[int, type[BankIdRefused]] = {
    401: NotAuthorised,
    403: NotAuthorised,
    404: InvalidRequest,
    405: InvalidRequest,
    408: Unavailable,
    415: InvalidRequest,
    429: TooManyRequests,
    500: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def _refusal(path: str, reply: httpx.Response, answer: Mapping[str, Any]) -> BankIdRefused:
    code = str(answer.get("errorCode") or "")
    details = str(answer.get("details") or "")[:200]
    kind = _BY_STATUS.get(reply.status_code, InvalidRequest if reply.is_client_error else BadAnswer)
    if code == "alreadyInProgress":
        kind = AlreadyInProgress
    elif path in {"collect", "cancel"} and (
        reply.status_code == httpx.codes.NOT_FOUND
        or code
        in {
            "invalidParameters",
            "canceled",
            "notFound",
        }
    ):
        kind = OrderGone
    said = f"BankID answered {reply.status_code} {code} {details}".strip()
    return _said(kind(said + ".", wait=_wait(reply), status=reply.status_code, error=code), code)


def _said(refusal: BankIdRefused, code: str) -> BankIdRefused:
    refusal.message_id = messages.error(code)
    return refusal


def _wait(reply: httpx.Response) -> float:
    """Seconds from ``RateLimit-Reset`` or ``Retry-After``; 0 where there is none or it makes no sense."""
    for name in ("RateLimit-Reset", "Retry-After"):
        value = reply.headers.get(name, "")
        if value.isascii() and value.isdigit() and len(value) <= 4:  # noqa: PLR2004 - more than 9,999 s is no advice
            return float(value)
    return 0.0
