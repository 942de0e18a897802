"""Codes of an authenticator app (RFC 6238) and codes on paper: a second factor to a login that goes on."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyotp

from testamur.access.accounts.methods.base import Base
from testamur.access.accounts.methods.contract import Asked, Begun, Found, Progress, Way
from testamur.access.accounts.methods.hiding import decrypt, keyed, same
from testamur.access.accounts.models import RecoveryCode, Totp
from testamur.access.accounts.rules import Level

WRONG_CODE = "wrongCode"
USE = "totp secret"
STEP_SECONDS = 30
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without letters and digits that look alike
RECOVERY_CODES = 10


class Authenticator(Base):
    """Six digits from an app."""

    name = "totp"
    second = True

    def ways(self, *, person: UUID | None) -> Iterator[Way]:
        """For somebody who has set it up."""
        if person is not None and Totp.objects.filter(person=person).exists():
            yield Way(self.name, Level.SUBSTANTIAL)

    def begin(self, asked: Asked) -> Begun:
        """For that person only."""
        return Begun({"person": str(asked.person)}, timedelta(minutes=5))

    def proceed(self, kept: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> Progress:
        """A code of this half minute, the one before or after, that is newer than the last one used."""
        row = Totp.objects.select_for_update().filter(person=kept["person"]).first()
        step = matching_step(decrypt(USE, row.secret), given.get("code", ""), now) if row is not None else None
        if row is None or step is None or step <= row.step:
            return Progress(WRONG_CODE, failed=True)
        row.step = step
        row.save(update_fields=["step"])
        return Progress(found=Found(Level.SUBSTANTIAL, person=row.person))


class Recovery(Base):
    """A code on paper, once, where the app is lost."""

    name = "recovery"
    second = True

    def ways(self, *, person: UUID | None) -> Iterator[Way]:
        """For somebody who has codes left."""
        if person is not None and RecoveryCode.objects.filter(person=person, used_at=None).exists():
            yield Way(self.name, Level.SUBSTANTIAL)

    def begin(self, asked: Asked) -> Begun:
        """For that person only."""
        return Begun({"person": str(asked.person)}, timedelta(minutes=5))

    def proceed(self, kept: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> Progress:
        """Cross the code out."""
        digest = recovery_digest(kept["person"], given.get("code", ""))
        crossed = RecoveryCode.objects.filter(person=kept["person"], digest=digest, used_at=None).update(used_at=now)
        if crossed != 1:
            return Progress(WRONG_CODE, failed=True)
        return Progress(found=Found(Level.SUBSTANTIAL, person=UUID(kept["person"])))


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The half minute (counted from 1970) whose code this is: this one, the one before or the one after."""
    digits = "".join(c for c in code if c.isdigit())
    generator = pyotp.TOTP(secret)
    this = int(now.timestamp()) // STEP_SECONDS
    found = None
    for step in (this - 1, this, this + 1):
        if same(generator.at(step * STEP_SECONDS), digits):
            found = step
    return found


def form_use(person: UUID) -> str:
    """Use of the key under which a secret travels in the form of that person, before it is set up."""
    return f"totp form {person}"


def new_recovery_codes() -> list[str]:
    """Ten codes of ten characters (49 bits each), in two groups."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]


def recovery_digest(person: str, code: str) -> str:
    """Keyed hash of a code, in whatever spelling."""
    return keyed("recovery code", person, "".join(c for c in code.lower() if c.isalnum()))


def authenticator() -> Authenticator:
    """Always there."""
    return Authenticator()


def recovery() -> Recovery:
    """Always there."""
    return Recovery()
