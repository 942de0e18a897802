"""A code by SMS to the number that stands in the register (rows C28 to C30). One factor: level low.

Whoever asks is answered the same, at once and after the same work, whether the register knows the address or not: the
number is looked up and the message posted by a background step (`steps.send_code`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from testamur.access.accounts.methods.base import Base
from testamur.access.accounts.methods.contract import Asked, Begun, Found, Progress, Way
from testamur.access.accounts.methods.hiding import keyed, same
from testamur.access.accounts.rules import Level

LIFETIME = timedelta(minutes=5)
TRIES = 3
DIGITS = 6
WRONG_CODE, NO_TRIES_LEFT = "wrongCode", "noTriesLeft"


class Sms(Base):
    """A six-digit code by SMS."""

    name = "sms"

    def ways(self, *, person: UUID | None) -> Iterator[Way]:  # noqa: ARG002 - whether a number is known is not told
        """One."""
        yield Way(self.name, Level.LOW)

    def begin(self, asked: Asked) -> Begun:
        """Remember the address until the background step has looked it up."""
        kept = {"contact": asked.given.get("contact", "")[:254], "host": asked.browser.host, "left": TRIES}
        return Begun(kept, LIFETIME)

    def proceed(self, kept: Mapping[str, Any], given: Mapping[str, str], now: datetime) -> Progress:  # noqa: ARG002 - the contract's shape
        """Compare. Where no code was sent every code is wrong, and as soon."""
        code = "".join(c for c in given.get("code", "") if c.isdigit())
        if not code:
            return Progress(WRONG_CODE)
        right = same(code_digest(kept.get("salt", ""), code), kept.get("digest", "") or "-")
        if right and kept.get("person"):
            return Progress(found=Found(Level.LOW, person=UUID(kept["person"])))
        left = int(kept["left"]) - 1
        if left <= 0:
            return Progress(NO_TRIES_LEFT, failed=True)
        return Progress(WRONG_CODE, kept={**kept, "left": left})


def code_digest(salt: str, code: str) -> str:
    """Keyed hash of a code: a million values are soon tried by whoever reads the table, but not without the key."""
    return keyed("sms code", salt, code)


def configured() -> Sms:
    """Always there; whether messages leave is a matter of the delivery channels."""
    return Sms()
