"""Tries to log in, as their browser may see them, and the ways that there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp

from testamur.access.accounts.methods import passkey as passkeys
from testamur.access.accounts.methods import totp
from testamur.access.accounts.methods.contract import Shown, Stand, Way, methods
from testamur.access.accounts.methods.contract import method as method_named
from testamur.access.accounts.methods.hiding import encrypt
from testamur.access.accounts.models import Attempt, Passkey, RecoveryCode, Totp
from testamur.access.accounts.rules import Level, Purpose, State
from testamur.kernel.base.actor import Actor

ISSUER = "Testamur"


@dataclass(frozen=True, slots=True)
class AttemptView:
    """Where a try stands. `awaits_return`: somebody was found, but the e-ID's app has not brought the browser back."""

    id: UUID
    method: str
    purpose: Purpose
    state: State
    hint: str
    target: str
    same_device: bool
    begun_at: datetime
    expires_at: datetime
    awaits_return: bool


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey of one's own."""

    id: UUID
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """One's own second factors."""

    passkeys: tuple[PasskeyView, ...]
    totp_since: datetime | None
    recovery_left: int


def attempt(id: UUID, *, browser: str) -> AttemptView | None:  # noqa: A002 - the name that every query uses
    """A try of that browser, or None."""
    row = Attempt.objects.filter(id=id, browser=browser).first() if browser else None
    return view(row) if row is not None else None


def shown(id: UUID, *, browser: str, mobile: bool, locale: str, now: datetime) -> Shown:  # noqa: A002 - the name that every query uses
    """What the page of a try shows at this second; nothing for a try of another browser."""
    row = Attempt.objects.filter(id=id, browser=browser).first() if browser else None
    if row is None:
        return Shown()
    stand = Stand(
        kept=row.kept,
        hint=row.hint,
        failed=row.state == State.FAILED,
        same_device=row.same_device,
        mobile=mobile,
        begun_at=row.begun_at,
        locale=locale,
    )
    return method_named(row.method).shown(stand, now)


def ways(*, person: UUID | None = None, above: Level = Level.LOW) -> tuple[Way, ...]:
    """Ways to log in that are set up here, of that level at least; with `person`, those that can confirm them."""
    found = [
        way
        for one in methods()
        if person is not None or not one.second
        for way in one.ways(person=person)
        if way.level >= above
    ]
    return tuple(found)


def factors(*, by: Actor) -> Factors:
    """The actor's own second factors."""
    rows = Passkey.objects.filter(person=by.id).order_by("made_at", "id")
    return Factors(
        passkeys=tuple(PasskeyView(row.id, row.name, row.made_at, row.used_at) for row in rows),
        totp_since=Totp.objects.filter(person=by.id).values_list("made_at", flat=True).first(),
        recovery_left=RecoveryCode.objects.filter(person=by.id, used_at=None).count(),
    )


def passkey_options(*, by: Actor, origin: str, name: str) -> tuple[dict[str, object], object]:
    """What the browser needs to make a passkey for the actor, and the state to keep until it is made."""
    have: Sequence[bytes] = [bytes(row.credential) for row in Passkey.objects.filter(person=by.id).order_by("id")]
    return passkeys.registration(origin=origin, person=by.id, name=name, have=have)


def totp_offer(*, by: Actor, name: str) -> tuple[str, str, str]:
    """A fresh secret for an authenticator app: encrypted for the form that brings it back, plain, and as QR code text.

    Nothing is kept until the app's first code comes back (`actions.add_totp`).
    """
    secret = pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)
    return encrypt(totp.form_use(by.id), secret), secret, address


def view(row: Attempt) -> AttemptView:
    """The row as others see it; for this package's own actions."""
    return AttemptView(
        id=row.id,
        method=row.method,
        purpose=Purpose(row.purpose),
        state=State(row.state),
        hint=row.hint,
        target=row.target,
        same_device=row.same_device,
        begun_at=row.begun_at,
        expires_at=row.expires_at,
        awaits_return=bool(row.nonce) and row.returned_at is None,
    )
