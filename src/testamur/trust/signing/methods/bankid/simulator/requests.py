"""Requests to the simulated BankID, judged as strictly as BankID judges them, and the orders they become."""

from __future__ import annotations

import binascii
import ipaddress
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from testamur.trust.signing.methods.bankid.client import (
    AUTH_NONVISIBLE_LIMIT,
    AUTH_VISIBLE_LIMIT,
    RETURN_URL_LIMIT,
    SIGN_NONVISIBLE_LIMIT,
    SIGN_VISIBLE_LIMIT,
)
from testamur.trust.signing.methods.bankid.simulator.pki import POLICY_FILE, POLICY_MOBILE


class Said(Exception):  # noqa: N818 - an answer, not a fault of the program
    """An error reply of the API."""

    def __init__(self, status: int, code: str, details: str = "", headers: Mapping[str, str] | None = None) -> None:
        """HTTP status, ``errorCode``, ``details`` and extra headers."""
        super().__init__(code)
        self.status, self.code, self.details, self.headers = status, code, details, dict(headers or {})


class Kind(StrEnum):
    """What an order is for."""

    AUTH = "auth"
    SIGN = "sign"
    PHONE_AUTH = "phone/auth"
    PHONE_SIGN = "phone/sign"

    @property
    def signs(self) -> bool:
        """True for a signature."""
        return self in {Kind.SIGN, Kind.PHONE_SIGN}

    @property
    def by_phone(self) -> bool:
        """True when the person is called up by number and nothing has to be scanned."""
        return self in {Kind.PHONE_AUTH, Kind.PHONE_SIGN}


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person with a BankID."""

    personal_number: str
    given: str = "Test"
    surname: str = "Testsson"


@dataclass(slots=True)
class SimulatedOrder:
    """One order. `hint` is what collect says; `ended` is set when `status` became failed or complete."""

    ref: str
    kind: Kind
    party: str
    ip: str
    named: str
    visible: bytes | None
    nonvisible: bytes | None
    markdown: bool
    return_url: str
    risk: bool
    policies: tuple[str, ...]
    started: datetime
    auto_start_token: str = field(default_factory=lambda: str(uuid4()))
    qr_start_token: str = field(default_factory=lambda: str(uuid4()))
    qr_start_secret: str = field(default_factory=lambda: str(uuid4()))
    status: str = "pending"
    hint: str = "outstandingTransaction"
    person: Person | None = None
    ended: datetime | None = None
    completion: dict[str, Any] | None = None
    collected: datetime | None = None
    collects: int = 0
    gone: bool = False


_NUMBER = re.compile(r"\d{12}")
_MEMBERS: Mapping[Kind, frozenset[str]] = {
    kind: frozenset({"requirement", "userVisibleData", "userVisibleDataFormat", "userNonVisibleData"})
    | (
        frozenset({"personalNumber", "callInitiator"})
        if kind.by_phone
        else frozenset({"endUserIp", "returnUrl", "returnRisk", "web", "app"})
    )
    for kind in Kind
}
_REQUIREMENT = {
    "personalNumber": str,
    "pinCode": bool,
    "mrtd": bool,
    "cardReader": str,
    "certificatePolicies": list,
}


def read(kind: Kind, body: Mapping[str, Any], party: str, now: datetime) -> SimulatedOrder:
    """The request, judged as strictly as BankID does. Raises `Said` 400."""
    unknown = set(body) - _MEMBERS[kind]
    if unknown:
        raise _invalid(f"unknown member {min(unknown)}")
    requirement = body.get("requirement", {})
    if not isinstance(requirement, dict) or not all(
        type(value) is _REQUIREMENT.get(name) for name, value in requirement.items()
    ):
        raise _invalid("requirement")
    named = body.get("personalNumber") if kind.by_phone else requirement.get("personalNumber", "")
    if not isinstance(named, str) or (named and not _NUMBER.fullmatch(named)) or (kind.by_phone and not named):
        raise _invalid("personalNumber")
    if kind.by_phone and body.get("callInitiator") not in {"user", "RP"}:
        raise _invalid("callInitiator")
    policies = tuple(requirement.get("certificatePolicies", ()))
    if not all(policy in {POLICY_FILE, POLICY_MOBILE, "1.2.3.4.10", "1.2.752.60.1.6"} for policy in policies):
        raise _invalid("certificatePolicies")
    visible = _decoded(body, "userVisibleData", SIGN_VISIBLE_LIMIT if kind.signs else AUTH_VISIBLE_LIMIT)
    hidden = _decoded(body, "userNonVisibleData", SIGN_NONVISIBLE_LIMIT if kind.signs else AUTH_NONVISIBLE_LIMIT)
    if kind.signs and not visible:
        raise _invalid("userVisibleData")
    if body.get("userVisibleDataFormat", "simpleMarkdownV1") not in {"simpleMarkdownV1", "plaintext"}:
        raise _invalid("userVisibleDataFormat")
    return SimulatedOrder(
        ref=str(uuid4()),
        kind=kind,
        party=party,
        ip="" if kind.by_phone else _address(body),
        named=named,
        visible=visible,
        nonvisible=hidden,
        markdown=body.get("userVisibleDataFormat") == "simpleMarkdownV1",
        return_url=_return_url(body),
        risk=body.get("returnRisk") is True,
        policies=policies,
        started=now,
    )


def _invalid(details: str) -> Said:
    return Said(400, "invalidParameters", f"Invalid {details}")


def _address(body: Mapping[str, Any]) -> str:
    try:
        return str(ipaddress.ip_address(body["endUserIp"]))
    except (KeyError, ValueError) as error:
        raise _invalid("endUserIp") from error


def _return_url(body: Mapping[str, Any]) -> str:
    url = body.get("returnUrl", "")
    if not isinstance(url, str) or len(url) > RETURN_URL_LIMIT or ("returnUrl" in body and not url):
        raise _invalid("returnUrl")
    return url


def _decoded(body: Mapping[str, Any], name: str, limit: int) -> bytes | None:
    if name not in body:
        return None
    value = body[name]
    if not isinstance(value, str) or not 1 <= len(value) <= limit:
        raise _invalid(name)
    try:
        data = b64decode(value, validate=True)
        if name == "userVisibleData":
            data.decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise _invalid(name) from error
    return data
