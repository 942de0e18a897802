"""What a way to log in must do, and how the table of ways in the settings is read.

A method that talks to a service elsewhere (`remote`) touches no database: what it must remember is returned to the
caller, who keeps it on the try. The others run inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from testamur.access.accounts.rules import Level, Purpose
from testamur.kernel.base.refused import Refused


class UnknownMethod(Refused):
    """No such way to log in is set up here."""

    code = "accounts.method.unknown"


class MethodRefused(Refused):
    """The method cannot begin. `message_id` is the service's own id of what to tell the person."""

    code = "accounts.method.refused"

    def __init__(self, message: str = "", *, field: str = "", message_id: str = "") -> None:
        """As `Refused`."""
        super().__init__(message, field=field, message_id=message_id)
        self.message_id = message_id


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser that begins.

    Attributes:
        known: hash of its random cookie.
        ip: its address; `network` the address without its last part.
        device: what it is in words.
        agent: its User-Agent header.
        origin: scheme and host under which it sees us.
        locale: language of the page.
        same_device: the e-ID's app is on this device.
    """

    known: str
    ip: str
    network: str = ""
    device: str = ""
    agent: str = ""
    origin: str = ""
    locale: str = "en"
    same_device: bool = False

    @property
    def host(self) -> str:
        """The host without its port."""
        return self.origin.partition("://")[2].rpartition("@")[2].partition("/")[0].partition(":")[0]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a method is asked: `person` is who has to confirm; `given` what the form held; `back` where to return to."""

    attempt: UUID
    purpose: Purpose
    browser: Browser
    given: Mapping[str, str]
    now: datetime
    person: UUID | None = None
    back: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The try has begun.

    Attributes:
        kept: what the method needs to go on; stays on the server.
        lifetime: after that nothing comes of it.
        go: where to send the browser, if it must leave.
        must_return: the e-ID's app has to bring the browser back by the address `Asked.back`.
    """

    kept: Mapping[str, Any]
    lifetime: timedelta
    go: str = ""
    must_return: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Who it is: a person of the register, or a number of which the caller finds the holder.

    Attributes:
        numbers: (scheme, value, context) that the same person may have; the first that the register knows counts.
        person: id in the register, where the method itself knows it.
        level: how well the person was identified.
        evidence: SHA-256 of the proof, in hex; empty where there is none.
        body: code of the body whose people alone the method may find; empty for everybody's.
        session: what the provider calls the login there, for logging out; empty where it has none.
    """

    level: Level
    numbers: tuple[tuple[str, str, str], ...] = ()
    person: UUID | None = None
    evidence: str = ""
    body: str = ""
    session: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a try stands: found, failed with a hint, or neither yet. `kept` replaces what was kept, where given."""

    hint: str = ""
    found: Found | None = None
    failed: bool = False
    kept: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a try shows at this second. Empty where the method has no such thing.

    Attributes:
        message_id, text: the e-ID's own message; `official` when the words are in a language that it speaks itself.
        qr: text of the QR code of this second.
        app_link, desktop_link: start the app on this device.
        options: what the browser's own interface needs (passkeys).
    """

    message_id: str = ""
    text: str = ""
    official: bool = True
    qr: str = ""
    app_link: str = ""
    desktop_link: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a try stands, as its method needs it to say something."""

    kept: Mapping[str, Any]
    hint: str
    failed: bool
    same_device: bool
    mobile: bool
    begun_at: datetime
    locale: str


@dataclass(frozen=True, slots=True)
class Way:
    """One entry of the login page. `choice` tells several providers of one method apart; `label` is their own name."""

    method: str
    level: Level
    choice: str = ""
    label: str = ""


class Method(Protocol):
    """One way to find out who somebody is."""

    @property
    def name(self) -> str:
        """As in the table, on the try and on the login."""

    @property
    def remote(self) -> bool:
        """It talks to a service elsewhere."""

    @property
    def second(self) -> bool:
        """It only confirms a login that goes on: a second factor."""

    @property
    def patience(self) -> timedelta:
        """Pause between two looks at a remote service."""

    def ways(self, *, person: UUID | None) -> Iterator[Way]:
        """What the login page offers; with `person`, what that person can use to confirm."""

    def begin(self, asked: Asked) -> Begun:
        """Begin. Raises `MethodRefused`."""

    def proceed(self, kept: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> Progress:
        """Go on with what the browser brings, or by asking the service."""

    def cancel(self, kept: Mapping[str, Any]) -> None:
        """Withdraw at the service, as far as it goes."""

    def shown(self, stand: Stand, now: datetime) -> Shown:
        """What to show."""


def method(name: str) -> Method:
    """The method of that name from the table ``LOGIN_METHODS`` (name → dotted name of a factory without arguments).

    Raises `UnknownMethod`, or whatever refusal says that it is not set up here.
    """
    table: Mapping[str, str] = settings.LOGIN_METHODS
    if name not in table:
        raise UnknownMethod(f"There is no way to log in called {name}.", field="method")
    made: Any = import_string(table[name])()
    return made  # type: ignore[no-any-return]  # a dotted name has no type; the tests of each method check the shape


def methods() -> Iterator[Method]:
    """Those that are set up, in the order of the table."""
    for name in settings.LOGIN_METHODS:
        try:
            yield method(name)
        except Refused:
            continue
