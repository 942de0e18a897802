"""Pure rules of messages: what may be posted, when it is tried again, how many parts a text message has."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from testamur.kernel.base.refused import Refused


class Channel(StrEnum):
    """The ways a message goes; in the order in which they are served."""

    SMS = "sms"
    EMAIL = "email"


class State(StrEnum):
    """Where a message stands. A sent one may still be reported delivered or failed by its carrier."""

    WAITING = "waiting"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    EXPIRED = "expired"


class MessageInvalid(Refused):
    """The message cannot be sent over its channel; `field` names what is wrong with it."""

    code = "delivery.message.invalid"


LEASE = timedelta(minutes=2)
"""A row that a worker has claimed is its own for so long; renewed before each message that would use up half of it."""

GIVE_UP = timedelta(days=4)
"""A message that no one took for so long has failed (RFC 5321 section 4.5.4.1)."""

LONGEST_PAUSE = timedelta(hours=1)
LONGEST_URGENT_PAUSE = timedelta(seconds=15)
DOWN_PAUSE = timedelta(seconds=60)
"""The longest that a channel which does not answer is left alone."""

FORGET = timedelta(days=365)
"""The emptied row itself, with ids and times, is kept for so long."""

MAX_SUBJECT = 200
MAX_TEXT = 100_000
MAX_SMS_UNITS = 1530
"""Ten parts of GSM-7; carriers take no more than 1,600 characters."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to post.

    Attributes:
        channel: ``email`` or ``sms``.
        to: one e-mail address, or one number in E.164.
        subject: of an e-mail; a text message has none.
        text: plain text.
        html: the same as HTML, or empty.
        kind: dotted name of what it is, e.g. ``notices.sign``; for statistics.
        path: organisation path on whose behalf it is sent.
        person: whom it is for, where that is known.
        expires: it is not sent at or after this instant, and its text is wiped as soon as its fate is known.
        urgent: somebody waits for it now.
        dedupe: a second message with the same key (not empty) is not posted; holds ids, never an address.
    """

    channel: Literal["email", "sms"]
    to: str
    subject: str
    text: str
    html: str = ""
    kind: str = ""
    path: str = "/"
    person: UUID | None = None
    expires: datetime | None = None
    urgent: bool = False
    dedupe: str = ""


_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]{3,254}\Z")
_E164 = re.compile(r"\+[1-9]\d{6,14}\Z")
_LIMITS = {"kind": 80, "path": 400, "dedupe": 160}


def check(message: NewMessage) -> None:
    """Raise `MessageInvalid` (``delivery.message.invalid``) unless the message can be handed to its channel."""
    if message.channel not in set(Channel):
        raise MessageInvalid("There is no such channel.", field="channel")
    pattern = _EMAIL if message.channel == "email" else _E164
    if pattern.match(message.to) is None:
        raise MessageInvalid("This is no address of that channel.", field="to")
    if len(message.subject) > MAX_SUBJECT or any(not c.isprintable() for c in message.subject):
        raise MessageInvalid("A subject is one line of printable text.", field="subject")
    if not message.text.strip() or len(message.text) + len(message.html) > MAX_TEXT or "\0" in message.text:
        raise MessageInvalid("The text is empty or too long.", field="text")
    if message.channel == "sms" and sms_size(message.text).units > MAX_SMS_UNITS:
        raise MessageInvalid("The text is too long for text messages.", field="text")
    for name, limit in _LIMITS.items():
        if len(getattr(message, name)) > limit:
            raise MessageInvalid(f"At most {limit} characters.", field=name)
    if message.expires is not None and message.expires.tzinfo is None:
        raise MessageInvalid("An instant has a time zone.", field="expires")


def pause(attempts: int, *, urgent: bool) -> timedelta:
    """How long a message waits after its `attempts`-th try: 5, 10, 20 … seconds, at most an hour.

    When somebody waits for it: 1, 2, 4 … at most 15 seconds.
    """
    if urgent:
        return min(timedelta(seconds=2 ** min(attempts - 1, 20)), LONGEST_URGENT_PAUSE)
    return min(timedelta(seconds=5 * 2 ** min(attempts - 1, 20)), LONGEST_PAUSE)


# 3GPP TS 23.038 section 6.2.1: the default alphabet, and the characters that take two septets (6.2.1.1)
_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_TWO = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class SmsSize:
    """How a text travels: `units` are septets (GSM-7) or 16-bit units (UCS-2); `parts` is what the carrier charges."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    parts: int


def sms_size(text: str) -> SmsSize:
    """Length of a text message. A character that takes two units is never cut in two by a part's end."""
    if all(c in _GSM7 or c in _GSM7_TWO for c in text):
        return _size("GSM-7", [2 if c in _GSM7_TWO else 1 for c in text], alone=160, part=153)
    return _size("UCS-2", [len(c.encode("utf-16-be")) // 2 for c in text], alone=70, part=67)


def _size(encoding: Literal["GSM-7", "UCS-2"], costs: list[int], *, alone: int, part: int) -> SmsSize:
    units = sum(costs)
    if units <= alone:
        return SmsSize(encoding, units, 1)
    parts, room = 1, part
    for cost in costs:
        if cost > room:
            parts, room = parts + 1, part
        room -= cost
    return SmsSize(encoding, units, parts)
