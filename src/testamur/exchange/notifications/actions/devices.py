"""Devices that get pushes: one's own browsers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.delivery import actions as delivery
from testamur.kernel.journal.actions import append


@transaction.atomic
def add_device(
    *, by: Actor, endpoint: str, p256dh: str, auth: str, label: str = "", locale: str = "", now: datetime
) -> UUID:
    """Send pushes to this browser of one's own; returns the device's id. Journal: ``notices.device.added/1``.

    Raises DeviceInvalid, NotAllowed.
    """
    device = delivery.register_device(
        by=by, person=by.id, endpoint=endpoint, p256dh=p256dh, auth=auth, label=label[:80], locale=locale[:10], now=now
    )
    append(by=by, kind="notices.device.added/1", path="/", refs={"device": str(device)}, now=now)
    return device


@transaction.atomic
def forget_device(*, by: Actor, device: UUID, now: datetime) -> None:
    """Send no more pushes there. Journal: ``notices.device.forgotten/1``. Raises NotFound, NotAllowed."""
    delivery.remove_device(by=by, device=device, now=now)
    append(by=by, kind="notices.device.forgotten/1", path="/", refs={"device": str(device)}, now=now)
