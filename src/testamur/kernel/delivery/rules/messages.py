"""What may be posted, and when it is tried again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery.rules.texts import sms_size


class Channel(StrEnum):
    """The ways a message goes; in the order in which they are served."""

    SMS = "sms"
    PUSH = "push"
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

MAX_PUSH = 3993
"""Bytes of a push's content: encryption adds 103, and push services take 4,096."""

PUSH_TTL = timedelta(days=3)
"""How long a push service keeps a message for a device that is off, unless the message expires before."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to post.

    Attributes:
        channel: ``email``, ``sms`` or ``push``.
        to: one e-mail address, one number in E.164, or the id of a device (`queries.devices_of`).
        subject: of an e-mail, title of a push; a text message has none.
        text: plain text. Text messages and pushes are read on the way and on locked screens: nothing personal in them.
        html: the same as HTML, or empty.
        kind: dotted name of what it is, e.g. ``notices.sign``; for statistics.
        path: organisation path on whose behalf it is sent.
        person: whom it is for, where that is known.
        expires: it is not sent at or after this instant, and its text is wiped as soon as its fate is known.
        urgent: somebody waits for it now.
        dedupe: a second message with the same key (not empty) is not posted; holds ids, never an address.
        not_before: it waits until then (quiet hours); None is at once.
        url: what a push opens: a path of this installation (``/family/``), or empty. Of pushes only.
        tag: a later push with the same tag takes the place of the former one on the device. Of pushes only.
    """

    channel: Literal["email", "sms", "push"]
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
    not_before: datetime | None = None
    url: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Keys:
    """Where a device is reached and under which keys."""

    endpoint: str
    p256dh: str
    auth: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The channel's yes: its own id of the message and, if it says so, what it charges (`cost` in 1/10000)."""

    receipt: str = ""
    parts: int = 0
    cost: int | None = None
    currency: str = ""


_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]{1,64}@[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]{3,254}\Z")
_E164 = re.compile(r"\+[1-9]\d{6,14}\Z")
_DEVICE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
_PLACE = re.compile(r"(/([^/\\\s][^\s\\]*)?)?\Z")  # never //elsewhere
_ADDRESS = {"email": _EMAIL, "sms": _E164, "push": _DEVICE}
_LIMITS = {"kind": 80, "path": 400, "dedupe": 160, "url": 300, "tag": 80}


def check(message: NewMessage) -> None:
    """Raise `MessageInvalid` (``delivery.message.invalid``) unless the message can be handed to its channel."""
    if message.channel not in set(Channel):
        raise MessageInvalid("There is no such channel.", field="channel")
    if _ADDRESS[message.channel].match(message.to) is None:
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
    for name in ("expires", "not_before"):
        instant = getattr(message, name)
        if instant is not None and instant.tzinfo is None:
            raise MessageInvalid("An instant has a time zone.", field=name)
    _check_push(message)


def _check_push(message: NewMessage) -> None:
    if message.channel != "push":
        if message.url or message.tag:
            raise MessageInvalid("Only a push opens a page.", field="url")
        return
    if _PLACE.match(message.url) is None:
        raise MessageInvalid("A push opens a page of this installation.", field="url")
    if len(push_content(message.subject, message.text, message.url, message.tag)) > MAX_PUSH:
        raise MessageInvalid("The text is too long for a push.", field="text")


def push_content(title: str, body: str, url: str, tag: str) -> bytes:
    """What a device is given: a JSON object with title, body, url and tag."""
    content = {"title": title, "body": body, "url": url, "tag": tag}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def pause(attempts: int, *, urgent: bool) -> timedelta:
    """How long a message waits after its `attempts`-th try: 5, 10, 20 … seconds, at most an hour.

    When somebody waits for it: 1, 2, 4 … at most 15 seconds.
    """
    if urgent:
        return min(timedelta(seconds=2 ** min(attempts - 1, 20)), LONGEST_URGENT_PAUSE)
    return min(timedelta(seconds=5 * 2 ** min(attempts - 1, 20)), LONGEST_PAUSE)
