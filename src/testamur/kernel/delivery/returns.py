"""Bounces: the address that a mail comes back to names its message; mail servers' reports are read (RFC 3464)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import Message as Mail
from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from testamur.kernel.delivery import leases
from testamur.kernel.delivery.rules import State

MAX_BOUNCE = 1 << 20
"""Bytes of a bounce that are read; the report stands before the letter that it brings back."""

_SALT = "testamur.delivery.bounce"
_ADDRESS = re.compile(r"\+([0-9a-f]{32})\.([0-9a-f]{16})@", re.IGNORECASE)
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?!\S)")
_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
_LAYER = re.compile(rb"content-type\s*:", re.IGNORECASE)
_PARTS = 50


def address(message: UUID, bounces: str) -> str:
    """``bounces+<message>.<token>@domain`` for the mailbox ``bounces@domain``; mail servers may change its case."""
    box, _, domain = bounces.rpartition("@")
    return f"{box}+{message.hex}.{_token(message)}@{domain}"


def _token(message: UUID) -> str:
    return salted_hmac(_SALT, message.hex, algorithm="sha256").hexdigest()[:16]


def accept(*, data: bytes, to: str = "", now: datetime) -> bool:
    """Take a mail that came to an address of ours: a report of (non-)delivery settles the message that it is about.

    `to` is the address that it was delivered to; without it the mail's own headers are asked. True when something was
    noted; False for anything else: a forged or unknown address, a holiday reply, a delay, what was known before.
    """
    if len(_LAYER.findall(data[:MAX_BOUNCE])) > _PARTS:  # no mail server nests like that, and parsing it is recursive
        return False
    mail = message_from_bytes(data[:MAX_BOUNCE])
    message = _message([to] if to else [str(value) for name in _TO for value in mail.get_all(name, [])])
    if message is None:
        return False
    said = _verdict(mail)
    if said is None:
        return False
    state, error = said
    return leases.report(message=message, state=state, error=error, now=now)


def _message(addresses: list[str]) -> UUID | None:
    """The message that an address of ours names, when its token is right."""
    for one in addresses:
        found = _ADDRESS.search(one)
        if found and constant_time_compare(found[2].lower(), _token(UUID(found[1]))):
            return UUID(found[1])
    return None


def _verdict(mail: Mail) -> tuple[State, str] | None:
    """State and code that the report ends with; None when it is no report, or of a mail that is only late."""
    for block in _blocks(mail):
        action = str(block.get("Action", "")).strip().lower()
        found = _STATUS.match(str(block.get("Status", "")))
        if action == "failed" and found and not found[1].startswith("2"):
            return State.FAILED, f"smtp.{found[1]}"
        if action == "delivered":
            return State.DELIVERED, ""
    return None


def _blocks(mail: Mail) -> Iterator[Mail]:
    """The blocks of the report: one for the mail, one for each recipient (ours have one)."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            payload = part.get_payload()
            yield from (block for block in payload if isinstance(block, Mail)) if isinstance(payload, list) else ()
