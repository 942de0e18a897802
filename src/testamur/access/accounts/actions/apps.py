"""The app: allowing it in the web profile, connecting a device, opening the app with it, ending it (row C15)."""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from django.db import transaction

from testamur.access.accounts import queries
from testamur.access.accounts.actions.logins import sign_in
from testamur.access.accounts.models import AppAccess, AppDevice, Login
from testamur.access.accounts.rules import DEVICES, HATS, AppNotAllowed, AppUnknown, Level, TooManyDevices, death_of
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append

METHOD = "app"
"""How a login of the app was identified, until it is unlocked."""


@transaction.atomic
def allow_app(*, by: Actor, now: datetime) -> None:
    """Allow the app for oneself. Journal: ``accounts.app.allowed/1``. Needs ``accounts.app.allow`` for oneself."""
    by.must("accounts.app.allow", person=by.id)
    AppAccess.objects.update_or_create(person=by.id, defaults={"allowed_at": now})
    append(by=by, kind="accounts.app.allowed/1", path="/", refs={}, now=now)


@transaction.atomic
def forbid_app(*, by: Actor, now: datetime) -> int:
    """Allow the app no longer: every device and every login of the app ends; returns how many devices.

    Journal: ``accounts.app.forbidden/1``. Needs ``accounts.app.allow`` for oneself.
    """
    by.must("accounts.app.allow", person=by.id)
    AppAccess.objects.filter(person=by.id).delete()
    rows = list(AppDevice.objects.select_for_update().filter(person=by.id, ended_at__isnull=True))
    for row in rows:
        _end(row, "revoked", now)
    append(by=by, kind="accounts.app.forbidden/1", path="/", refs={"devices": len(rows)}, now=now)
    return len(rows)


@transaction.atomic
def connect_app(*, by: Actor, hat: str, name: str, now: datetime) -> str:
    """Connect the device that asks; returns its key, which is shown to nobody and kept as a digest only.

    `hat`: key of the hat that the app wears. Journal: ``accounts.app.connected/1``. Needs ``accounts.app.connect`` for
    oneself. Raises AppNotAllowed, TooManyDevices, NotFound for a hat that the app does not wear.
    """
    by.must("accounts.app.connect", person=by.id)
    if not AppAccess.objects.select_for_update().filter(person=by.id).exists():
        raise AppNotAllowed("Allow access for the app in your profile first.")
    if hat not in HATS or hat not in {one.key for one in queries.hats(person=by.id, on=now.date())}:
        raise NotFound("The app has no such role.", field="hat")
    if sum(one.alive for one in queries.app_devices(by=by, now=now)) >= DEVICES:
        raise TooManyDevices("End one of your devices first.")
    secret = secrets.token_urlsafe(32)
    row = AppDevice(
        id=new_id(), person=by.id, hat=hat, digest=_digest(secret), name=name[:120], made_at=now, used_at=now
    )
    row.save(force_insert=True)
    append(by=by, kind="accounts.app.connected/1", path="/", refs={"device": str(row.id)}, now=now)
    return f"{row.id.hex}.{secret}"


def open_app(*, by: Actor, key: str, network: str = "", now: datetime) -> UUID:
    """Begin a login of the app with a device's key; returns it. Level low, the device's hat worn.

    `by` is the login page (``accounts.login.begin``). A key that is found dead is ended. Journal: ``accounts.login.
    began/1`` with method ``app``; ``accounts.app.ended/1``. Raises AppUnknown.
    """
    by.must("accounts.login.begin")
    with transaction.atomic():
        row = _of_key(key)
        hats = frozenset(one.key for one in queries.hats(person=row.person, on=now.date()))
        why = death_of(used_at=row.used_at, hat=row.hat, hats=hats, now=now)
        if not AppAccess.objects.filter(person=row.person).exists():
            why = why or "revoked"
        if not why:
            row.used_at = now
            row.save(update_fields=["used_at"])
            return sign_in(
                by=by, person=row.person, method=METHOD, level=Level.LOW, device=row.name, network=network,
                hat=row.hat, app=row.id, now=now,
            )  # fmt: skip
        _end(row, why, now)
        me = Actor(id=row.person, identified_by=METHOD)
        refs = {"device": str(row.id), "because": why}
        append(by=me, kind="accounts.app.ended/1", path="/", refs=refs, now=now)
    raise AppUnknown("The app of this device is no longer connected.")


@transaction.atomic
def end_app(*, by: Actor, device: UUID, now: datetime) -> None:
    """End one of one's own devices and its logins. Journal: ``accounts.app.ended/1``. Raises NotFound.

    Needs ``accounts.app.end`` for oneself.
    """
    by.must("accounts.app.end", person=by.id)
    row = AppDevice.objects.select_for_update().filter(id=device, person=by.id, ended_at__isnull=True).first()
    if row is None:
        raise NotFound("There is no such device.", field="device")
    _end(row, "revoked", now)
    refs = {"device": str(row.id), "because": "revoked"}
    append(by=by, kind="accounts.app.ended/1", path="/", refs=refs, now=now)


def _of_key(key: str) -> AppDevice:
    name, _dot, secret = key.partition(".")
    try:
        wanted = UUID(hex=name)
    except ValueError:
        wanted = UUID(int=0)
    row = AppDevice.objects.select_for_update().filter(id=wanted, ended_at__isnull=True).first()
    if row is None or not compare_digest(row.digest, _digest(secret)):
        raise AppUnknown("The app of this device is not connected.")
    return row


def _end(row: AppDevice, because: str, now: datetime) -> None:
    row.ended_at, row.ended_because = now, because
    row.save(update_fields=["ended_at", "ended_because"])
    Login.objects.filter(app=row.id, ended_at__isnull=True).update(ended_at=now, ended_because="revoked")


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
