"""Everything that access holds of one person, for the person's own extract. Never a secret or its digest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from testamur.access.accounts.models import AppDevice, Login, Passkey, Preference, Totp
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.sheet import Sheet


def held(*, by: Actor, person: UUID, now: datetime) -> Iterator[Sheet]:  # noqa: ARG001 - the shape of all sections
    """Logins, devices of the app, ways to log in, the language. Needs ``keeping.extract.see`` for the person.

    Only for oneself: where a child logs in is the child's own.
    """
    by.must("keeping.extract.see", person=person)
    if by.id != person:
        return
    logins = Login.objects.filter(person=person).order_by("began_at")
    columns: tuple[str, ...] = ("method", "level", "began_at", "seen_at", "ended_at", "ended_because", "device")
    yield Sheet("logins", (*columns, "network"), iter(list(logins.values_list(*columns, "network"))))
    devices = AppDevice.objects.filter(person=person).order_by("made_at")
    columns = ("name", "made_at", "used_at", "ended_at", "ended_because")
    yield Sheet("app_devices", columns, iter(list(devices.values_list(*columns))))
    keys = Passkey.objects.filter(person=person).order_by("made_at").values_list("name", "made_at", "used_at")
    yield Sheet("passkeys", ("name", "made_at", "used_at"), iter(list(keys)))
    codes = Totp.objects.filter(person=person).values_list("made_at")
    yield Sheet("authenticator_app", ("made_at",), iter(list(codes)))
    yield Sheet("language", ("locale",), iter(list(Preference.objects.filter(person=person).values_list("locale"))))
