"""One's own second factors: passkeys, an authenticator app, codes on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.access.accounts.methods import passkey as passkeys
from testamur.access.accounts.methods import totp
from testamur.access.accounts.methods.hiding import decrypt, encrypt
from testamur.access.accounts.models import Passkey, RecoveryCode, Totp
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append

MOST_PASSKEYS = 10


class PasskeyRefused(Refused):
    """What the browser brought is no passkey made here and now."""

    code = "accounts.passkey.refused"


class CodeWrong(Refused):
    """The code is not the one of this half minute."""

    code = "accounts.totp.wrong"


@transaction.atomic
def add_passkey(*, by: Actor, origin: str, state: Any, response: str, name: str, now: datetime) -> UUID:
    """Keep a passkey that the actor's browser has just made (`state` is what was kept since the options were given).

    Journal: ``accounts.passkey.added/1``. Raises PasskeyRefused.
    """
    if by.id.int < 1 << 64:
        raise PasskeyRefused("Only a person has passkeys.")
    try:
        credential, count = passkeys.registered(origin=origin, state=state, response=response)
    except ValueError as error:
        raise PasskeyRefused("The passkey could not be made. Try again.", field="response") from error
    handle = passkeys.handle_of(credential.credential_id)
    many = Passkey.objects.filter(person=by.id).count() >= MOST_PASSKEYS
    if many or Passkey.objects.filter(handle=handle).exists():
        raise PasskeyRefused("You have this passkey already, or too many.", field="response")
    row = Passkey(
        id=new_id(), person=by.id, handle=handle, credential=bytes(credential), count=count, name=name[:60], made_at=now
    )
    row.save(force_insert=True)
    append(by=by, kind="accounts.passkey.added/1", path="/", refs={"passkey": str(row.id)}, now=now)
    return row.id


@transaction.atomic
def remove_passkey(*, by: Actor, passkey: UUID, now: datetime) -> None:
    """Forget one of one's own passkeys. Journal: ``accounts.passkey.removed/1``. Raises NotFound."""
    deleted, _ = Passkey.objects.filter(id=passkey, person=by.id).delete()
    if not deleted:
        raise NotFound("There is no such passkey.", field="passkey")
    append(by=by, kind="accounts.passkey.removed/1", path="/", refs={"passkey": str(passkey)}, now=now)


@transaction.atomic
def add_totp(*, by: Actor, sealed: str, code: str, now: datetime) -> tuple[str, ...]:
    """Set up the authenticator app whose code shows that it has the secret; returns new codes for paper, shown once.

    Replaces a former app and former codes. Journal: ``accounts.totp.added/1``. Raises CodeWrong, SecretLost.
    """
    secret = decrypt(totp.form_use(by.id), sealed)
    step = totp.matching_step(secret, code, now)
    if step is None:
        raise CodeWrong("That is not the code which the app shows now.", field="code")
    Totp.objects.update_or_create(
        person=by.id, defaults={"secret": encrypt(totp.USE, secret), "step": step, "made_at": now}
    )
    codes = _write_codes(by.id)
    append(by=by, kind="accounts.totp.added/1", path="/", refs={"codes": len(codes)}, now=now)
    return codes


@transaction.atomic
def remove_totp(*, by: Actor, now: datetime) -> None:
    """Forget the authenticator app and the codes on paper. Journal: ``accounts.totp.removed/1``. Raises NotFound."""
    deleted, _ = Totp.objects.filter(person=by.id).delete()
    if not deleted:
        raise NotFound("There is no authenticator app.", field="totp")
    RecoveryCode.objects.filter(person=by.id).delete()
    append(by=by, kind="accounts.totp.removed/1", path="/", refs={}, now=now)


@transaction.atomic
def renew_recovery_codes(*, by: Actor, now: datetime) -> tuple[str, ...]:
    """New codes for paper; the former ones are void. Journal: ``accounts.recovery.renewed/1``. Raises NotFound."""
    if not Totp.objects.filter(person=by.id).exists():
        raise NotFound("There is no authenticator app.", field="totp")
    codes = _write_codes(by.id)
    append(by=by, kind="accounts.recovery.renewed/1", path="/", refs={"codes": len(codes)}, now=now)
    return codes


def _write_codes(person: UUID) -> tuple[str, ...]:
    RecoveryCode.objects.filter(person=person).delete()
    codes = tuple(totp.new_recovery_codes())
    RecoveryCode.objects.bulk_create(
        RecoveryCode(id=new_id(), person=person, digest=totp.recovery_digest(str(person), code)) for code in codes
    )
    return codes
