"""What the push channel needs to know of a device, what a hand-over tells of it, and what a browser may register."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db.models import F

from testamur.kernel.base.refused import Refused
from testamur.kernel.delivery.models import Device
from testamur.kernel.delivery.rules import Keys

MOST = 10
"""Devices that a person has at a time; a further one takes the oldest one's place."""

REFUSALS = 5
"""So many refusals in a row, and the device is given up."""

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?\Z", re.IGNORECASE)
_TOP = re.compile(r".*\.[a-z][a-z0-9-]*\Z", re.IGNORECASE)
_AUTH = 16


class DeviceInvalid(Refused):
    """What the browser sent is no push subscription that may be used; `field` names what is wrong."""

    code = "delivery.device.invalid"


def keys_of(devices: Collection[str]) -> dict[str, Keys]:
    """The keys of those devices that live."""
    rows = Device.objects.filter(id__in=[UUID(one) for one in devices], gone_at__isnull=True)
    return {str(row.id): Keys(row.endpoint, row.p256dh, row.auth) for row in rows}


def check(*, endpoint: str, p256dh: str, auth: str, label: str, locale: str) -> None:
    """Raise `DeviceInvalid` (``delivery.device.invalid``) unless it is a usable subscription."""
    if len(endpoint) > 1000 or not endpoint.isascii() or not endpoint.isprintable() or not _allowed(endpoint):  # noqa: PLR2004 - the column
        raise DeviceInvalid("This is no address of a push service.", field="endpoint")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
    except ValueError as error:
        raise DeviceInvalid("This is no key.", field="p256dh") from error
    try:
        whole = len(_decoded(auth)) == _AUTH
    except ValueError:
        whole = False
    if not whole:
        raise DeviceInvalid("This is no secret of 16 bytes.", field="auth")
    if len(label) > 80 or len(locale) > 10:  # noqa: PLR2004 - the columns
        raise DeviceInvalid("Too long.", field="label")


def _allowed(endpoint: str) -> bool:
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if _HOST.match(host) is None or parts.username is not None or parts.fragment or "\\" in endpoint:
        return False
    try:
        inside = ip_address(host).is_loopback
    except ValueError:
        inside = host.lower() == "localhost"
    else:
        if not inside:
            return False  # push services have names
    if inside:
        return settings.MODE == "demo"
    return parts.scheme == "https" and port in {None, 443} and _TOP.match(host) is not None


def _decoded(text: str) -> bytes:
    if len(text) > 100:  # noqa: PLR2004 - the column
        raise ValueError("too long")
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def gone(*, device: UUID, now: datetime) -> None:
    """It will never be reached again: its address and keys are forgotten."""
    Device.objects.filter(id=device, gone_at__isnull=True).update(gone_at=now, endpoint="", p256dh="", auth="")


def note_refused(*, device: UUID, now: datetime) -> None:
    """Its push service refused a message for good; after `REFUSALS` in a row the device is given up."""
    Device.objects.filter(id=device).update(failed=F("failed") + 1)
    if Device.objects.filter(id=device, failed__gte=REFUSALS).exists():
        gone(device=device, now=now)


def note_taken(*, device: UUID) -> None:
    """Its push service took a message."""
    Device.objects.filter(id=device, failed__gt=0).update(failed=0)


def forget(*, before: datetime) -> int:
    """Remove devices that were gone before that instant."""
    return Device.objects.filter(gone_at__lt=before).delete()[0]
