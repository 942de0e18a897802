"""E-mail over SMTP, through Django's backend."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.smtp import EmailBackend

from testamur.kernel.delivery import returns
from testamur.kernel.delivery.channels.contract import (
    ChannelDown,
    NeverSent,
    Outgoing,
    Report,
    ReportRefused,
    TryAgain,
)
from testamur.kernel.delivery.rules import Taken

TIMEOUT = 15.0
"""Seconds for one answer; a message needs three of them and must end before its lease does."""

_PERMANENT = 500
_POLICY = re.compile(rb"5\.7\.")


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server. `tls` is ``starttls``, ``tls`` (from the first byte) or ``none``."""

    host: str
    port: int
    tls: str = "starttls"
    user: str = ""
    password: str = ""
    ca: str = ""


def parse(url: str) -> Server:
    """``smtp://user:password@host:587?tls=starttls&ca=/path.pem``; ``smtps://`` is TLS from the first byte.

    Raises ValueError for anything else; the message does not quote the address, since it may hold a password.
    """
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not set(options) <= {"tls", "ca"}:
        raise ValueError("TESTAMUR_SMTP_URL is smtp://user:password@host:port?tls=starttls|tls|none")
    tls = options.get("tls", "tls" if parts.scheme == "smtps" else "starttls")
    if tls not in {"starttls", "tls", "none"}:
        raise ValueError("TESTAMUR_SMTP_URL: tls is starttls, tls or none")
    port = parts.port or {"starttls": 587, "tls": 465, "none": 25}[tls]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Server(parts.hostname, port, tls, user, password, options.get("ca", ""))


def compose(message: Outgoing, *, sender: str, bounces: str = "") -> EmailMultiAlternatives:
    """The e-mail itself: the same bytes of headers each time, so that a repeat can be known by its Message-ID.

    Where there is an address for `bounces`, the envelope's sender names the message, so that a bounce can be known.
    """
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=returns.address(message.id, bounces) if bounces else sender,
        to=[message.to],
        headers={
            "From": sender,
            "Message-ID": f"<{message.id}@{domain}>",
            "Date": format_datetime(message.posted_at),
            "Auto-Submitted": "auto-generated",  # RFC 3834: no holiday replies, please
        },
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


class Smtp:
    """One connection, kept for as long as it works."""

    parallel = 1

    def __init__(self, server: Server, *, sender: str, bounces: str = "", timeout: float = TIMEOUT) -> None:
        """Connects with the first message."""
        self._sender, self._bounces = sender, bounces
        self._backend = EmailBackend(
            host=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.tls == "starttls",
            use_ssl=server.tls == "tls",
            timeout=timeout,
        )
        if server.ca:
            self._backend.ssl_context = ssl.create_default_context(cafile=server.ca)

    def send(self, message: Outgoing) -> Taken:
        """Hand the message to the server; what happens after its yes is the server's business."""
        if not message.to.rpartition("@")[0].isascii():
            raise NeverSent("smtp.address_not_ascii")  # needs SMTPUTF8, which mail servers of schools seldom speak
        mail = compose(message, sender=self._sender, bounces=self._bounces)
        self._connect()
        try:
            self._backend.send_messages([mail])
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _trouble(error) from error
        return Taken()

    def read_report(self, *, url: str, signature: str, form: Mapping[str, str]) -> Report:  # noqa: ARG002 - the contract's shape
        """Mail servers send no such reports."""
        raise ReportRefused("E-mail has no delivery reports.")

    def close(self) -> None:
        """Say goodbye, or hang up."""
        with suppress(smtplib.SMTPException, OSError):
            self._backend.close()
        self._backend.connection = None

    def _connect(self) -> None:
        try:
            self._backend.open()
        except smtplib.SMTPAuthenticationError as error:
            raise ChannelDown("smtp.login") from error
        except ssl.SSLError as error:
            raise ChannelDown("smtp.tls") from error
        except smtplib.SMTPException as error:
            raise ChannelDown(f"smtp.connect.{_code(error) or type(error).__name__}") from error
        except OSError as error:
            raise ChannelDown("smtp.unreachable") from error


def _trouble(error: Exception) -> NeverSent | TryAgain | ChannelDown:
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, said = max(error.recipients.values(), key=lambda answer: answer[0], default=(0, b""))
            if code >= _PERMANENT and _POLICY.match(said):  # we are not welcome there: it says nothing of the address
                return NeverSent(f"smtp.policy.{code}")
            return NeverSent(f"smtp.{code}") if code >= _PERMANENT else TryAgain(f"smtp.{code}")
        case smtplib.SMTPSenderRefused():
            return ChannelDown(f"smtp.sender.{error.smtp_code}")
        case smtplib.SMTPResponseException() if error.smtp_code >= _PERMANENT:
            return NeverSent(f"smtp.data.{error.smtp_code}")
        case smtplib.SMTPResponseException():
            return TryAgain(f"smtp.{error.smtp_code}")
        case _:  # smtplib says "disconnected" for both, and keeps the reason behind
            late = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
            return TryAgain("smtp.timeout" if late else "smtp.disconnected")


def _code(error: Exception) -> Any:
    return getattr(error, "smtp_code", 0)


def configured() -> Smtp:
    """The server of `settings.SMTP`."""
    known = settings.SMTP
    return Smtp(parse(known["url"]), sender=known["from"], bounces=known.get("bounces", ""))
