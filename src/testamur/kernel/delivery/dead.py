"""Addresses that reach nobody, learnt from what carriers say of single messages. Part of the caller's transaction."""

from __future__ import annotations

import base64
from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

from testamur.kernel.delivery import devices
from testamur.kernel.delivery.models import DeadAddress
from testamur.kernel.delivery.rules import KEEP_DEAD, Channel, dead_reason

_SALT = "testamur.delivery.dead"


def digest(channel: str, to: str) -> str:
    """What is kept instead of the address: keyed, so that nobody can try numbers until one fits."""
    mac = salted_hmac(_SALT, f"{channel}:{to.lower()}", algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def note_failed(*, channel: str, to: str, person: UUID | None, error: str, now: datetime) -> None:
    """A message failed for good: a device is given up, an address may be dead."""
    if channel == Channel.PUSH:
        (devices.gone if error == "push.gone" else devices.note_refused)(device=UUID(to), now=now)
        return
    reason = dead_reason(error)
    if reason is None:
        return
    DeadAddress.objects.update_or_create(
        channel=channel,
        digest=digest(channel, to),
        defaults={
            "person": person,
            "reason": reason,
            "error": error[:80],
            "since": now,
            "until": now + KEEP_DEAD[reason],
        },
    )


def note_taken(*, channel: str, to: str) -> None:
    """The channel took a message. For an e-mail that is all the success that there ever is."""
    if channel == Channel.PUSH:
        devices.note_taken(device=UUID(to))
    elif channel == Channel.EMAIL:
        note_reached(channel=channel, to=to)


def note_reached(*, channel: str, to: str) -> None:
    """A message arrived: the address lives."""
    row = DeadAddress.objects.filter(channel=channel, digest=digest(channel, to))
    if row.exists():  # seldom; a read holds up no writer
        row.delete()


def forget(*, now: datetime) -> int:
    """Give addresses another chance whose time is over."""
    return DeadAddress.objects.filter(until__lt=now).delete()[0]
