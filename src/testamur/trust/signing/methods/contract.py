"""What a method of signing must do, and how the table of methods in the settings is read.

A method talks to one e-ID. It keeps no state between calls and touches no database; all that must be remembered is
returned to the caller, who stores it on the ceremony.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from testamur.kernel.base.refused import Refused


class UnknownMethod(Refused):
    """No such way to sign is set up here."""

    code = "signing.method.unknown"


class MethodRefused(Refused):
    """The e-ID service answered no, or not at all. Methods raise subclasses.

    Attributes:
        again: the same call may be made again later and can then succeed.
        wait: seconds to wait before that, where the service said so.
        gone: the service no longer knows the order, or has already given its answer away.
        message_id: the id of the e-ID's own message to the user, e.g. ``RFA4``.
    """

    code = "signing.method.refused"
    again = False
    gone = False
    message_id = ""

    def __init__(self, message: str = "", *, field: str = "", wait: float = 0, **found: object) -> None:
        """`wait` in seconds; the rest as `Refused`."""
        super().__init__(message, field=field, **found)
        self.wait = wait


class EvidenceRefused(MethodRefused):
    """What came back from the e-ID is not what was asked for, or does not verify.

    Attributes:
        reason: code of the check that failed, e.g. ``bankid.nonvisible``.
    """

    code = "signing.evidence.refused"
    hint = "evidenceRefused"

    def __init__(self, message: str = "", *, reason: str = "") -> None:
        """`reason` as above."""
        super().__init__(message, reason=reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Device:
    """The browser of the signer, as the server sees it.

    Attributes:
        ip: IPv4 or IPv6 address of the browser, never of a proxy.
        user_agent: its User-Agent header.
        domain: the host the signer sees.
        device_id: a long-lived random value of that browser (or its hash); outlives the session.
        return_url: where the e-ID's app returns to on the same device; carries a nonce. Empty for another device.
        by_phone: the signer is on the telephone with us; no QR code and no start link are needed.
    """

    ip: str
    user_agent: str = ""
    domain: str = ""
    device_id: str = ""
    return_url: str = ""
    by_phone: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """What a method is asked to have signed: exactly these bytes, by exactly this person.

    `phone` (E.164) and `organisation` (its name) are given to methods that send codes, and empty for others.
    """

    ceremony: str
    visible: bytes
    nonvisible: bytes
    signer_name: str
    scheme: str
    identifier: str
    phone: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The e-ID accepted the order.

    Attributes:
        reference: what to collect with.
        elapsed: seconds the call took; the e-ID counts its own time from the end of it.
        start: what is needed to draw QR codes and start links (a secret of the server); empty where unused.
        code: what the caller is to send to the order's telephone and then forget; empty where nothing is sent.
    """

    reference: str
    elapsed: float = 0.0
    start: Mapping[str, str] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True, slots=True)
class CodeView:
    """A code under way: the last two digits of the number it went to, when it ends, how many tries are left."""

    last: str
    ends: datetime
    left: int


@dataclass(frozen=True, slots=True)
class StartView:
    """How the signer starts the app. Empty texts where the method has no such way.

    Attributes:
        qr: text of the QR code for this very second.
        app_link, desktop_link: start the app on this device.
        code: what is told of the code that was sent, for methods that send one.
    """

    qr: str = ""
    app_link: str = ""
    desktop_link: str = ""
    code: CodeView | None = None


class Status(StrEnum):
    """Where the order stands at the e-ID."""

    PENDING = "pending"
    COMPLETE = "complete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Progress:
    """One answer of the e-ID. `proof` is the JCS of docs/formats.md section 4 ``proof``, when complete."""

    status: Status
    hint: str = ""
    proof: bytes = b""


@dataclass(frozen=True, slots=True)
class Checked:
    """Evidence that verifies: who signed, as the e-ID's own certificate says, and when.

    `schemes` are those that the e-ID's number can belong to; it does not say which.
    """

    schemes: tuple[str, ...]
    identifier: str
    name: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What became of a code that somebody typed.

    Attributes:
        proof: as in `Progress`, when the code was the right one; else empty.
        start: what to keep in place of the former `Begun.start`.
        left: tries left.
    """

    proof: bytes
    start: Mapping[str, str]
    left: int


class Method(Protocol):
    """One way to sign. Network calls happen in `begin`, `collect` and `cancel` only."""

    @property
    def name(self) -> str:
        """The word in ``method`` of the evidence."""

    @property
    def schemes(self) -> tuple[str, ...]:
        """The identifier schemes it knows, e.g. ``se.personnummer``; empty when any will do."""

    @property
    def patience(self) -> float:
        """Seconds between two collects of one order."""

    @property
    def lifetime(self) -> float:
        """Seconds after which the e-ID has surely forgotten an order."""

    @property
    def confirms(self) -> bool:
        """True for a `CodeMethod`: the signer proves the will to sign with a code, on our own page."""

    def begin(self, order: Order, device: Device) -> Begun:
        """Ask for the signature. Raises `MethodRefused`."""

    def collect(self, reference: str, order: Order, now: datetime) -> Progress:
        """How far it has come. Raises `MethodRefused`."""

    def cancel(self, reference: str) -> None:
        """Withdraw the order; not an error when it is gone already. Raises `MethodRefused`."""

    def check(self, proof: bytes, *, visible: bytes, nonvisible: bytes) -> Checked:
        """Verify evidence from the bytes alone, without network. Raises `EvidenceRefused`."""

    def outcome(self, hint: str) -> str:
        """The final state (`rules.State` value) that a failed order with this hint means."""

    def message(self, hint: str, *, failed: bool, locale: str, same_device: bool) -> tuple[str, str]:
        """Id and text of what to tell the signer at this hint, which nobody may have heard of."""

    def start_view(self, start: Mapping[str, str], *, begun: datetime, now: datetime) -> StartView:
        """What the signer's browser needs at this second to start the e-ID's app."""


class CodeMethod(Method, Protocol):
    """A method whose answer is a code that was sent to the signer."""

    def confirm(
        self, order: Order, start: Mapping[str, str], *, code: str, begun: datetime, now: datetime
    ) -> Confirmed:
        """Compare and, where the code is right, attest. Pure but for the attesting key; counts the tries."""


def method(name: str) -> Method:
    """The method of that name from the table ``SIGNING_METHODS`` (name → dotted name of a factory without arguments).

    Raises `UnknownMethod`.
    """
    table: Mapping[str, str] = settings.SIGNING_METHODS
    if name not in table:
        raise UnknownMethod(f"There is no way to sign called {name}.", field="method", value=name, known=sorted(table))
    made: Any = import_string(table[name])()
    return made  # type: ignore[no-any-return]  # a dotted name has no type; the suite of each method checks the shape
