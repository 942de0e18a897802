"""The app: whether somebody allowed it, and the devices that are connected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from testamur.access.accounts.models import AppAccess, AppDevice
from testamur.access.accounts.queries.hats import hats
from testamur.access.accounts.rules import death_of
from testamur.kernel.base.actor import Actor


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device with the app. `alive`: its key still opens it."""

    id: UUID
    name: str
    hat: str
    made_at: datetime
    used_at: datetime
    alive: bool


def app_allowed(*, by: Actor) -> datetime | None:
    """Since when the actor allows the app; None if not."""
    return AppAccess.objects.filter(person=by.id).values_list("allowed_at", flat=True).first()


def app_devices(*, by: Actor, now: datetime) -> tuple[DeviceView, ...]:
    """The actor's own devices that were not ended, the last used one first."""
    rows = AppDevice.objects.filter(person=by.id, ended_at__isnull=True).order_by("-used_at", "id")
    mine = frozenset(one.key for one in hats(person=by.id, on=now.date()))
    return tuple(
        DeviceView(
            row.id, row.name, row.hat, row.made_at, row.used_at,
            alive=not death_of(used_at=row.used_at, hat=row.hat, hats=mine, now=now),
        )
        for row in rows
    )  # fmt: skip
